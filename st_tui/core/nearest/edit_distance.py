"""The edit distance between two texts, a whole column of the table at a time."""

from __future__ import annotations

from collections.abc import Callable


def distance_from(text: str) -> Callable[[str], int]:
    """Tells how many characters to insert, delete or replace to make another text of this one."""
    column = _column_of(text)

    def to(other: str) -> int:
        grows, falls = column(other)
        return len(other) + grows.bit_count() - falls.bit_count()

    return to


def least_distance_from(text: str) -> Callable[[str, int], int]:
    """The same for another text of which only its beginning is known, and the length that follows.

    It is the distance to the nearest of all that go on with at least so many characters.
    """
    column = _column_of(text)

    def to(beginning: str, following: int) -> int:
        grows, falls = column(beginning)
        distance = len(beginning)
        least = distance + max(following - len(text), 0)
        for place in range(len(text)):
            distance += (grows >> place & 1) - (falls >> place & 1)
            least = min(least, distance + max(following - len(text) + place + 1, 0))
        return least

    return to


def _column_of(text: str) -> Callable[[str], tuple[int, int]]:
    """The last column of the table, which has the distances from all beginnings of the text.

    Myers' algorithm in Hyyrö's form: neighbours in a column of the usual table differ by one at
    most, so that a column is two sets of bits (where it grows, where it falls) and each character
    of the other text is a few operations on them, however long this one is. The column begins with
    the other text's length.
    """
    everywhere = (1 << len(text)) - 1
    places: dict[str, int] = {}
    for index, character in enumerate(text):
        places[character] = places.get(character, 0) | 1 << index

    def column(other: str) -> tuple[int, int]:
        grows, falls = everywhere, 0
        for character in other:
            same = places.get(character, 0)
            diagonal = ((same & grows) + grows ^ grows) | same | falls
            right_grows = (falls | ~(diagonal | grows)) << 1 | 1
            right_falls = (grows & diagonal) << 1
            grows = (right_falls | ~(diagonal | right_grows)) & everywhere
            falls = right_grows & diagonal & everywhere
        return grows, falls

    return column
