"""Rotating in the app: what it says before, what it does, and how the two tokens are told apart."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from st_tui.core.expiry import DAY, HOUR, MINUTE
from st_tui.core.model import Permission, Scope, ServiceToken, TokenDraft
from st_tui.core.vault import Vault
from st_tui.tui.app import StTui
from st_tui.tui.screens.created import Created
from st_tui.tui.screens.dialog import Confirm
from st_tui.tui.screens.matrix import MatrixScreen
from st_tui.tui.screens.rotate import Rotate
from st_tui.tui.screens.token import TokenScreen
from st_tui.tui.screens.tokens import TokensPage
from st_tui.tui.widgets.token_list import TokenList
from tests.conftest import NOW
from tests.journeys.driving import choose, opened, project_of, screen_text, until, vault, write

SMALL, WIDE = (80, 24), (120, 36)
NO_LONGER = "Whoever still uses the old token is refused from now on."


async def asked(pilot: Pilot[Any], name: str) -> ServiceToken:
    """The token, with the dialog open that asks how to rotate it."""
    await opened(pilot)
    token = await choose(pilot, name)
    await pilot.press("r")
    await until(pilot, lambda: isinstance(pilot.app.screen, Rotate), "it asks")
    await until(pilot, lambda: "Last used" in screen_text(pilot), "it is drawn")
    return token


async def rotated(pilot: Pilot[Any], *keys: str) -> None:
    """Press these keys and Enter, and wait for the new text."""
    await pilot.press(*keys, "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, Created), "the new text is shown")
    await pilot.pause()


async def closed(pilot: Pilot[Any]) -> None:
    """Close the new text uncopied."""
    await pilot.press("escape", "x")
    await until(pilot, lambda: len(pilot.app.screen_stack) == 1, "it is closed")


@pytest.mark.parametrize(
    ("keys", "overlap"),
    [
        ((), DAY),
        (("left",), HOUR),
        (("left", "left"), 0),
        (("right",), 7 * DAY),
        (("right", "right", "tab", "9", "0", "m"), 90 * MINUTE),
        (("2", "h"), 2 * HOUR),
    ],
)
async def test_the_overlap_is_a_day_unless_another_is_chosen(
    demo_app: StTui, keys: tuple[str, ...], overlap: int
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        old = await asked(pilot, "ci-deploy")
        assert "•24 h" in screen_text(pilot)
        assert "2026-11-23 11:05 UTC, 54 min ago; 96 times" in screen_text(pilot)
        await rotated(pilot, *keys)
        known = vault(demo_app).tokens.lookup(old.id)
        if overlap:
            assert known.token is not None
            assert known.token.expires_at == NOW + overlap
            assert "The old token works until 2026-11-" in screen_text(pilot)
        else:
            assert known.token is None
            assert NO_LONGER in screen_text(pilot)


async def test_it_says_at_every_choice_until_when_the_old_token_works(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await asked(pilot, "ci-deploy")
        for key, said in (
            ("left", "works until 2026-11-23 13:00 UTC."),
            ("left", NO_LONGER),
            ("left", "‹ other ›"),  # another one is to be typed
            ("left", "works until 2026-11-30 12:00 UTC."),
        ):
            await pilot.press(key)
            await until(pilot, lambda said=said: said in screen_text(pilot), said)  # type: ignore[misc]


async def test_an_overlap_cut_to_the_token_s_own_end_says_so_before_and_after(
    demo_app: StTui,
) -> None:
    cut = "The old token works until 2026-11-24 11:00 UTC: the overlap"
    async with demo_app.run_test(size=SMALL) as pilot:
        token = await asked(pilot, "nightly-backup")
        assert token.expires_at == NOW + 23 * HOUR
        assert cut in screen_text(pilot)
        assert "is cut to the token's own end." in " ".join(screen_text(pilot).split())
        await pilot.press("left")
        await until(pilot, lambda: "is cut to" not in screen_text(pilot), "one that is not")
        await rotated(pilot, "right")
        assert cut in screen_text(pilot)
        await closed(pilot)
        assert "nightly-backup (old, until 11:00)" not in screen_text(pilot)
        assert "nightly-backup (old, until 24 Nov)" in screen_text(pilot)


async def test_what_is_no_overlap_is_said_and_rotates_nothing(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        old = await asked(pilot, "ci-deploy")
        for typed, said in (("", "is no duration"), ("3q", "is no unit of time")):
            await pilot.press(*(typed or ("left", "left", "left")), "enter")
            await until(pilot, lambda said=said: said in screen_text(pilot), said)  # type: ignore[misc]
        assert isinstance(demo_app.screen, Rotate)
        assert vault(demo_app).tokens.get(old.id).expires_at == old.expires_at


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_the_two_differ_wherever_their_name_stands(
    demo_app: StTui, size: tuple[int, int]
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        old = await asked(pilot, "ci-deploy")
        await rotated(pilot)
        await closed(pilot)
        listing = demo_app.screen.query_one(TokenList)
        rows = [line for line in screen_text(pilot).splitlines() if "ci-deploy" in line[4:13]]
        assert len(rows) == 2
        assert ["ci-deploy (old) " in row for row in rows] == [False, True]
        assert ["until tomorrow" in row for row in rows] == [False, True]
        assert listing.current is not None
        assert listing.current.id == old.id

        await pilot.press("t")
        await until(
            pilot,
            lambda: "Test ci-deploy (old, until 24 Nov)" in screen_text(pilot),
            "the pane",
        )
        await pilot.press("escape", "m")
        await until(pilot, lambda: isinstance(demo_app.screen, MatrixScreen), "the matrix")
        await until(
            pilot,
            lambda: "ci-deploy (old, until 24 Nov) › dev:/" in screen_text(pilot),
            "the cell",
        )
        assert screen_text(pilot).count("ci-deploy (old") == 2
        await pilot.press("escape", "w")
        await write(pilot, "common/db")
        await until(pilot, lambda: "can read /common/db in" in screen_text(pilot), "who can")
        await until(pilot, lambda: screen_text(pilot).count("ci-deploy") == 2, "both of them")
        assert screen_text(pilot).count("ci-deploy (old") == 1


async def test_the_details_name_predecessor_and_successor(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        old = await asked(pilot, "ci-deploy")
        await rotated(pilot)
        await closed(pilot)
        new = next(t for t in vault(demo_app).tokens.page(vault(demo_app).projects.get()))
        assert (new.name, new.id != old.id) == ("ci-deploy", True)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "the old one")
        await until(
            pilot,
            lambda: "Replaced by  ci-deploy, works until 2027-05-09" in screen_text(pilot),
            "by whom",
        )
        assert "Tokens › ci-deploy (old, until 24 Nov)" in screen_text(pilot)
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: f"Id           {new.id}" in screen_text(pilot), "the new one")
        assert "Replaces     ci-deploy, works until 2026-11-24 12:00 UTC" in screen_text(pilot)
        await pilot.press("less_than_sign")
        await until(pilot, lambda: f"Id           {old.id}" in screen_text(pilot), "the old one")
        await pilot.press("escape", "escape", "escape")
        await until(pilot, lambda: isinstance(demo_app.screen, TokensPage), "the way back")


async def test_the_revoke_question_tells_the_two_apart(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        old = await asked(pilot, "ci-deploy")
        await rotated(pilot)
        await closed(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await pilot.pause()
        for part in (
            "Revoke “ci-deploy (old, until 24 Nov)”?",
            f"Id         {old.id}",
            "Created    2026-11-10 12:00 UTC",
            "Last used  2026-11-23 11:05 UTC, 54 min ago; 96 times",
        ):
            assert part in screen_text(pilot)
        await pilot.press("n", "home", "d")
        await until(pilot, lambda: "Last used  never" in screen_text(pilot), "the new one")
        assert "Revoke “ci-deploy”?" in screen_text(pilot)


@pytest.mark.parametrize("size", [SMALL, (60, 15)])
async def test_many_scopes_leave_room_for_what_they_belong_to(
    demo_app: StTui, size: tuple[int, int]
) -> None:
    scopes = tuple(Scope("dev", f"/team-{n}/{'service-' * 20}{n}/**") for n in range(60))
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        draft = TokenDraft("many", scopes, frozenset({Permission.READ}), NOW + 30 * DAY)
        with Vault.open(demo_app.directory, actor="colleague", clock=demo_app.clock) as other:
            other.tokens.create(project_of(demo_app), draft)
        await until(pilot, lambda: "many" in screen_text(pilot), "it is listed")
        token = await asked(pilot, "many")
        await rotated(pilot)
        if size == SMALL:  # where it is smaller, the token itself takes nearly all of it
            await until(pilot, lambda: "The old token works until" in screen_text(pilot), "said")
        await closed(pilot)
        await pilot.press("d")
        await until(pilot, lambda: "y revoke" in screen_text(pilot), "it asks")
        for part in (f"Id         {token.id}", "Created  ", "Last used  never", "and 57 more"):
            assert part in screen_text(pilot)


async def test_an_old_one_that_is_rotated_again_is_warned_about(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await asked(pilot, "ci-deploy")
        assert "replaced already" not in screen_text(pilot)
        await rotated(pilot)
        await closed(pilot)
        await pilot.press("r")
        await until(pilot, lambda: "It was replaced already" in screen_text(pilot), "it says so")


async def test_the_smallest_terminal_shows_the_overlap_and_what_is_wrong_with_it(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=(60, 15)) as pilot:
        await asked(pilot, "nightly-backup")
        await until(pilot, lambda: "•24h" in screen_text(pilot), "the one that is chosen")
        await pilot.press("right", "right")
        await until(pilot, lambda: "‹ other ›" in screen_text(pilot), "so is another")
        await pilot.press("tab", "2", "x", "enter")
        await until(pilot, lambda: "2x" in screen_text(pilot), "it is typed")
        await until(pilot, lambda: "no unit of time" in screen_text(pilot), "why it is not taken")
        assert "Enter rotate" in screen_text(pilot)


async def test_the_command_at_the_foot_follows_what_is_chosen(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        old = await asked(pilot, "ci-deploy")
        does = f"$ st-tui service-token rotate {old.id[:8]}…"
        for keys, options in (
            ((), " --overlap 86400 "),
            (("left", "left"), "  "),
            (("tab", "right"), " --expires-at 2026-11…"),
            (("left", "left", "4", "q"), ""),
            (("backspace", "5", "d"), " --expires-at 2027-01…"),
            (("shift+tab", "left"), " --never"),
        ):
            await pilot.press(*keys)
            said = does + options if options else "'q' is no unit of time"
            await until(pilot, lambda said=said: said in screen_text(pilot), said)  # type: ignore[misc]
            assert ("$ st-tui service-token" in screen_text(pilot)) is bool(options)
        await rotated(pilot)
        new = next(t for t in vault(demo_app).tokens.page(vault(demo_app).projects.get()))
        assert (new.name, new.expires_at) == ("ci-deploy", None)
        assert vault(demo_app).tokens.lookup(old.id).token is None
