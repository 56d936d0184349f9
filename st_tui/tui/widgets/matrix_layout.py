"""Where the matrix has what: columns for the folders, for the tokens, and the heads of those."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from st_tui.tui.widgets.cells import cut

_NARROWEST, _WIDEST = 5, 12
"""Screen columns of a token, with the gap behind it."""
_FEWEST_HEADS, _MOST_HEADS = 3, 4
_COUNT = 4
"""Screen columns behind the longest name, for how many folders are folded."""


class Layout(NamedTuple):
    """Screen columns for the folders (`tree`) and for a token (`cell`), and how many tokens fit."""

    tree: int
    cell: int
    fit: int


def layout(width: int, paths: Sequence[str], tokens: int) -> Layout:
    """The layout for so many screen columns. The folders get at most two fifths of them."""
    longest = max((2 * path.count("/") + len(path.rpartition("/")[2]) for path in paths), default=2)
    longest -= 2  # the top folders are not indented
    tree = max(min(longest + _COUNT, width * 2 // 5), 16)
    room = max(width - tree, _NARROWEST)
    cell = max(min(room // max(tokens, 1), _WIDEST), _NARROWEST)
    return Layout(tree, cell, max(room // cell, 1))


def head_rows(names: Sequence[str], cell: int) -> int:
    """How many rows the names take as heads, if each may be as long as its row leaves it room."""
    longest = max((cell_len(name) for name in names), default=0)
    return max(min(-(-(longest + 1) // cell), _MOST_HEADS), _FEWEST_HEADS)


def there_is_room(names: Sequence[str], cell: int) -> bool:
    """Whether every name fits as a head without being cut."""
    return all(cell_len(name) < cell * _MOST_HEADS for name in names)


class Head(NamedTuple):
    """A piece of a row of heads: a token's name, or a line down from it, and where it begins."""

    start: int
    text: str
    token: int


def head_row(names: Sequence[str], cell: int, width: int, rows: int, row: int) -> list[Head]:
    """One of `rows` rows of heads over so many screen columns, without the blanks between.

    The names step down from left to right, and a line leads from each to its column:

        ci-deploy      backup
        │    reader    │
    """
    heads: list[Head] = []
    free = 0
    for index in range(row, len(names), rows):
        last = index + rows >= len(names)
        start, end = index * cell, width if last else (index + rows) * cell - 1
        # Where the last name has too little room to its right, it begins further left.
        start = max(min(start, end - cell_len(names[index])), free)
        name = cut(names[index], end - start)
        heads.append(Head(start, name, index))
        free = start + cell_len(name) + 1
    taken = {column for head in heads for column in range(head.start, head.start + len(head.text))}
    heads += [
        Head(index * cell, "│", index)
        for index in range(len(names))
        if index % rows < row and index * cell not in taken
    ]
    return sorted(heads)
