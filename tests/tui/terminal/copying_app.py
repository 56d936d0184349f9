"""Copies one text and shows what became of it: ``python -m tests.tui.terminal.copying_app``."""

from __future__ import annotations

import os

from textual.app import ComposeResult
from textual.widgets import Static

from st_tui.tui.terminal.clipboard import copy
from st_tui.tui.terminal.detection import appearance
from st_tui.tui.terminal.safe_app import SafeApp, run

TEXT = "st.copied ✔"


class CopyingApp(SafeApp[None]):
    """Copies when mounted."""

    def compose(self) -> ComposeResult:
        yield Static("not yet")

    async def on_mount(self) -> None:
        outcome = await copy(self, TEXT)
        self.query_one(Static).update(outcome.message)


if __name__ == "__main__":
    raise SystemExit(run(CopyingApp(appearance(os.environ, "textual-dark"))))
