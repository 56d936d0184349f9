"""The test-access pane: near misses, ranges of times and addresses, and other request times."""

from __future__ import annotations

import asyncio
import re
import shlex
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from st_tui.core.addresses import parse_ranges
from st_tui.core.expiry import DAY, HOUR
from st_tui.core.model import Environment, Scope, TokenDraft
from st_tui.core.vault import Vault
from st_tui.tui.app import StTui
from st_tui.tui.screens.tokens import TokensPage
from st_tui.tui.widgets import access_pane, surroundings
from st_tui.tui.widgets.access_pane import AccessPane
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.reach_tree import FolderRow
from st_tui.tui.widgets.request_time import RequestTime
from st_tui.tui.widgets.surroundings import Surroundings
from st_tui.tui.widgets.verdict import Verdict
from tests.conftest import NOW, Clock
from tests.core.vaults import READ
from tests.journeys.driving import (
    choose,
    opened,
    paste,
    screen_text,
    until,
    workers_done,
    write,
)
from tests.terminal_session import PATIENCE


async def test_a_denial_tells_what_would_be_allowed(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await pilot.press("t")
        await write(pilot, "comon/db")
        await until(pilot, lambda: "matches /comon/db\n" in screen_text(pilot), "it is judged")
        text = screen_text(pilot)
        assert "→ allowed if asked for /common/db\n" in text
        assert "\n path     ✖/comon/db\n scope 1   /common/**\n" in text
        assert text.index("✖ DENIED") < text.index("→ allowed") < text.index("reach dev")


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 36)])
async def test_a_denial_tells_every_reason_and_nothing_that_reads_like_a_yes(
    demo_app: StTui, size: tuple[int, int]
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "office-sync")
        await pilot.press("t")
        await write(pilot, "backend/worker")
        await until(pilot, lambda: "/backend/worker" in _verdict(demo_app), "it is judged")
        said = _verdict(demo_app)
        assert (
            "✖ DENIED ip: it trusts 10.0.0.0/8, not every address; "
            "no scope in dev matches /backend/worker → allowed if asked from 10.0.0.0/8 and for /"
        ) in said
        if size == (80, 24):
            assert "1 dev:/common/** ✖ stops at “backend”, segment 1 +1 more" in said
        elif size == (100, 30):
            assert "path ✖/backend/worker scope 1 /common/** +1 more" in said
        else:
            assert "path ✖/backend/worker scope 1 /common/** 2 staging:/common/** ✖ oth" in said
        await pilot.press(*["backspace"] * len("backend/worker"))
        await write(pilot, "common/db")
        await until(pilot, lambda: "no scope" not in _verdict(demo_app), "a scope matches")
        said = _verdict(demo_app)
        assert (
            "✖ DENIED ip: it trusts 10.0.0.0/8, not every address "
            "→ allowed only from 10.0.0.0/8 and before 2027-11-08 12:00 UTC path /common/db "
        ) in said


async def test_what_would_be_allowed_stands_whole_or_not_at_all(
    demo_app: StTui, tmp_path: Path
) -> None:
    """A line was once cut within its conditions, where the reasons needed the room."""
    with Vault.open(tmp_path / "vault", actor="operator", clock=lambda: NOW) as vault:
        project = vault.projects.get("demo")
        blocks = parse_ranges(["10.0.0.0/8", "2001:db8:aaaa:bbbb::/64", "192.168.0.0/24"])
        scopes = (Scope("dev", "/common/**"),)
        vault.tokens.create(
            project,
            TokenDraft("many", scopes, READ, NOW + DAY, version=3, is_active=False,
                       trusted_ips=blocks),
        )  # fmt: skip
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "many")
        await pilot.press("t")
        await write(pilot, "backend/worker")
        await pilot.press("tab", *"203.0.113.9", "tab", "end", "tab", "right")
        await pilot.press(*["shift+tab"] * 4, "right")
        last = "E2EE is on, so a raw endpoint cannot open the values"
        await until(pilot, lambda: last in _verdict(demo_app), "all is asked")
        assert "DENIED expired: it ended" in _verdict(demo_app)
        assert "the token may not write" in _verdict(demo_app)
        assert "→" not in _verdict(demo_app)
        demo_app.screen.query_one(RequestTime).focus()
        await pilot.press("home")
        await until(pilot, lambda: "expired: " not in _verdict(demo_app), "now")
        assert last in _verdict(demo_app)
        assert "→" not in _verdict(demo_app)


async def test_one_folder_is_no_folders(demo_app: StTui, tmp_path: Path) -> None:
    with Vault.open(tmp_path / "vault", actor="operator") as vault:
        project = vault.projects.get("demo")
        vault.environments.create(project, Environment("qa", "QA"))
        vault.tokens.create(project, TokenDraft("root", (Scope("qa", "/"),), READ, None))
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "root")
        await pilot.press("t", "shift+tab", "shift+tab", *["right"] * 3)
        await until(pilot, lambda: "reach qa  1 of 1  /\n" in _tidy(pilot), "one of one")
        await pilot.press("escape", "enter")
        await until(
            pilot,
            lambda: "1 qa:/  opens 1 of 1 folder, 0 used\n" in _tidy(pilot),
            "in its details too",
        )


async def test_a_denial_of_many_scopes_tells_it_a_little_later(
    demo_app: StTui, tmp_path: Path
) -> None:
    scopes = tuple(Scope("dev", f"/team{number}/**") for number in range(150))
    with Vault.open(tmp_path / "vault", actor="operator") as vault:
        vault.tokens.create(vault.projects.get("demo"), TokenDraft("many", scopes, READ, None))
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "many")
        await pilot.press("t")
        await write(pilot, "taem77")
        near = "→ allowed if asked for /team77 (2 characters away)"
        await until(pilot, lambda: near in screen_text(pilot), "the nearest is found")
        verdict = str(demo_app.screen.query_one(Verdict).render())
        assert len(verdict.splitlines()) <= 22  # not one for each scope


async def test_what_was_searched_for_another_question_is_not_said(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(*asked: object, at_once: bool = False) -> list[str] | None:
        if at_once:
            return None
        begun.set()
        go_on.wait(PATIENCE)
        return ["allowed if asked yesterday"]

    monkeypatch.setattr(access_pane, "near_misses", slow)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await pilot.press("t", "x")
        await until(pilot, begun.is_set, "the search runs")
        monkeypatch.setattr(access_pane, "near_misses", lambda *_, **__: [])
        await pilot.press("y")
        await until(pilot, lambda: "matches /xy" in screen_text(pilot), "something else is asked")
        go_on.set()
        pane = demo_app.screen.query_one(AccessPane)
        await until(pilot, lambda: not pane._searching._is_running, "the search ends")
        assert "yesterday" not in screen_text(pilot)


async def test_the_verdict_at_another_time(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        token = await choose(pilot, "ci-deploy")
        await pilot.press("t")
        await write(pilot, "common")
        demo_app.screen.query_one(RequestTime).focus()
        await pilot.press("right")
        await until(pilot, lambda: "‹in 1 d›" in screen_text(pilot), "a day on")
        assert " at 2026-11-24 12:00 UTC ──\n" in screen_text(pilot)
        assert "✔ ALLOWED    scope 1  dev:/common/**" in screen_text(pilot)
        assert "  until 2027-05-09, from anywhere\n" in screen_text(pilot)
        await pilot.press("end")
        await until(pilot, lambda: "✖ DENIED" in screen_text(pilot), "the end")
        assert "‹the end›" in screen_text(pilot)
        assert " at 2027-05-09 12:00 UTC ──\n" in screen_text(pilot)
        assert "expired: it ended" in screen_text(pilot)
        assert "reach dev  0 of 24  " in _tidy(pilot)
        await pilot.press("left")
        await until(pilot, lambda: "✔ ALLOWED" in screen_text(pilot), "the day before")
        asked = demo_app.screen.query_one(RequestTime).chosen
        await pilot.press("escape", "down")
        await until(pilot, lambda: "Test top-level" in screen_text(pilot), "another token")
        assert demo_app.screen.query_one(RequestTime).chosen == asked  # the same is asked of it
        assert demo_app.screen.query_one(RequestTime).end != token.expires_at


@pytest.mark.parametrize("key", ["t", "f3"])
async def test_a_key_that_arrives_while_the_pane_is_made(demo_app: StTui, key: str) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        page = demo_app.screen
        assert isinstance(page, TokensPage)
        making = asyncio.create_task(page.open_pane())
        await asyncio.sleep(0)
        await pilot.press(key)
        await making
        await until(pilot, lambda: isinstance(pilot.app.focused, Field), "it is answered")


async def test_a_change_seen_while_the_app_ends(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []

    def look_again(pane: AccessPane) -> None:
        demo_app._seen = None
        demo_app._looking.request()
        looked.append(pane)

    monkeypatch.setattr(AccessPane, "on_unmount", look_again, raising=False)
    async with demo_app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await until(pilot, lambda: bool(demo_app.screen.query(AccessPane)), "the pane")
    assert looked


def _tidy(pilot: Pilot[None]) -> str:
    """What is on the screen, with columns drawn together."""
    return re.sub(" {3,}", "  ", screen_text(pilot))


def _verdict(app: StTui) -> str:
    """What the pane says of it, whatever the lines."""
    return " ".join(str(app.screen.query_one(Verdict).render()).split())


async def test_a_count_that_comes_late_is_not_said_of_another_environment(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()
    counting = threading.Event()
    count = Surroundings._reached

    def slow(around: Surroundings, folders: Sequence[FolderRow]) -> int:
        if len(folders) > surroundings._COUNTED_AT_ONCE:
            counting.set()
            assert may_go_on.wait(PATIENCE)
        return count(around, folders)

    async with demo_app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await choose(pilot, "nightly-backup")
        pane = demo_app.screen.query_one(AccessPane)
        monkeypatch.setattr(surroundings, "_COUNTED_AT_ONCE", 20)  # Development has more
        monkeypatch.setattr(Surroundings, "_reached", slow)
        try:
            pane.ask("dev", "/")
            await until(pilot, counting.is_set, "it is counted")
            pane.ask("staging", "/")
            await until(pilot, lambda: "reach staging  17 of 17" in _tidy(pilot), "all")
        finally:
            may_go_on.set()
        await workers_done(pilot)
        assert "reach staging  17 of 17" in _tidy(pilot)


class _Alone(App[None]):
    """A request time alone."""

    def __init__(self, clock: Clock, end: int | None) -> None:
        super().__init__()
        self.moment = RequestTime(clock)
        self.moment.end = end

    def compose(self) -> ComposeResult:
        yield self.moment


@pytest.mark.parametrize(
    ("end", "keys", "ahead"),
    [
        (None, "right right", 2 * DAY),
        (None, "right right left", DAY),
        (None, "right left left", None),
        (None, "right right home", None),
        (None, "end", None),
        (HOUR, "right", HOUR),
        (HOUR, "right right", HOUR + DAY),
        (HOUR, "right right right", HOUR + DAY),
        (HOUR, "right right left", HOUR),
        (HOUR, "right right left left", None),
        (2 * DAY, "right right", 2 * DAY),
        (2 * DAY + HOUR, "right right right", 2 * DAY + HOUR),
        (2 * DAY + HOUR, "end left", DAY + HOUR),
        (2 * DAY, "end", 2 * DAY),
        (-HOUR, "right", DAY),
        (-HOUR, "right right", DAY),
        (-HOUR, "end", None),
    ],
)
async def test_the_stops(clock: Clock, end: int | None, keys: str, ahead: int | None) -> None:
    app = _Alone(clock, None if end is None else NOW + end)
    async with app.run_test() as pilot:
        app.moment.focus()
        await pilot.press(*keys.split())
        assert app.moment.chosen == (None if ahead is None else NOW + ahead)
        assert app.moment.time == NOW + (ahead or 0)


async def test_the_same_is_asked_of_each_token_that_the_cursor_comes_to(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("t")
        await write(pilot, "folder1/subfolder1")
        await pilot.press("escape")
        for name, verdict in (
            ("all-folders", "✔ ALLOWED    scope 1  dev:/**"),
            ("top-level", "✖ DENIED    path: no scope in dev matches /folder1/subfolder1"),
            ("second-level", "✔ ALLOWED    scope 1  dev:/*/*"),
        ):
            await choose(pilot, name)
            await until(pilot, lambda name=name: f"─ Test {name} ─" in screen_text(pilot), name)  # type: ignore[misc]
            assert verdict in screen_text(pilot)
            marked = next(line for line in screen_text(pilot).splitlines() if f" {name} " in line)
            assert marked.startswith(f"▌ {verdict[0]} {name}")  # as its line says, too


async def test_the_command_is_copied_as_it_can_be_pasted(
    demo_app: StTui, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = []
    monkeypatch.setattr(StTui, "copy_to_clipboard", lambda app, text: copied.append(text))
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        token = await choose(pilot, "ci-deploy")
        await pilot.press("t")
        await write(pilot, "a b$c")
        await pilot.press("escape", "Y")
        await until(pilot, lambda: bool(copied), "it is copied")
    vault = ("--vault", str(tmp_path / "vault"))
    asked = ("--env", "dev", "--path", "/a b$c", "--operation", "read")
    words = ("st-tui", "check", "--token-id", token.id, *asked, *vault)
    assert shlex.split(copied[0]) == list(words)


@pytest.mark.parametrize("tour", [False, True])
async def test_a_short_list_says_how_many_tokens_are_below(demo_app: StTui, tour: bool) -> None:
    async with demo_app.run_test(size=(80, 24 if tour else 20)) as pilot:
        await opened(pilot)
        if tour:
            await pilot.press("f6", "home")
        await until(pilot, lambda: " more ──\n" in screen_text(pilot), "it is said")
        text = screen_text(pilot)
        names = [line for line in text.partition("── Test")[0].splitlines()[2:] if line.strip()]
        assert f" ↓ {11 - len(names)} more ──\n" in text
        await pilot.press("end")
        await until(pilot, lambda: " more ──\n" not in screen_text(pilot), "none is below")


@pytest.mark.parametrize("size", [(80, 24), (100, 30)])
async def test_what_cannot_be_asked_is_not_counted(demo_app: StTui, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await until(pilot, lambda: "reach dev    11 of 24" in screen_text(pilot), "it is counted")
        pane = demo_app.screen.query_one(AccessPane)
        pane.query_one("#ip", Field).focus()
        await write(pilot, "10.1")
        await until(pilot, lambda: "is no IP address" in screen_text(pilot), "it is refused")
        await until(pilot, lambda: "reach" not in screen_text(pilot), "nothing is said of it")
        assert "✖" not in screen_text(pilot)
        await write(pilot, ".2.3")
        await until(pilot, lambda: "reach dev    11 of 24" in screen_text(pilot), "as before")


@pytest.mark.parametrize("pasted", [False, True])
async def test_a_whole_path_behind_the_first_slash_has_one_slash(
    demo_app: StTui, pasted: bool
) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("t")
        if pasted:
            await paste(pilot, "/common/db")
        else:
            await write(pilot, "/common/db")
        field = demo_app.screen.query_one(PathField)
        await until(pilot, lambda: field.value.endswith("/db"), "it is there")
        assert field.value == "/common/db"


async def test_where_there_is_no_token_nothing_is_said_of_one(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        demo_app.show_project(await demo_app.read(lambda vault: vault.projects.create("Shop")))
        await until(pilot, lambda: "No token chosen." in screen_text(pilot), "there is no token")
        assert "reach" not in screen_text(pilot)
        assert "── Test ──" in screen_text(pilot)
        await pilot.press("w")
        await until(pilot, lambda: "0 of 0 living tokens can" in screen_text(pilot), "nobody can")
