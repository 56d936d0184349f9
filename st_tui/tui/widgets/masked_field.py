"""A field for a secret: its text is not shown, and cannot be copied out."""

from __future__ import annotations

from st_tui.tui.terminal.pasted_text import taken_as_one
from st_tui.tui.widgets.field import Field


class MaskedField(Field):
    """A field that shows one dot for each character."""

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(placeholder=placeholder, id=id)
        self.password = True

    def take_lines(self, lines: list[str]) -> str:
        """Take all lines as one: a terminal wrapped a long secret."""
        return taken_as_one(lines) if self.insert_pasted("".join(lines)) else ""

    def action_copy(self) -> None:
        """Copy nothing. Textual would copy the secret, and keep it."""

    def action_cut(self) -> None:
        """Delete what is selected, without copying it."""
        self.delete_selection()

    def forget(self) -> None:
        """Empty the field."""
        self.value = ""
