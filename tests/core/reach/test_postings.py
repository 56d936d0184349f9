"""Sets of tokens, whether few or many have a pattern."""

from __future__ import annotations

from st_tui.core.model import Permission
from st_tui.core.reach import (
    ReachingToken,
    bitmap_of_reaching,
    build_index,
    who,
)
from tests.core.reach.test_index import ids, token
from tests.core.vaults import NOON, READ, WRITE


def test_sets_of_few_and_of_many_tokens() -> None:
    some = [
        token(
            number, "/common/**", f"/own/{number}/**", f"/team-{number % 3}/*",
            permissions=READ if number % 2 else READ | WRITE,
        )
        for number in range(500)
    ]  # fmt: skip
    reach = build_index(some, NOON)
    every = set(range(500))
    assert ids(bitmap_of_reaching(reach, "prod", "/common", Permission.READ)) == every
    assert ids(bitmap_of_reaching(reach, "prod", "/common", Permission.WRITE)) == set(
        range(0, 500, 2)
    )
    assert ids(bitmap_of_reaching(reach, "prod", "/own/498/db", Permission.WRITE)) == {498}
    assert ids(bitmap_of_reaching(reach, "prod", "/own/499/db", Permission.WRITE)) == set()
    assert ids(bitmap_of_reaching(reach, "prod", "/team-1/db", Permission.READ)) == set(
        range(1, 500, 3)
    )
    [only] = who(reach, "prod", "/own/499/db", Permission.READ)
    assert only == ReachingToken(some[499], 1, "/own/499/db")
