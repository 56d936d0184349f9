"""A text alone on the screen, to be selected with the mouse."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from st_tui.tui.actions import Action, bindings
from st_tui.tui.screens.dialog import Dialog


class TextAlone(Dialog[None]):
    """A text alone on the screen, from the first column on; `is_what` says what it is."""

    ACTIONS = (
        Action("page_up", "pageup,up", "up", "Go up where it is longer than the screen"),
        Action("page_down", "pagedown,down,space", "down", "Go down"),
        Action("scroll_home", "home", "beginning", "Go to its beginning"),
        Action("scroll_end", "end", "end", "Go to its end"),
        Action("leave", "escape,q,f10,v,enter", "back", "Go back", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    TextAlone { align: left top; background: $background; }
    """

    def __init__(self, text: str, is_what: str) -> None:
        super().__init__("")
        self._text = text
        self._is_what = is_what

    def compose(self) -> ComposeResult:
        yield Static(self._text, markup=False)
        several = "\n" in self._text
        how = ", one line after the other: together" if several else ":"
        yield Static(f"\nSelect {'' if several else 'it '}with the mouse (Shift+drag){how}")
        is_what = f"{'they are' if several else 'it is'} {self._is_what}"
        yield Static(f"{is_what}. Any of q, v, Enter, F10 and Escape goes back.", markup=False)
