"""The least that a Textual app can be: the floor under every first paint."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class BareApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("A bare Textual app, and nothing else.")


if __name__ == "__main__":
    BareApp().run()
