"""The cache of what was compiled: made once, and bounded."""

from __future__ import annotations

import pytest

from st_tui.core.patterns.cache import BoundedCache


def test_what_is_remembered_is_made_once_until_there_is_no_room() -> None:
    made: list[str] = []

    def make(text: str) -> str:
        made.append(text)
        return text.upper()

    cache = BoundedCache(make, len, 6)
    assert [cache[text] for text in ("ab", "cdef", "ab", "cdef")] == ["AB", "CDEF", "AB", "CDEF"]
    assert made == ["ab", "cdef"]
    assert cache["g"] == "G", "and all else is forgotten"
    assert set(cache) == {"g"}
    assert cache["longer than all"] == "LONGER THAN ALL"
    assert set(cache) == {"longer than all"}
    assert cache["h"] == "H"
    assert set(cache) == {"h"}


def test_what_cannot_be_made_is_not_remembered() -> None:
    cache = BoundedCache(int, len, 6)
    with pytest.raises(ValueError, match="invalid literal"):
        cache["x"]
    assert cache["7"] == 7
    assert set(cache) == {"7"}
