"""Writes changed cells in few bytes: the shortest way from cell to cell and from style to style."""

from __future__ import annotations

from itertools import compress, groupby
from operator import ne, or_
from typing import Final, NamedTuple

from st_tui.tui.terminal.sgr import for_blank, transition

UNKNOWN: Final = ""
"""Stands for a cell's character where it is not known: it equals no character."""

_LONGEST_GAP: Final = 3
"""Equal cells between two changed ones that are sent again: to jump over them is no shorter."""


class ScreenLine(NamedTuple):
    """A line of the screen: a character and a style for each cell."""

    characters: list[str]
    styles: list[str]

    @classmethod
    def unknown(cls, width: int) -> ScreenLine:
        """A line of which nothing is known."""
        return cls([UNKNOWN] * width, [""] * width)


class CellWriter:
    """Collects what is sent of one frame, and knows where the cursor and the style are then."""

    def __init__(self, cursor: tuple[int, int] | None, width: int) -> None:
        """`cursor` is where the cursor is, as x and y; None if that is not known."""
        self._cursor = cursor
        self._width = width
        self._style = ""
        self._parts: list[str] = []

    def change(self, y: int, old: ScreenLine, new: ScreenLine) -> None:
        """Write the cells of a line that differ."""
        characters, styles = new
        differs = map(or_, map(ne, old.characters, characters), map(ne, old.styles, styles))
        start = end = -1
        for x in compress(range(len(styles)), differs):
            if x != end and (start < 0 or not self._bridges(new, end, x)):
                self._write(start, y, characters[start:end], styles[start:end])
                start = x
            end = x + 1
        self._write(start, y, characters[start:end], styles[start:end])

    @staticmethod
    def _bridges(line: ScreenLine, end: int, x: int) -> bool:
        """Whether sending the equal cells from `end` to `x` is as short as jumping over them."""
        return (
            x - end <= _LONGEST_GAP
            and UNKNOWN not in line.characters[end:x]
            and all(
                style == line.styles[end - 1]
                or (char == " " and for_blank(line.styles[end - 1], style) == line.styles[end - 1])
                for char, style in zip(line.characters[end:x], line.styles[end:x], strict=True)
            )
        )

    def scroll(self, top: int, end: int, by: int) -> None:
        """Move the lines from `top` to before `end` up, or down where `by` is negative.

        Lines are deleted or inserted: an index (ESC D) may leave lines in tmux's history.
        """
        count, final = abs(by), "M" if by > 0 else "L"
        self._parts.append(f"\x1b[{top + 1};{end}r\x1b[{top + 1}H\x1b[{count}{final}\x1b[r")
        self._cursor = None

    def send(self, text: str) -> None:
        """Send text unchanged; where the cursor is then is not known."""
        self._restyle("")
        self._parts.append(text)
        self._cursor = None

    def finish(self, x: int, y: int) -> str:
        """What was collected, with the cursor put where it belongs and no style left on."""
        self._restyle("")
        self._go_to(x, y)
        return "".join(self._parts)

    def _write(self, x: int, y: int, characters: list[str], styles: list[str]) -> None:
        if not characters:
            return
        self._go_to(x, y)
        start = 0
        runs = [(style, len(list(run))) for style, run in groupby(styles)]
        for (style, length), (following, _) in zip(runs, [*runs[1:], ("", 0)], strict=True):
            text = "".join(characters[start : start + length])
            self._restyle(self._for_blank(style, following) if text.isspace() else style)
            self._parts.append(text)
            start += length
        self._cursor = (x + start, y)

    def _for_blank(self, style: str, following: str) -> str:
        """The style to write blanks in: the one that is on, or else the one that is needed next."""
        on = for_blank(self._style, style)
        return following if on != self._style and for_blank(following, style) == following else on

    def _restyle(self, style: str) -> None:
        if style != self._style:
            self._parts.append(transition(self._style, style))
            self._style = style

    def _go_to(self, x: int, y: int) -> None:
        if self._cursor == (x, y):
            return
        ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"]
        if self._cursor is not None:
            old_x, old_y = self._cursor
            if old_y <= y:
                ways.append("\r" + "\n" * (y - old_y) + _sideways(x))
            if old_y == y and old_x < self._width:
                ways.append(_sideways(x - old_x))
        self._parts.append(min(ways, key=len))
        self._cursor = (x, y)


def _sideways(cells: int) -> str:
    """What moves the cursor to the right, or to the left where `cells` is negative."""
    count = abs(cells)
    return f"\x1b[{count if count > 1 else ''}{'C' if cells > 0 else 'D'}" if cells else ""
