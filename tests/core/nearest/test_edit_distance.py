"""The edit distance, against the whole table written out."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.nearest.edit_distance import distance_from, least_distance_from


def obvious_distance(one: str, other: str) -> int:
    """The table of edit distances, written out in full."""
    table = [
        [i + j if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)
    ]
    for i, j in product(range(1, len(one) + 1), range(1, len(other) + 1)):
        replaced = table[i - 1][j - 1] + (one[i - 1] != other[j - 1])
        table[i][j] = min(replaced, table[i - 1][j] + 1, table[i][j - 1] + 1)
    return table[-1][-1]


@given(st.text("ab/", max_size=9), st.text("ab/", max_size=9))
def test_edit_distance(one: str, other: str) -> None:
    assert distance_from(one)(other) == obvious_distance(one, other)


@given(st.text("ab", max_size=4), st.text("ab", max_size=3), st.integers(0, 3))
def test_least_distance(text: str, beginning: str, following: int) -> None:
    others = (
        beginning + "".join(rest)
        for length in range(following, following + 5)
        for rest in product("ab", repeat=length)
    )
    least = min(obvious_distance(text, other) for other in others)
    assert least_distance_from(text)(beginning, following) == least
