"""A model of a terminal, to see what somebody at it sees: characters, colours, cursor.

It knows nothing of how the app draws, and refuses what it does not understand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"\x1b\[(?P<private>[<-?]?)(?P<codes>[\d;]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\](?P<system>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f])"
    r"|(?P<character>[^\x00-\x1f\x7f-\x9f])",
    re.DOTALL,
)
_OFF: Final = {"22": ("1", "2"), "23": ("3",), "24": ("4", "21"), "27": ("7",), "29": ("9",)}


class Cell(NamedTuple):
    """A character and all that is known of how it looks."""

    character: str = " "
    attributes: frozenset[str] = frozenset()
    front: str = ""
    back: str = ""
    link: str = ""


def _seen(cell: Cell) -> Cell:
    if cell.character != " " or cell.attributes & {"4", "7", "9", "21"}:
        return cell
    return cell._replace(attributes=frozenset(), front="")


class Terminal:
    """Feed it what a program writes; `cells` and `cursor` are what it then shows."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.unread = ""
        self.clear()
        self._pen = Cell()

    def clear(self) -> None:
        """Make the screen blank."""
        self.cells = [[Cell()] * self.columns for _ in range(self.rows)]
        self.x = self.y = 0
        self._top, self._bottom = 0, self.rows

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row, from 0."""
        return self.x, self.y

    @property
    def text(self) -> str:
        """The characters, line by line."""
        return "\n".join("".join(cell.character for cell in row) for row in self.cells)

    @property
    def seen(self) -> list[list[Cell]]:
        """The cells without what cannot be seen: the colour and weight of a blank."""
        return [[_seen(cell) for cell in row] for row in self.cells]

    def resize(self, columns: int, rows: int) -> None:
        """Cut off or add at the right and at the bottom."""
        self.cells = [
            [*row[:columns], *[Cell()] * (columns - len(row))] for row in self.cells[:rows]
        ]
        self.cells += [[Cell()] * columns for _ in range(rows - len(self.cells))]
        self.columns, self.rows = columns, rows
        self.x, self.y = min(self.x, columns - 1), min(self.y, rows - 1)
        self._top, self._bottom = 0, rows

    def feed(self, output: str) -> None:
        """Take more output; a sequence that is not whole waits for its rest."""
        output = self.unread + output
        self.unread = ""
        at = 0
        while at < len(output):
            token = _TOKEN.match(output, at)
            if token is None:
                assert output[at] == "\x1b", repr(output[at : at + 20])
                assert len(output) - at < 2000, repr(output[at : at + 20])
                self.unread = output[at:]
                return
            at = token.end()
            if token["character"]:
                self._put(token["character"])
            elif token["control"]:
                self._control(token["control"])
            elif token["system"] is not None:
                kind, _, rest = token["system"].partition(";")
                if kind == "8":
                    self._pen = self._pen._replace(link=rest.partition(";")[2])
            elif token["private"] or token["between"]:
                if token["private"] == "?" and token["codes"] == "1049":
                    self.clear()
            else:
                self._sequence(token["final"], token["codes"])

    def _put(self, character: str) -> None:
        if unicodedata.combining(character) or character in "\u200d\ufe0f":
            x = max(self.x - 1, 0)
            whole = self.cells[self.y][x]
            self.cells[self.y][x] = whole._replace(character=whole.character + character)
            return
        width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        row, x = self.cells[self.y], min(self.x, self.columns - width)
        if row[x].character == "":
            row[x - 1] = row[x - 1]._replace(character=" ")
        after = x + width
        if after < self.columns and row[after].character == "":
            row[after] = row[after]._replace(character=" ")
        row[x] = self._pen._replace(character=character)
        if width == 2:
            row[x + 1] = self._pen._replace(character="")
        self.x = min(after, self.columns - 1)  # lines are not wrapped

    def _control(self, control: str) -> None:
        if control == "\n":
            self.x = 0  # as a terminal line in the usual mode makes of it
            if self.y == self._bottom - 1:
                self._delete(self._top, 1)
            else:
                self.y = min(self.y + 1, self.rows - 1)
        elif control == "\r":
            self.x = 0
        else:
            assert control == "\x07", repr(control)

    def _sequence(self, final: str, codes: str) -> None:
        if final == "m":
            self._style(codes.split(";"))
            return
        numbers = [int(code or 0) for code in codes.split(";")]
        one = max(numbers[0], 1)
        two = max(numbers[1], 1) if len(numbers) > 1 else 1
        moves: dict[str, Callable[[], tuple[int, int]]] = {
            "A": lambda: (self.x, self.y - one),
            "B": lambda: (self.x, self.y + one),
            "C": lambda: (self.x + one, self.y),
            "D": lambda: (self.x - one, self.y),
            "G": lambda: (one - 1, self.y),
            "d": lambda: (self.x, one - 1),
            "H": lambda: (two - 1, one - 1),
        }
        if final in moves:
            x, y = moves[final]()
            self.x = min(max(x, 0), self.columns - 1)
            self.y = min(max(y, 0), self.rows - 1)
        elif final == "r":
            self._top = one - 1
            self._bottom = two if len(numbers) > 1 else self.rows
            self.x = self.y = 0
        elif final == "M":
            self._delete(self.y, one)
        elif final == "L":
            self._insert(self.y, one)
        elif final == "J":
            everything = [(x, y) for y in range(self.rows) for x in range(self.columns)]
            here = everything.index((self.x, self.y))
            gone = {0: everything[here:], 1: everything[: here + 1], 2: everything}[numbers[0]]
            for x, y in gone:
                self.cells[y][x] = Cell(back=self._pen.back)
        else:
            assert final == "u", (codes, final)  # the keyboard's

    def _delete(self, y: int, count: int) -> None:
        for _ in range(count):
            del self.cells[y]
            self.cells.insert(self._bottom - 1, [Cell(back=self._pen.back)] * self.columns)

    def _insert(self, y: int, count: int) -> None:
        for _ in range(count):
            del self.cells[self._bottom - 1]
            self.cells.insert(y, [Cell(back=self._pen.back)] * self.columns)

    def _style(self, codes: list[str]) -> None:
        pen = self._pen
        while codes:
            code = codes.pop(0)
            if code in ("", "0"):
                pen = Cell(link=pen.link)
            elif code in ("38", "48"):
                count = {"5": 2, "2": 4}[codes[0]]
                colour = ";".join(codes[:count])
                del codes[:count]
                pen = pen._replace(front=colour) if code == "38" else pen._replace(back=colour)
            elif code in _OFF:
                pen = pen._replace(attributes=pen.attributes.difference(_OFF[code]))
            elif len(code) == 1 or code == "21":
                pen = pen._replace(attributes=pen.attributes | {code})
            elif code[:-1] in ("3", "9"):
                pen = pen._replace(front="" if code == "39" else code)
            else:
                assert code[:-1] in ("4", "10"), code
                pen = pen._replace(back="" if code == "49" else code)
        self._pen = pen
