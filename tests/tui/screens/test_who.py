"""Who can reach this, asked by keys: the screen against the one decision about every token."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from st_tui.cli import main
from st_tui.core import reach
from st_tui.core.access import decide
from st_tui.core.expiry import MINUTE
from st_tui.core.model import AccessRequest, Permission, ServiceToken
from st_tui.core.reach import Reaching, ReachingToken
from st_tui.core.vault import Vault
from st_tui.core.vault.overviews import Progress, ReachOverview
from st_tui.tui.app import StTui
from st_tui.tui.screens.token import TokenScreen
from st_tui.tui.screens.who import Who
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.reacher_list import ReacherList
from tests.conftest import NOW, Clock
from tests.core.vaults import v2, v3
from tests.journeys.driving import opened, project_of, screen_text, token_named, until, vault, write

SMALL, WIDE = (80, 24), (120, 36)


def listed(app: StTui) -> list[ReachingToken]:
    """Every line of the list, on the screen or not."""
    listing = app.screen.query_one(ReacherList)
    items = (listing.item(index) for index in range(listing.count))
    return [item for item in items if item is not None]


def every_token(app: StTui) -> list[ServiceToken]:
    return vault(app).tokens.page(project_of(app))


async def asked(pilot: Pilot[Any], operation: str, place: str) -> None:
    """Wait until the screen answers for this."""
    pattern = re.compile(rf"can {operation} {re.escape(place)} in")
    await until(pilot, lambda: bool(pattern.search(screen_text(pilot))), f"{operation} {place}")


def by_brute_force(
    app: StTui, environment: str, path: str, operation: Permission
) -> list[tuple[str, int | None]]:
    """Who can, asked of each token: `decide` with the token active, and with no trusted IPs."""
    request = AccessRequest(environment, path, operation, NOW)
    return [
        (token.id, decision.scope)
        for token in every_token(app)
        if (decision := decide(token._replace(is_active=True, trusted_ips=None), request)).allowed
    ]


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_each_keystroke_answers_as_the_decision_does(
    demo_app: StTui, size: tuple[int, int]
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await asked(pilot, "read", "/")
        path = "/"
        for character in "common/db":
            await write(pilot, character)
            path += character
            shown = path.removesuffix("/") or "/"
            await asked(pilot, "read", shown)
            expected = by_brute_force(demo_app, "dev", shown, Permission.READ)
            assert [(r.token.id, r.scope) for r in listed(demo_app)] == expected
        assert len(expected) > 2
        everybody = len(every_token(demo_app))
        assert f"{len(expected)} of {everybody} living tokens" in screen_text(pilot)
        assert "only from 10.0.0.0/8"[: 10 if size == SMALL else 20] in screen_text(pilot)
        await pilot.press("shift+tab", "right")
        await asked(pilot, "write", "/common/db")
        assert [(r.token.id, r.scope) for r in listed(demo_app)] == by_brute_force(
            demo_app, "dev", "/common/db", Permission.WRITE
        )
        await pilot.press("shift+tab", "right")
        await until(pilot, lambda: "/common/db in staging" in screen_text(pilot), "staging")
        assert [(r.token.id, r.scope) for r in listed(demo_app)] == by_brute_force(
            demo_app, "staging", "/common/db", Permission.WRITE
        )


async def test_a_pattern_is_answered_as_on_the_command_line(
    demo_app: StTui, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await asked(pilot, "read", "/")
        await write(pilot, "folder1/**")
        await asked(pilot, "read", "some folder of /folder1/**")
        found = [(r.token.id, r.scope, r.path) for r in listed(demo_app)]
    monkeypatch.setenv("ST_TUI_VAULT", str(demo_app.directory))
    monkeypatch.setattr(Vault, "now", lambda _: NOW)
    words = [
        "scope",
        "who",
        "--env",
        "dev",
        "--pattern",
        "/folder1/**",
        "--operation",
        "read",
        "--json",
    ]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert found == [
        (one["serviceTokenData"]["id"], one["scope"], one["path"]) for one in told["reachedBy"]
    ]


async def test_a_pattern_that_no_folder_can_match_is_said(demo_app: StTui) -> None:
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await asked(pilot, "read", "/")
        await write(pilot, "$env/**")
        await asked(pilot, "read", "some folder of /$env/**")
        assert "/$env/** can never match a folder (proved): it has $" in screen_text(pilot)
        await pilot.press("home", "delete", "delete")
        await asked(pilot, "read", "some folder of /env/**")
        assert "can never match" not in screen_text(pilot)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("common/[!a]", "[^a]"), ("{a", "close it"), ("\u202e", "control"), ("a\x1b[31m", "control")],
)
async def test_bad_input_is_said_and_the_last_answer_stays(
    demo_app: StTui, typed: str, said: str
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await asked(pilot, "read", "/")
        before = listed(demo_app)
        demo_app.screen.query_one("#path", Field).value = f"/{typed}"
        await until(pilot, lambda: "? " in _said(demo_app), "the sentence")
        assert said in _said(demo_app)
        assert "can read / in dev" in screen_text(pilot)
        assert listed(demo_app) == before
        says = demo_app.screen.query_one("#says", Static)
        await until(pilot, lambda: says.size.height >= -(-len(_said(demo_app)) // 78), "all of it")


async def test_what_is_too_intricate_to_answer_is_not_answered_with_nobody(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await asked(pilot, "read", "/")
        demo_app.screen.query_one("#path", Field).value = "/*a????????????????"
        await until(pilot, lambda: "too intricate" in _said(demo_app), "the sentence")
        await until(pilot, lambda: "Not known." in screen_text(pilot), "the list is empty")
        assert "No token can" not in screen_text(pilot)
        assert "use fewer wildcards" in " ".join(screen_text(pilot).split())


async def test_an_end_that_comes_soon_is_marked_however_long_it_is(
    demo_app: StTui, clock: Clock
) -> None:
    clock.now += 37 * MINUTE
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await asked(pilot, "read", "/")
        assert "22 h !" in screen_text(pilot)


def _said(app: StTui) -> str:
    return str(app.screen.query_one("#says", Static).render())


async def test_an_adjusted_path_is_told(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await asked(pilot, "read", "/")
        await pilot.press("backspace")
        await write(pilot, "ci/")
        await until(pilot, lambda: "trailing slash was cut" in screen_text(pilot), "the note")
        await asked(pilot, "read", "/ci")


async def test_enter_opens_the_token_and_its_end_shows_on_return(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await asked(pilot, "read", "/")
        await write(pilot, "common")
        await asked(pilot, "read", "/common")
        names = [r.token.name for r in listed(demo_app)]
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "the details")
        assert names[1] in screen_text(pilot)
        await pilot.press("d")
        await until(pilot, lambda: "Revoke" in screen_text(pilot), "the question")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(demo_app.screen, Who), "back again")
        left = [name for name in names if name != names[1]]
        await until(pilot, lambda: [r.token.name for r in listed(demo_app)] == left, "it is gone")
        await pilot.press("q")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the list again")


async def test_a_colleagues_token_shows_and_the_cursor_stays(demo_app: StTui, clock: Clock) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await asked(pilot, "read", "/")
        await write(pilot, "common")
        await asked(pilot, "read", "/common")
        await pilot.press("down", "down")
        before = demo_app.screen.query_one(ReacherList).current
        names = [r.token.name for r in listed(demo_app)]
        with Vault.open(demo_app.directory, actor="colleague", clock=clock) as other:
            draft = v3("colleagues", "dev:/common")._replace(expires_at=None)
            other.tokens.create(project_of(demo_app), draft)
            elsewhere = v2("elsewhere", "prod:/common")._replace(expires_at=None)
            other.tokens.create(project_of(demo_app), elsewhere)
        await until(pilot, lambda: len(listed(demo_app)) == len(names) + 1, "the new token")
        assert [r.token.name for r in listed(demo_app)] == ["colleagues", *names]
        assert "inactive" in screen_text(pilot)
        assert demo_app.screen.query_one(ReacherList).current == before


async def test_the_newest_question_overtakes_a_slow_one(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    overtaken: list[str] = []
    ask = reach.reaching_within

    def slow(*asked: Any, go_on: Callable[[], object]) -> Reaching:
        pattern = asked[2].text
        if pattern == "/*":
            begun.set()
            try:
                while True:
                    go_on()
            except Exception:
                overtaken.append(pattern)
                raise
        return ask(*asked, go_on=go_on)

    monkeypatch.setattr("st_tui.core.vault.overviews.reach.reaching_within", slow)
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await asked(pilot, "read", "/")
        await write(pilot, "*")
        await until(pilot, begun.is_set, "the slow question")
        await until(pilot, lambda: "Comparing" in screen_text(pilot), "it says what it does")
        await write(pilot, "*")
        await asked(pilot, "read", "some folder of /**")
        assert overtaken == ["/*"]


@pytest.mark.parametrize(
    ("typed", "said"), [("ci", "living tokens can read /ci in dev"), ("[", "? [ at character 2")]
)
async def test_it_paints_before_it_knows(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch, typed: str, said: str
) -> None:
    may_go_on = threading.Event()
    read = ReachOverview.read_on

    def slow(*arguments: Any) -> Progress:
        may_go_on.wait()
        return read(*arguments)

    monkeypatch.setattr(ReachOverview, "read_on", slow)
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await until(pilot, lambda: "Reading the tokens of Demo" in screen_text(pilot), "painted")
        await write(pilot, typed)
        may_go_on.set()
        await until(pilot, lambda: said in screen_text(pilot), said)
        await until(pilot, lambda: "Reading" not in screen_text(pilot), "it was read")


async def test_without_environments_it_says_so(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        for environment in vault(demo_app).environments.every(project_of(demo_app)):
            vault(demo_app).environments.delete(project_of(demo_app), environment.slug)
        await pilot.press("w")
        await until(pilot, lambda: "There is no environment" in screen_text(pilot), "it is said")
        assert "Reading" not in screen_text(pilot)
        assert listed(demo_app) == []


async def test_names_from_the_vault_are_never_markup(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        draft = v2("[red]x[/red]", "dev:/ci")._replace(expires_at=None)
        vault(demo_app).tokens.create(project_of(demo_app), draft)
        assert token_named(demo_app, "[red]x[/red]")
        await pilot.press("w")
        await asked(pilot, "read", "/")
        await write(pilot, "ci")
        await asked(pilot, "read", "/ci")
        assert "[red]x[/red]" in screen_text(pilot)
