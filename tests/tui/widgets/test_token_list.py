"""What a line of the token list says."""

from __future__ import annotations

from st_tui.core.expiry import HOUR, MINUTE
from st_tui.core.model import Permission, Scope, ServiceToken
from st_tui.tui.widgets.token_list import TokenList


def test_the_longest_time_left_keeps_apart_from_what_follows() -> None:
    token = ServiceToken(
        "id",
        "name",
        (Scope("gone", "/"),),
        frozenset({Permission.READ}),
        expires_at=22 * HOUR + 39 * MINUTE,
    )
    line = "".join(piece for piece, _ in TokenList(lambda: 0).draw(token, 79))
    assert line.endswith("22 h 39 min ! orphan ")
