"""The last line: hints for the keys of the screen, as many as fit. Help is dropped last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget

from st_tui.tui.actions import Action, actions_of

_GAP = "  "


class KeyHints(Widget):
    """Hints for some actions, each with its key. A click on one runs it."""

    DEFAULT_CSS = """
    KeyHints { height: 1; width: 1fr; dock: bottom; padding: 0 1; background: $panel; }
    """

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__()
        self._actions = [action for action in actions if action.hint]

    def offer(self, actions: Iterable[Action]) -> None:
        """Show the hints of other actions."""
        self._actions = [action for action in actions if action.hint]
        self.refresh()

    def render(self) -> Content:
        return Content(_GAP).join(
            [
                Content.assemble((action.key, "bold $text-primary"), f" {action.label}")
                for action in self._fitting()
            ]
        )

    def _fitting(self) -> list[Action]:
        """The actions whose hints fit, in their order; those of `_LAST_TO_GO` are kept longest."""
        room = self.content_size.width
        kept: list[Action] = []
        for action in sorted(self._actions, key=lambda action: action.name not in _LAST_TO_GO):
            room -= _width(action) + len(_GAP)
            if room + len(_GAP) < 0:
                break
            kept.append(action)
        return [action for action in self._actions if action in kept]

    async def on_click(self, event: events.Click) -> None:
        left = 1
        for action in self._fitting():
            right = left + _width(action)
            if left <= event.x < right:
                doers = {known.name: doer for known, doer in actions_of(self.screen)}
                await self.app.run_action(action.name, doers.get(action.name, self.screen))
                return
            left = right + len(_GAP)


_LAST_TO_GO = ("help", "leave", "quit", "command_palette")


def _width(action: Action) -> int:
    return cell_len(action.key) + 1 + cell_len(action.label)
