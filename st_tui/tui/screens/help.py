"""The keys of the screen below: they can be searched, and Enter runs one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.dom import DOMNode
from textual.events import Key
from textual.screen import Screen
from textual.widgets import Input

from st_tui.tui.actions import Action, actions_of, bindings
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.listing import Listing, Piece, RowListing

ListedAction = tuple[Action, DOMNode]
"""An action, and the screen or widget that does it."""


class ActionList(RowListing[ListedAction]):
    """Actions with their keys."""

    DEFAULT_CSS = "ActionList { height: 1fr; }"
    empty = "No key does that."

    def __init__(self, actions: Sequence[ListedAction]) -> None:
        super().__init__(id="actions")
        self._all = actions

    def search(self, text: str) -> None:
        """Show the actions that contain all of these words."""
        words = text.lower().split()
        found = [
            (action, doer)
            for action, doer in self._all
            if all(word in _words(action) for word in words)
        ]
        self.show_rows(found, top=True)

    def draw(self, item: ListedAction, width: int) -> list[Piece]:
        action, _ = item
        cli = f"  st-tui {action.cli}" if action.cli else ""
        return [
            (column(action.every_key, 13) + " ", "mark"),
            (column(action.sentence, min(len(action.sentence), width - 14)), ""),
            (column(cli, max(width - 14 - len(action.sentence), 0)), "dim"),
        ]


class Search(Field):
    """The field for the words to search for."""

    async def _on_key(self, event: Key) -> None:
        # The key that opened the help closes it, unless something was typed before it.
        if event.key == "question_mark" and not self.value:
            event.stop()
            event.prevent_default()
            self.screen.dismiss(None)
        else:
            await super()._on_key(event)


class Help(Dialog[None]):
    """A screen's actions, each with its keys and the CLI command that does the same."""

    ACTIONS = (
        Action("run", "enter", "run", "Do what the line under the cursor says", hint=True),
        Action("leave", "escape,f10,f1", "close", "Close the help", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS[1:])
    DEFAULT_CSS = """
    Help > .dialog { width: 96; height: 94%; }
    """

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__("Keys of this screen")
        self._actions = actions_of(screen)

    def body(self) -> ComposeResult:
        with Vertical():
            yield Search(placeholder="type to search, ↓ to choose, Enter to run", id="search")
            yield ActionList(self._actions)

    def on_mount(self) -> None:
        self.query_one(ActionList).search("")
        self.query_one(Field).focus()

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        self.query_one(ActionList).search(event.value)

    def key_down(self) -> None:
        self.query_one(ActionList).focus()

    @on(Input.Submitted, "#search")
    @on(Listing.Chosen, "#actions")
    def action_run(self) -> None:
        """Do what the line under the cursor says."""
        chosen = self.query_one(ActionList).current
        self.dismiss(None)
        if chosen is not None:
            action, doer = chosen
            self.app.call_later(self.app.run_action, action.name, doer)


def _words(action: Action) -> str:
    return f"{action.sentence} {action.cli} {action.label}".lower()
