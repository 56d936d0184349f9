"""A dialog that asks for one of several named values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from st_tui.tui.actions import MOVING, Action, bindings
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Listing, Piece, RowListing

T = TypeVar("T")


class _Names(RowListing[tuple[str, T]]):
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        *MOVING,
        Action("choose", "enter", "choose", "Take the line under the cursor", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = "_Names { height: 1; max-height: 10; }"

    def draw(self, item: tuple[str, T], width: int) -> list[Piece]:
        return [(column(f" {item[0]}", width), "")]


class Picker(Dialog[T], Generic[T]):
    """Asks for one of some named values."""

    ACTIONS = (Action("leave", "escape,q,f10", "close", "Close this and go back", hint=True),)
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, title: str, options: Sequence[tuple[str, T]]) -> None:
        super().__init__(title)
        self._options = options

    def body(self) -> ComposeResult:
        yield _Names[T](id="names")

    def on_mount(self) -> None:
        names = self.query_one(_Names)
        names.styles.height = len(self._options)
        names.show_rows(self._options)
        names.focus()

    @on(Listing.Chosen, "#names")
    def _chosen(self) -> None:
        chosen = self.query_one(_Names).current
        self.dismiss(chosen[1] if chosen else None)
