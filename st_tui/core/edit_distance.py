"""The edit distance between two texts, a whole column of the table at a time."""

from __future__ import annotations

from collections.abc import Callable


def distance_from(text: str) -> Callable[[str], int]:
    """Tells how many characters to insert, delete or replace to make another text of this one.

    Myers' algorithm in Hyyrö's form: neighbours in a column of the usual table differ by one at
    most, so that a column is two sets of bits (where it grows, where it falls) and each character
    of the other text is a few operations on them, however long this one is.
    """
    everywhere = (1 << len(text)) - 1
    last = 1 << len(text) >> 1
    places: dict[str, int] = {}
    for index, character in enumerate(text):
        places[character] = places.get(character, 0) | 1 << index

    def to(other: str) -> int:
        if not text:
            return len(other)
        distance, grows, falls = len(text), everywhere, 0
        for character in other:
            same = places.get(character, 0)
            diagonal = ((same & grows) + grows ^ grows) | same | falls
            right_grows = falls | ~(diagonal | grows)
            right_falls = grows & diagonal
            if right_grows & last:
                distance += 1
            elif right_falls & last:
                distance -= 1
            right_grows = right_grows << 1 | 1
            grows = (right_falls << 1 | ~(diagonal | right_grows)) & everywhere
            falls = right_grows & diagonal & everywhere
        return distance

    return to
