"""What a line of the token list says, and what a click on a column's head asks for."""

from __future__ import annotations

import pytest

from st_tui.core.expiry import DAY, HOUR, MINUTE
from st_tui.core.model import Order, Permission, Scope, ServiceToken
from st_tui.tui.app import StTui
from st_tui.tui.widgets.token_list import TokenList
from tests.conftest import NOW
from tests.journeys.driving import opened, screen_text, until

READ = frozenset({Permission.READ})
TOKEN = ServiceToken(
    "id",
    "ci-deploy",
    (Scope("dev", "/common/**"), Scope("prod", "/")),
    READ,
    expires_at=NOW + 360 * DAY,
    last_used=NOW - 3 * HOUR,
)


def line(token: ServiceToken, *, allowed: bool | None = None, width: int = 78) -> str:
    tokens = TokenList(lambda: NOW)
    tokens.environments = ("dev", "prod")
    tokens.judge = lambda token: allowed
    return "".join(piece for piece, _ in tokens.draw(token, width))


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (TOKEN, "ci-deploy dev:/common/** +1 R· 3 h 12 mo"),
        (TOKEN._replace(last_used=None, expires_at=None),
         "ci-deploy dev:/common/** +1 R· never never"),
        (TOKEN._replace(last_used=NOW - 50 * DAY, expires_at=NOW + 23 * HOUR),
         "ci-deploy dev:/common/** +1 R· 50 d 23 h !"),
        (TOKEN._replace(expires_at=NOW + 59 * MINUTE, version=3, is_active=False),
         "ci-deploy dev:/common/** +1 R· 3 h 59 min ! V3 off"),
        (TOKEN._replace(is_replaced=True, expires_at=NOW + DAY),
         "ci-deploy (old) dev:/common/** +1 R· 3 h until tomorrow"),
        (TOKEN._replace(is_replaced=True, expires_at=NOW + DAY, version=3),
         "ci-deploy (old) dev:/common/** +1 R· 3 h 24 h ! V3"),
        (TOKEN._replace(scopes=(Scope("gone", "/"),)), "ci-deploy gone:/ R· 3 h 12 mo orphan"),
        (TOKEN._replace(name="n" * 90), "n" * 18 + "… dev:/common/** +1 R· 3 h 12 mo"),
        (TOKEN._replace(name="n" * 90, is_replaced=True),
         "n" * 12 + "… (old) dev:/common/** +1 R· 3 h 12 mo"),
    ],
)  # fmt: skip
def test_what_a_line_says(token: ServiceToken, words: str) -> None:
    assert " ".join(line(token).split()) == words
    assert len(line(token)) == 78


def test_the_verdict_stands_before_the_name() -> None:
    assert [line(TOKEN, allowed=allowed)[:6] for allowed in (True, False, None)] == [
        " ✔ ci-", " ✖ ci-", "   ci-",
    ]  # fmt: skip


def test_a_narrow_list_leaves_out_the_last_use() -> None:
    assert " ".join(line(TOKEN, width=54).split()) == "ci-deploy dev:/commo… +1 R· 12 mo"


async def test_a_click_on_a_head_sorts_and_a_second_one_takes_it_back(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        tokens = demo_app.screen.query_one(TokenList)
        assert tokens.sorted_by is Order.CREATED
        await pilot.click(TokenList, offset=(5, 0))
        await until(pilot, lambda: "Name ▾" in screen_text(pilot), "sorted by name")
        assert tokens.current is not None
        assert tokens.current.name == "all-folders"
        await pilot.click(TokenList, offset=(66, 0))
        await until(pilot, lambda: "Expires ▾" in screen_text(pilot), "sorted by end")
        await pilot.click(TokenList, offset=(66, 0))
        await until(pilot, lambda: "▾" not in screen_text(pilot), "the newest first")
