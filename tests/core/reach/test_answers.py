"""The tokens that can, as a sequence that is worked out where it is looked at."""

from __future__ import annotations

import pytest

from st_tui.core.model import Permission
from st_tui.core.reach import (
    ReachingToken,
    build_index,
    who,
)
from tests.core.reach.test_index import token
from tests.core.vaults import NOON


@pytest.mark.parametrize("every", [1, 2, 99])
def test_those_found_are_a_sequence(every: int) -> None:
    some = [token(number, "/b", "/a" if number % every == 0 else "/c") for number in range(500)]
    found = who(build_index(some, NOON), "prod", "/a", Permission.READ)
    expected = [ReachingToken(token, 1, "/a") for token in some[::every]]
    assert list(found) == expected == found[:]
    assert len(found) == len(expected)
    assert found[0] == expected[0]
    assert found[-1] == expected[-1]
    assert found[2:5] == expected[2:5]
    with pytest.raises(IndexError):
        found[len(found)]
