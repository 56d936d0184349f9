"""The edit distance between two texts, a whole column of the table at a time.

The usual table has a row for each character of one text and a column for each of the other. It is
computed by Myers' bit-parallel algorithm ("A fast bit-vector algorithm for approximate string
matching", 1999) in Hyyrö's form (2001). Neighbours in a column differ by one at most, so a column
is two sets of rows, kept as the bits of two ints: where it grows, and where it falls.
"""

from __future__ import annotations

from collections.abc import Callable


def distance_from(text: str) -> Callable[[str], int]:
    """A function: how many characters to insert, delete or replace to make `text` of another."""
    last_column = _last_column_of(text)

    def to(other: str) -> int:
        grows, falls = last_column(other)
        return len(other) + grows.bit_count() - falls.bit_count()

    return to


def least_distance_from(text: str) -> Callable[[str, int], int]:
    """A function: the distance to the nearest of all texts with a given beginning.

    It takes the beginning, and how many characters follow it at least.
    """
    last_column = _last_column_of(text)

    def to(beginning: str, following: int) -> int:
        grows, falls = last_column(beginning)
        distance = len(beginning)
        least = distance + max(following - len(text), 0)
        for row in range(len(text)):
            distance += (grows >> row & 1) - (falls >> row & 1)
            least = min(least, distance + max(following - len(text) + row + 1, 0))
        return least

    return to


def _last_column_of(text: str) -> Callable[[str], tuple[int, int]]:
    """A function: the table's last column for another text, as (where it grows, where it falls).

    The column has that text's distances to all beginnings of `text`; the first is its length. Each
    character of the other text takes a few operations on ints, however long `text` is.
    """
    everywhere = (1 << len(text)) - 1
    rows_of: dict[str, int] = {}
    for row, character in enumerate(text):
        rows_of[character] = rows_of.get(character, 0) | 1 << row

    def last_column(other: str) -> tuple[int, int]:
        grows, falls = everywhere, 0
        for character in other:
            same = rows_of.get(character, 0)
            diagonal = ((same & grows) + grows ^ grows) | same | falls
            right_grows = (falls | ~(diagonal | grows)) << 1 | 1
            right_falls = (grows & diagonal) << 1
            grows = (right_falls | ~(diagonal | right_grows)) & everywhere
            falls = right_grows & diagonal & everywhere
        return grows, falls

    return last_column
