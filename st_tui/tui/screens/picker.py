"""A dialog that asks for one of several named values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from st_tui.tui.actions import Action, bindings
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Listing, Piece, RowListing

T = TypeVar("T")


class _Names(RowListing[tuple[str, T]]):
    DEFAULT_CSS = "_Names { height: 10; }"

    def draw(self, item: tuple[str, T], width: int) -> list[Piece]:
        return [(column(item[0], width), "")]


class Picker(Dialog[T], Generic[T]):
    """Asks for one of some named values."""

    ACTIONS = (
        Action("take", "enter", "choose", "Take the line under the cursor", hint=True),
        Action("leave", "escape,q,f10", "close", "Close this and go back", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS[1:])

    def __init__(self, title: str, options: Sequence[tuple[str, T]]) -> None:
        super().__init__(title)
        self._options = options

    def body(self) -> ComposeResult:
        yield _Names[T](id="names")

    def on_mount(self) -> None:
        names = self.query_one(_Names)
        names.show_rows(self._options)
        names.focus()

    @on(Listing.Chosen, "#names")
    def action_take(self) -> None:
        chosen = self.query_one(_Names).current
        self.dismiss(chosen[1] if chosen else None)
