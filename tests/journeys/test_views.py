"""The list shows tokens that end soon, or those unused for long; a notice tells of them once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from textual.pilot import Pilot

from st_tui.core.expiry import DAY
from st_tui.demo import make
from st_tui.tui.app import StTui
from st_tui.tui.host import Opening
from st_tui.tui.screens import viewing
from st_tui.tui.screens.tokens import TokensPage
from st_tui.tui.widgets.token_list import TokenList
from st_tui.tui.widgets.token_view import ALL, ENDING, UNUSED, notice
from tests.conftest import Clock
from tests.journeys.driving import (
    opened,
    project_of,
    screen_text,
    settled,
    token_named,
    tokens_shown,
    until,
    vault,
    write,
)
from tests.tmux_session import TmuxSession, needs_tmux

SMALL = (80, 24)
NOTICE = "2 tokens end within 7 days, 1 lies unused for 30 days: u shows them."


@needs_tmux
def test_a_key_goes_from_view_to_view(tmp_path: Path) -> None:
    make(tmp_path / "vault", actor="operator")
    program = (sys.executable, "-m", "st_tui", "--vault", str(tmp_path / "vault"))
    with TmuxSession(tmp_path / "tmux", program) as session:
        session.wait_for("11 tokens", "▌ ✖ mobile-release", NOTICE)
        session.press("u")
        first = session.wait_for("expiring soon 2 of 11", "▌ ✔ nightly-backup")
        assert NOTICE not in first
        assert names(first) == ["nightly-backup", "preview-apps"]  # the soonest first
        session.press("u")
        assert names(session.wait_for("long unused 1 of 11", "▌ ✖ second-level")) == [
            "second-level"
        ]
        session.press("u")
        assert len(names(session.wait_for("11 tokens", "▌ ✖ mobile-release"))) == 11


def names(screen: str) -> list[str]:
    """The names of the tokens on the screen."""
    listed = screen.split("── Test")[0].splitlines()[2:]
    return [line[4:].split()[0] for line in listed if line[2:3] in ("✔", "✖")]


def listed(pilot: Pilot[None]) -> list[str]:
    """The names of the tokens in the list, once the vault has answered."""
    items = pilot.app.screen.query_one(TokenList)
    return [token.name for at in range(items.count) if (token := items.item(at))]


async def test_filter_and_order_work_within_a_view(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("u")
        await settled(pilot)
        assert listed(pilot) == ["nightly-backup", "preview-apps"]
        await pilot.press("s", "s")  # by name, then by expiry
        await settled(pilot)
        assert listed(pilot) == ["nightly-backup", "preview-apps"]
        await pilot.press("s")  # newest first
        await settled(pilot)
        assert listed(pilot) == ["preview-apps", "nightly-backup"]
        await pilot.press("slash")
        await write(pilot, "folder2")
        await until(pilot, lambda: listed(pilot) == ["preview-apps"], "filtered")
        assert "expiring soon 1 of 11" in screen_text(pilot)
        await pilot.press("enter", "asterisk")
        await until(pilot, lambda: "1 marked" in screen_text(pilot), "what is shown is marked")
        await pilot.press("u")
        await settled(pilot)
        assert "Nothing matches the filter." in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: listed(pilot) == ["second-level"], "the view without the filter")


async def test_a_view_goes_by_the_clock_when_it_is_read(demo_app: StTui, clock: Clock) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        clock.now += 2 * DAY  # nightly-backup ends meanwhile, all-folders comes nearer
        await until(pilot, lambda: tokens_shown(demo_app) == 10, "one is gone")
        await pilot.press("u")
        await settled(pilot)
        assert listed(pilot) == ["preview-apps", "all-folders"]


async def test_an_empty_view_says_what_the_key_shows_next(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        every = vault(demo_app).tokens.page(project_of(demo_app))
        vault(demo_app).tokens.revoke([t for t in every if t.name != "ci-deploy"])
        await until(pilot, lambda: tokens_shown(demo_app) == 1, "one is left")
        for said in ("No token ends within 7 days", "No token lies unused for 30 days"):
            await pilot.press("u")
            await until(pilot, lambda said=said: said in screen_text(pilot), said)  # type: ignore[misc]


async def test_a_token_that_somebody_goes_to_is_shown_in_any_view(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        page = demo_app.screen
        assert isinstance(page, TokensPage)
        await pilot.press("u")
        await settled(pilot)
        page.choose(token_named(demo_app, "preview-apps"))
        await settled(pilot)
        assert "expiring soon 2 of 11" in screen_text(pilot)
        page.choose(token_named(demo_app, "ci-deploy"))
        await settled(pilot)
        assert page.chosen_token() == token_named(demo_app, "ci-deploy")
        assert tokens_shown(demo_app) == 11


async def test_a_view_has_what_the_vault_lists_for_it(demo_app: StTui, clock: Clock) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        for _ in range(12):
            every = vault(demo_app).tokens.page(project_of(demo_app))
            for view in (ALL, ENDING, UNUSED):
                limits = view.limits(clock.now)
                assert vault(demo_app).tokens.page(project_of(demo_app), limits=limits) == [
                    token for token in every if view.has(token, clock.now)
                ]
            clock.now += 5 * DAY


async def test_the_notice_goes_when_something_else_is_shown(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewing, "_NOTICE_SECONDS", 3600)  # it does not go by itself
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await until(pilot, lambda: NOTICE in screen_text(pilot), "said")
        await pilot.press("2")
        await until(pilot, lambda: "secrets" in screen_text(pilot), "the folders")
        await until(pilot, lambda: not demo_app._notifications, "gone")
        await pilot.press("1")
        await settled(pilot)
        assert NOTICE not in screen_text(pilot)


@pytest.mark.parametrize("opening", [Opening(stage=True), Opening(step=3)])
async def test_a_presenter_gets_no_notice(demo_app: StTui, opening: Opening) -> None:
    demo_app.opening = opening
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await settled(pilot)
        assert NOTICE not in screen_text(pilot)


@pytest.mark.parametrize(
    ("ending", "unused", "said"),
    [
        (0, 0, ""),
        (1, 0, "1 token ends within 7 days: u shows it."),
        (0, 1, "1 token lies unused for 30 days: u shows it."),
        (1, 2, "1 token ends within 7 days, 2 lie unused for 30 days: u shows them."),
        (3, 0, "3 tokens end within 7 days: u shows them."),
    ],
)
def test_the_notice_in_words(ending: int, unused: int, said: str) -> None:
    assert notice(ending, unused) == said
