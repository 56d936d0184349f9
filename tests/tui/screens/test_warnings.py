"""The warnings about all tokens, on the screens, against what the command line says."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from textual.pilot import Pilot

from st_tui.cli import main
from st_tui.core.access import decide
from st_tui.core.model import AccessRequest, Permission, ServiceToken, Use
from st_tui.core.vault import Access, Vault
from st_tui.core.vault.overviews import Desk, WarningsOverview, desk
from st_tui.core.vault.overviews import warnings as overview
from st_tui.core.vault.overviews.warnings import Found
from st_tui.tui.app import StTui
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.token import TokenScreen
from st_tui.tui.screens.warnings import Warnings
from st_tui.tui.widgets.warning_list import WarningList
from tests.conftest import NOW, Clock
from tests.core.vaults import sqlite_of, v2
from tests.journeys.driving import (
    choose,
    opened,
    project_of,
    screen_text,
    token_named,
    until,
    vault,
    workers_done,
    write,
)

SMALL, WIDE = (80, 24), (120, 36)


def listed(app: StTui) -> list[tuple[str, str]]:
    """Every line of the list, on the screen or not: a token's id and a warning."""
    listing = app.screen.query_one(WarningList)
    items = (listing.item(index) for index in range(listing.count))
    return [(item.token.id, item.warning.text) for item in items if item is not None]


def told(
    app: StTui, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, str]]:
    """The same from the command line."""
    monkeypatch.setenv("ST_TUI_VAULT", str(app.directory))
    capsys.readouterr()
    assert main(["scope", "lint", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["warnings"]
    return [(one["id"], one["warning"]) for one in sorted(found, key=lambda one: one["weight"])]


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_they_are_those_of_the_command_line(
    demo_app: StTui,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "warnings about" in screen_text(pilot), "all are found")
        on_screen = listed(demo_app)
    expected = told(demo_app, capsys, monkeypatch)
    assert len(expected) > 5
    assert on_screen == expected


async def test_the_palette_opens_it_and_enter_a_token(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("ctrl+p")
        await pilot.pause()
        await write(pilot, "lint")
        await until(pilot, lambda: "Lint the project" in screen_text(pilot), "the palette")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, Warnings), "the screen")
        await until(pilot, lambda: "warnings about" in screen_text(pilot), "all are found")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "the details")
        await until(pilot, lambda: "office-sync" in screen_text(pilot), "of the second line")
        said = "! Wider than used: opens 18 folders, 2 were used: narrow it."
        await until(pilot, lambda: said in screen_text(pilot), "its warning")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(demo_app.screen, Warnings), "back again")


async def test_the_details_show_every_warning(demo_app: StTui) -> None:
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await choose(pilot, "metrics-ingest")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "the details")
        await until(pilot, lambda: "write does not imply read" in screen_text(pilot), "warnings")
        text = screen_text(pilot)
        assert "! Scope 1: /backend/* leaves out" in text
        assert "! Scope 2: /backend/* leaves out" in text


@pytest.mark.parametrize("name", ["all-folders", "top-level"])
async def test_what_is_wider_than_used_is_told_and_what_is_not_is_not(
    demo_app: StTui, name: str
) -> None:
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await choose(pilot, name)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "the details")
        await workers_done(pilot)
        await until(pilot, lambda: "Used  on the last" in screen_text(pilot), "its uses")
        said = "! Wider than used: opens 24 folders, 2 were used"
        assert (said in screen_text(pilot)) is (name == "all-folders")


async def test_a_use_elsewhere_is_counted_while_the_details_are_open(demo_app: StTui) -> None:
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        token = await choose(pilot, "all-folders")
        await pilot.press("enter")
        await until(pilot, lambda: "24 folders, 2 were used" in screen_text(pilot), "two of 24")
        use(demo_app, token, "/folder1")
        await until(pilot, lambda: "24 folders, 3 were used" in screen_text(pilot), "one more")


async def test_a_token_used_too_often_is_told_to_be_rotated(
    demo_app: StTui, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        token = await choose(pilot, "ci-deploy")
        connection = sqlite_of(vault(demo_app))
        connection.execute(
            "UPDATE service_token_use SET use_count = 3900000000 WHERE token_id = ?", (token.id,)
        )
        await pilot.press("enter")
        await until(pilot, lambda: "! It was used 3,900,000,000" in screen_text(pilot), "warned of")
        assert "Used         3,900,000,000 times" in screen_text(pilot)
        await pilot.press("q", "exclamation_mark")
        await until(pilot, lambda: "It was used 3,900" in screen_text(pilot), "warned here too")
    about = [said for token_id, said in told(demo_app, capsys, monkeypatch) if token_id == token.id]
    assert "near the documented limit of 2^32" in about[0]
    assert main(["service-token", "show", token.id]) == 0
    assert "Used         3,900,000,000 times" in capsys.readouterr().out


async def test_a_scope_without_its_environment_is_told_once(demo_app: StTui) -> None:
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        environments = vault(demo_app).environments
        environments.delete(project_of(demo_app), "dev")
        await choose(pilot, "top-level")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "the details")
        await until(pilot, lambda: "no environment dev" in screen_text(pilot), "the warning")
        assert "✖ grants nothing" in screen_text(pilot)
        assert screen_text(pilot).count("no environment") == 1


async def test_a_colleagues_token_is_warned_of_and_shown_as_text(
    demo_app: StTui, clock: Clock
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "16 warnings" in screen_text(pilot), "all are found")
        await pilot.press("down")
        before = demo_app.screen.query_one(WarningList).current
        with Vault.open(demo_app.directory, actor="colleague", clock=clock) as other:
            draft = v2("[b]gone[/b]", "dev:/nowhere")._replace(expires_at=None)
            other.tokens.create(project_of(demo_app), draft)
        await until(pilot, lambda: "18 warnings about 11 of 12" in screen_text(pilot), "two more")
        assert "[b]gone[/b]" in screen_text(pilot)
        assert "matches no folder" in screen_text(pilot)
        assert demo_app.screen.query_one(WarningList).current == before


async def test_it_says_how_far_it_is_and_shows_what_it_has(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()
    asked: list[object] = []
    look_on = WarningsOverview.look_on

    def slow(overview: WarningsOverview, at: Desk) -> Found:
        if asked:
            may_go_on.wait()
        asked.append(at)
        return look_on(overview, at)

    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await workers_done(pilot)  # the number in the title line is counted alike
        monkeypatch.setattr(WarningsOverview, "look_on", slow)
        monkeypatch.setattr(desk, "SLICE", 0)
        monkeypatch.setattr(desk, "_AT_ONCE", 4)
        await pilot.press("exclamation_mark")
        try:
            said = "Reading 4 of 11 tokens…"
            await until(pilot, lambda: said in screen_text(pilot), "progress")
            first = [
                token_named(demo_app, name).id
                for name in ("preview-apps", "folder1-children", "office-sync")
            ]
            assert {token_id for token_id, _ in listed(demo_app)} == {*first}
        finally:
            may_go_on.set()
        await until(pilot, lambda: "16 warnings about" in screen_text(pilot), "all are found")
        assert len(asked) == 3


async def test_only_what_is_new_in_a_busy_log_is_judged_again(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    look_at = overview._Look._look_at

    def noting(look: Any, number: int, token: ServiceToken, uses: Sequence[Use]) -> None:
        judged.append(token.id)
        look_at(look, number, token, uses)

    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        token = token_named(demo_app, "all-folders")
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "16 warnings" in screen_text(pilot), "all are found")
        monkeypatch.setattr(overview._Look, "_look_at", noting)
        for times in range(1, 4):
            use(demo_app, token, "/folder1")
            await until(pilot, lambda: len(judged) == times, "it is read and judged")  # noqa: B023
        assert judged == [token.id] * 3
        said = "Wider than used: opens 24 folders, 3 were used"
        await until(pilot, lambda: said in str(listed(demo_app)), "its warning is another")


def use(app: StTui, token: ServiceToken, path: str) -> None:
    """A colleague's server lets a token read."""
    request = AccessRequest("dev", path, Permission.READ, NOW)
    with Vault.open(app.directory, actor="colleague", clock=app.clock) as other:
        accesses = [Access("get-secrets", project_of(app), token, request, decide(token, request))]
        other.audit.record(accesses)


async def test_nothing_to_warn_about(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        tokens = vault(demo_app).tokens
        tokens.revoke(tokens.page(project_of(demo_app)))
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "0 warnings about 0 of 0" in screen_text(pilot), "none")
        assert "Nothing to warn about." in screen_text(pilot)
        await pilot.press("enter", "q")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the list again")


async def chosen_warning(pilot: Pilot[None], sentence: str) -> None:
    """Open the warnings, and go to the first that has a text."""
    app = pilot.app
    await pilot.press("exclamation_mark")
    await until(pilot, lambda: "warnings about" in screen_text(pilot), "all are found")
    listing = app.screen.query_one(WarningList)
    await until(pilot, lambda: listing.item(listing.count - 1) is not None, "they are read")
    items = [listing.item(index) for index in range(listing.count)]
    listing.cursor = next(i for i, item in enumerate(items) if item and sentence in str(item))
    await pilot.pause()


async def test_the_fix_of_a_surprise_is_a_clone_with_the_mended_scope(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await chosen_warning(pilot, "/folder1/* leaves out")
        await until(
            pilot, lambda: "f clone it, and write /folder1/**" in screen_text(pilot), "the fix"
        )
        await pilot.press("f")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form")
        await until(pilot, lambda: "/folder1/**" in screen_text(pilot), "with the mended scope")


async def test_the_fix_of_a_token_that_opens_nothing_asks_before_it_revokes(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        token = vault(demo_app).tokens.create(project_of(demo_app), v2("dead", "dev:/gone")).token
        await chosen_warning(pilot, "matches no folder")
        await until(pilot, lambda: "f revoke it" in screen_text(pilot), "the fix")
        await pilot.press("f")
        await until(pilot, lambda: "Revoke “dead”?" in screen_text(pilot), "it asks")
        await pilot.press("y")
        await until(
            pilot, lambda: vault(demo_app).tokens.lookup(token.id).token is None, "it is done"
        )
        await until(pilot, lambda: "matches no folder" not in screen_text(pilot), "warned no more")


async def test_a_kind_is_named_where_it_begins(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await chosen_warning(pilot, "Wider than used")
        text = screen_text(pilot)
        assert text.count("May surprise") == 1
        begins = [text.index(kind) for kind in ("Wider than used", "Never expires", "May surprise")]
        assert begins == sorted(begins)
