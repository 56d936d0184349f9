"""The last line: hints for the keys of the focused widget and of its screen, as many as fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.dom import DOMNode
from textual.widget import Widget

from st_tui.tui.actions import Action, character_of

_GAP = "  "


class _Hint(NamedTuple):
    """A key, what it does now, and the node that does it."""

    key: str
    action: Action
    doer: DOMNode

    @property
    def width(self) -> int:
        return cell_len(self.key) + 1 + cell_len(self.action.label)


class KeyHints(Widget):
    """Hints for the keys that work now, each with what it does. A click on one does it.

    `actions` are the screen's. Those of the focused widget, and of what that is in, come before
    them, or take the place of one with the same key.
    """

    DEFAULT_CSS = """
    KeyHints { height: 1; width: 1fr; dock: bottom; padding: 0 1; background: $panel; }
    """

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__()
        self._actions = actions

    def on_mount(self) -> None:
        self.watch(self.screen, "focused", self._focus_moved, init=False)

    def _focus_moved(self) -> None:
        self.refresh()

    def render(self) -> Content:
        return Content(_GAP).join(
            [
                Content.assemble((hint.key, "bold $text-primary"), f" {hint.action.label}")
                for hint in self._fitting()
            ]
        )

    def _hints(self) -> list[_Hint]:
        """All hints, whether they fit or not."""
        screen = self.screen
        own = {hint.key: hint for hint in self._hints_of(self._actions, screen)}
        inner = dict[str, _Hint]()
        for node in screen.focused.ancestors_with_self if screen.focused is not None else ():
            if node is screen:
                break
            for hint in self._hints_of(getattr(node, "ACTIONS", ()), node):
                inner.setdefault(hint.key, hint)
        before = [hint for key, hint in inner.items() if key not in own]
        return [*before, *(inner.get(key, hint) for key, hint in own.items())]

    def _hints_of(self, actions: Iterable[Action], doer: DOMNode) -> Iterator[_Hint]:
        """Hints for some actions, as far as a key does them while the focus is where it is."""
        focused, bound = self.screen.focused, self.screen.active_bindings
        kinds = {kind.__name__ for kind in type(focused).__mro__}

        def works(key: str) -> bool:
            if focused is not None and focused.check_consume_key(key, character_of(key)):
                return False
            # A field and a list do with Enter what their screen says.
            return key == "enter" or key not in bound or bound[key].binding.action == action.name

        for action in actions:
            if action.hint and (not action.at or action.at in kinds):
                key = action.key_among(works)
                if key:
                    yield _Hint(key, action, doer)

    def _fitting(self) -> list[_Hint]:
        """The hints that fit, in their order; those of `_LAST_TO_GO` are kept longest."""
        room = self.content_size.width
        hints, kept = self._hints(), list[_Hint]()
        for hint in sorted(hints, key=lambda hint: hint.action.name not in _LAST_TO_GO):
            room -= hint.width + len(_GAP)
            if room + len(_GAP) < 0:
                break
            kept.append(hint)
        return [hint for hint in hints if hint in kept]

    async def on_click(self, event: events.Click) -> None:
        left = self.gutter.left
        for hint in self._fitting():
            right = left + hint.width
            if left <= event.x < right:
                await self.app.run_action(hint.action.name, hint.doer)
                return
            left = right + len(_GAP)


_LAST_TO_GO = ("help", "leave", "quit", "command_palette")
