"""The field for what a page's list is filtered by."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.field import Field


class FilterField(Field):
    """The field for what is looked for."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("submit", "enter", "go to the list", "Go from the filter to the list", hint=True),
        Action("screen.show_all", "escape", "show all", "Close the filter, show everything",
               hint=True),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
