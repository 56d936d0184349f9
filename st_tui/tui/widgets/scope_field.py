"""The field of one line of scopes, with the keys that such a line has."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.path_field import PathField


class ScopeField(PathField):
    """A field for a scope's path. Several pasted lines are several scopes."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        *PathField.ACTIONS,
        Action("line(-1)", "up", "line up", "Go to the scope before"),
        Action("line(1)", "down", "line down", "Go to the next scope"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    typed_enters = 1

    class Pasted(Message):
        """Several lines were pasted."""

        def __init__(self, lines: list[str]) -> None:
            self.lines = lines
            super().__init__()

    class Emptied(Message):
        """Backspace was pressed where nothing is left to delete."""

    class Left(Message):
        """The person goes to another line, so many below this one."""

        def __init__(self, amount: int) -> None:
            self.amount = amount
            super().__init__()

    def take_lines(self, lines: list[str]) -> str:
        self.post_message(self.Pasted(lines))
        return ""

    def action_delete_left(self) -> None:
        if self.value:
            super().action_delete_left()
        else:
            self.post_message(self.Emptied())

    def action_line(self, amount: int) -> None:
        self.post_message(self.Left(amount))
