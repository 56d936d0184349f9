"""The page of one token: how it was used, and the ways from it and back."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from textual.pilot import Pilot

from st_tui.core.expiry import DAY, HOUR
from st_tui.core.model import ServiceToken
from st_tui.tui.app import StTui
from st_tui.tui.screens.audit import AuditPage
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.matrix import MatrixScreen
from st_tui.tui.screens.token import TokenScreen
from st_tui.tui.screens.tokens import TokensPage
from st_tui.tui.screens.who import Who
from tests.conftest import NOW
from tests.journeys.driving import choose, opened, screen_text, until

SMALL = (80, 24)


async def opened_token(pilot: Pilot[None], name: str) -> ServiceToken:
    """Open a token's page from the list, and wait for all of it."""
    await opened(pilot)
    token = await choose(pilot, name)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, TokenScreen), "its page")
    await until(pilot, lambda: "Used  on the last" in screen_text(pilot), "how it was used")
    return token


def logged(app: StTui, query: str, token: ServiceToken) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(app.directory / "vault.db")) as connection:
        return connection.execute(query, {"token": token.id, "now": NOW}).fetchall()


async def test_it_says_how_often_on_each_day_and_where(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 36)) as pilot:
        token = await opened_token(pilot, "ci-deploy")
        [(allowed, denied)] = logged(
            demo_app,
            "SELECT sum(verdict = 'allowed'), sum(verdict = 'denied') FROM audit_log "
            f"WHERE actor = :token AND time / {DAY} > :now / {DAY} - 14",
            token,
        )
        text = screen_text(pilot)
        assert f"{allowed} allowed, " in text
        assert f"✖ {denied} denied" in text
        folders = logged(
            demo_app,
            "SELECT environment || ':' || path, count(*), max(time) FROM audit_log "
            "WHERE actor = :token AND verdict = 'allowed' GROUP BY 1 ORDER BY 3 DESC",
            token,
        )
        assert f"Folders  {len(folders)} used; its scopes open 11" in text
        lines = [" ".join(line.split()) for line in text.splitlines()]
        for place, times, last in folders:
            assert isinstance(last, int)
            [line] = [line for line in lines if line.startswith(f"{place} R·")]
            assert f" {times} time" in line
            ago = NOW - last
            if 2 * HOUR <= ago < DAY:
                assert line.endswith((f"{ago // HOUR} h ago", f"{ago // HOUR + 1} h ago"))


async def test_a_bar_for_each_day_in_ascii_where_the_font_lacks_them(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        demo_app.ascii_only = True
        await opened_token(pilot, "ci-deploy")
        line = next(line for line in screen_text(pilot).splitlines() if " allowed, " in line)
        assert "#" in line
        assert not set("▁▂▃▄▅▆▇█") & set(line)


@pytest.mark.parametrize(
    ("key", "screen", "says"),
    [
        ("t", TokensPage, "Test ci-deploy"),
        ("m", MatrixScreen, "ci-deploy"),
        ("w", Who, "/common/**"),
        ("h", AuditPage, "ci-deploy   E2EE"),
    ],
)
async def test_a_link_leads_on_and_escape_back(
    demo_app: StTui, key: str, screen: type, says: str
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened_token(pilot, "ci-deploy")
        await pilot.press(key)
        await until(pilot, lambda: isinstance(demo_app.screen, screen), "it leads on")
        await until(pilot, lambda: says in screen_text(pilot), "to what is said of this token")
        for _ in range(3):
            if not isinstance(demo_app.screen, TokenScreen):
                await pilot.press("escape")
                await pilot.pause()
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "back")
        assert len(demo_app.screen_stack) == 2


async def test_the_log_of_a_token_has_its_entries_alone(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        token = await opened_token(pilot, "ci-deploy")
        await pilot.press("h")
        await until(pilot, lambda: isinstance(demo_app.screen, AuditPage), "its log")
        page = demo_app.screen
        assert isinstance(page, AuditPage)
        await until(pilot, lambda: page._list.count > 0, "it is read")
        [(count,)] = logged(
            demo_app,
            "SELECT count(*) FROM audit_log WHERE actor = :token OR target = :token",
            token,
        )
        assert page._list.count == count


async def test_f_offers_what_mends_the_weightiest_warning(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened_token(pilot, "folder1-children")
        assert "f clone it, and write /folder1/**" in screen_text(pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form of a clone")
        await until(pilot, lambda: "/folder1/**" in screen_text(pilot), "with the mended scope")
