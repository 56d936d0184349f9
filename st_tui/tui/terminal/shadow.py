"""What the terminal shows, cell by cell, so that of a frame only the changed cells are sent.

Textual writes a frame as text: `ESC[y;xH` says where a piece goes, SGR codes say how it looks. What
this module does not understand is sent unchanged, and the cells it may have touched become
*unknown*. An unknown cell equals nothing, so the next frame sends it again. That makes it safe.
"""

from __future__ import annotations

import re
from operator import ne
from typing import Final, NamedTuple

from textual.geometry import Size

from st_tui.tui.terminal.cell_writer import UNKNOWN, CellWriter, ScreenLine
from st_tui.tui.terminal.sgr import on_blank

_GOES_TO: Final = re.compile(r"\x1b\[(\d+);(\d+)H")
_STYLE: Final = re.compile(r"\x1b\[([\d;]*)m")
_NARROW: Final = re.compile(
    "[ -~\xa1-\xac\xae-\u02ff\u0370-\u0373\u0384-\u03ff\u0400-\u0482\u048a-\u052f"
    "\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2200-\u22ff\u2500-\u259f\u25be\u25cf\u2714\u2716]*"
)
"""Text that takes one cell for each character in every terminal."""

_OF_ONE_LINE: Final = re.compile(
    r"(?:[^\x00-\x1f\x7f-\x9f]|\x1b\]8;[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\))*"
)
"""Text of any width, perhaps with links: it touches no line but its own."""

_WORTH_SCROLLING: Final = 4
"""Lines more that a scrolled block must make right, or it is not scrolled."""


_A_SCROLLBAR: Final = 4
"""Characters and styles that differ in a line beside a scrollbar's thumb."""


class Shadow:
    """The cells of a screen, as far as they are known."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self._lines = [ScreenLine.unknown(size.width) for _ in range(size.height)]
        self._cursor: tuple[int, int] | None = None

    def update(self, frame: str) -> str | None:
        """Take over a frame and give what makes the terminal show it; None if it is no frame.

        After None the shadow may be wrong and must not be used again.
        """
        before, *placed = _GOES_TO.split(frame)
        if before or not placed or placed[-1]:
            return None  # the last thing in a frame is where the cursor goes
        runs = list(zip(placed[::3], placed[1::3], placed[2::3], strict=True))
        new: dict[int, ScreenLine] = {}
        unchanged: dict[int, list[str]] = {}  # the lines that are sent as they came
        for row, column, text in runs:
            x, y = int(column) - 1, int(row) - 1
            if not self.size.contains(x, y):
                return None
            if text.endswith("\n"):  # between two lines; the next run says where it goes
                if y == self.size.height - 1:
                    return None
                text = text[:-1]
            if not text:
                continue
            if y not in new:
                characters, styles = self._lines[y]
                new[y] = ScreenLine(characters.copy(), styles.copy())
            is_narrow = self._put(text, x, new[y])
            if is_narrow is None:
                return None
            if not is_narrow:
                unchanged[y] = []
        if unchanged:
            for row, column, text in runs:
                if (y := int(row) - 1) in unchanged:
                    unchanged[y].append(f"\x1b[{row};{column}H{text}")
        return self._send(new, unchanged, int(placed[-2]) - 1, int(placed[-3]) - 1)

    def _send(
        self, new: dict[int, ScreenLine], unchanged: dict[int, list[str]], x: int, y: int
    ) -> str:
        """What makes the terminal show these lines, with the cursor at x, y at the end."""
        writer = CellWriter(self._cursor, self.size.width)
        if not unchanged:
            self._scroll(new, writer)
        for row, line in new.items():
            if row in unchanged:
                writer.send("".join(unchanged[row]))
                line = ScreenLine.unknown(self.size.width)
            elif line != self._lines[row]:
                writer.change(row, self._lines[row], line)
            self._lines[row] = line
        self._cursor = x, y
        return writer.finish(x, y)

    def _scroll(self, new: dict[int, ScreenLine], writer: CellWriter) -> None:
        """Let the terminal move a block of lines up or down where that makes most of them right.

        Never from the top of the screen: a line that leaves it there goes to the scrollback.
        """
        changed = [y for y, line in new.items() if line != self._lines[y]]
        if len(changed) < _WORTH_SCROLLING:
            return
        top, end = min(changed), max(changed) + 1
        old = self._lines[top:end]
        wanted = [new.get(y, line) for y, line in enumerate(old, top)]
        blocks = {by: _block(old, wanted, by) for by in (1, -1, 2, -2, 3, -3)}
        by = max(blocks, key=lambda by: blocks[by].fit)
        lines = blocks[by].lines
        if blocks[by].fit < _WORTH_SCROLLING or top + lines.start == 0:
            return
        freed = [ScreenLine.unknown(self.size.width)] * abs(by)
        block = old[lines.start : lines.stop]
        block = [*block[by:], *freed] if by > 0 else [*freed, *block[:by]]
        writer.scroll(top + lines.start, top + lines.stop, by)
        self._lines[top + lines.start : top + lines.stop] = block
        new.update(enumerate(wanted, top))

    def _put(self, text: str, x: int, line: ScreenLine) -> bool | None:
        """Write styled text into a line, from x on.

        False if a character may not be one cell wide, None if the text is not understood.
        """
        style, is_narrow = "", True
        pieces = _STYLE.split(text)
        for codes, piece in zip(("0", *pieces[1::2]), pieces[::2], strict=True):
            style = "" if codes in ("", "0") else f"{style};{codes}".lstrip(";")
            if not _NARROW.fullmatch(piece):
                is_narrow = False
                if not _OF_ONE_LINE.fullmatch(piece):
                    return None
            if is_narrow:
                end = x + len(piece)
                if end > self.size.width:
                    return None
                line.characters[x:end] = piece
                blank = on_blank(style)
                line.styles[x:end] = [blank if char == " " else style for char in piece]
                x = end
        return None if style else is_narrow


class _Block(NamedTuple):
    """Some lines that are to be scrolled, and how many more that makes right."""

    lines: range
    fit: float


def _block(old: list[ScreenLine], wanted: list[ScreenLine], by: int) -> _Block:
    """The lines that are right, or nearly so, once they are scrolled up by so many, or down.

    A list may have its heads above it and something about its line below it: they stay.
    """
    indexes = range(max(-by, 0), len(old) - max(by, 0))
    likeness = {i: _likeness(wanted[i], old[i + by]) for i in indexes}
    right = [i for i in indexes if likeness[i] and wanted[i] != old[i]]
    if not right:
        return _Block(range(0), 0)
    lines = range(right[0] - max(-by, 0), right[-1] + 1 + max(by, 0))
    if any(UNKNOWN in line.characters for i in lines for line in (old[i], wanted[i])):
        return _Block(range(0), 0)
    return _Block(lines, sum(likeness.get(i, 0) - (wanted[i] == old[i]) for i in lines))


def _likeness(line: ScreenLine, other: ScreenLine) -> float:
    """1 for equal lines, less if a cell or two differ, such as a scrollbar's; 0 for all others."""
    if line == other:
        return 1
    differing = map(ne, line.characters, other.characters), map(ne, line.styles, other.styles)
    return 0.9 if sum(map(sum, differing)) <= _A_SCROLLBAR else 0
