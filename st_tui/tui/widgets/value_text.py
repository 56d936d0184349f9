"""A secret's value to be read, with marks for tabs, trailing blanks and trailing newlines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from textual.content import Content
from textual.selection import Selection
from textual.widgets import Static

from st_tui.core.plain_text import shown, shown_lines

_TAB_STOP = 4
_VALUE, _MARK = "bold $text-primary", "$text-muted"


class ValueText(Static):
    """Draws tabs, blanks at a line's end and newlines at the value's end as muted marks.

    What is selected with the mouse has none of the marks in it.
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._unmarked = ""

    def show(self, value: str, more: str = "") -> None:
        """Show a value, or its beginning and `more` on a line of its own."""
        lines = value.split("\n")
        ends = 0 if more else len(value) - len(value.rstrip("\n"))
        pieces = [list(_pieces(line)) for line in lines[: len(lines) - ends]]
        drawn = Content("\n").join(
            Content.assemble(
                *((piece.mark, _MARK) if piece.mark else (piece.text, _VALUE) for piece in line)
            )
            for line in pieces
        )
        drawn += Content.styled("\n".join("↵" * ends), _MARK)
        if more:
            drawn += Content.styled(f"\n{more}", _MARK)
        self._unmarked = "\n".join("".join(piece.text for piece in line) for line in pieces)
        self._unmarked += "\n" * ends
        self.update(drawn)

    def say(self, words: str) -> None:
        """Show words where there is no value to show."""
        self._unmarked = words
        self.update(Content.styled(words, _MARK))

    def forget(self) -> None:
        """Take the value off the screen and out of memory."""
        self._unmarked = ""
        self.update("")

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract(self._unmarked), "\n"


class _Piece(NamedTuple):
    """Part of a line as it is selected, and the mark of the same length that is drawn for it."""

    text: str
    mark: str = ""


def _pieces(line: str) -> Iterator[_Piece]:
    plain = line.rstrip(" ")
    column = 0
    for text in re.split(r"(\t)", plain):
        if text == "\t":
            room = _TAB_STOP - column % _TAB_STOP
            yield _Piece(" " * room, "→".ljust(room))
            column += room
        else:
            yield _Piece(shown(text))
            column += len(text)
    blanks = len(line) - len(plain)
    yield _Piece(" " * blanks, "␣" * blanks)


def as_lines(text: str) -> str:
    """A text of several lines for the screen, with its control characters written out."""
    return shown_lines(text.expandtabs(_TAB_STOP))
