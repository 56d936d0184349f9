"""Comparing a token with another one."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from st_tui.core import access
from st_tui.core.model import AccessRequest, Order, Permission, Scope, TokenDraft
from st_tui.core.vault import Vault, comparison
from st_tui.tui.app import StTui
from st_tui.tui.screens.comparison import ComparisonDialog
from st_tui.tui.screens.picker import Picker
from st_tui.tui.screens.prompt import Prompt
from st_tui.tui.widgets.listing import Listing
from tests.conftest import NOW
from tests.journeys.driving import (
    choose,
    opened,
    project_of,
    screen_text,
    token_named,
    until,
    vault,
    write,
)


async def _take(pilot: Pilot[None], name: str) -> None:
    """Take a token in the dialog, by keys alone."""
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, Picker), "the tokens are offered")
    await pilot.pause()
    names = app.screen.query_one(Listing)
    for _ in range(names.count):
        assert names.current is not None
        if names.current[1].name == name:
            await pilot.press("enter")
            return
        await pilot.press("down")
    raise AssertionError(f"{name!r} is not offered")


async def _pick(pilot: Pilot[None], name: str) -> None:
    await _take(pilot, name)
    await until(pilot, lambda: isinstance(pilot.app.screen, ComparisonDialog), "it is shown")
    await pilot.pause()


def _words(pilot: Pilot[None]) -> str:
    """What the dialog says, as one line."""
    region = pilot.app.screen.query_one(".dialog").region
    lines = screen_text(pilot).splitlines()[region.y + 1 : region.bottom - 1]
    return " ".join(" ".join(line[region.x + 1 : region.right - 1] for line in lines).split())


def _make(app: StTui, name: str, *paths: str) -> None:
    scopes = tuple(Scope("dev", path) for path in paths)
    draft = TokenDraft(name, scopes, frozenset({Permission.READ}), NOW + 86_400_000, 2, True, None)
    vault(app).tokens.create(project_of(app), draft)
    app.show_change()


async def test_what_another_token_allows_more_is_said_with_a_path(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        old = await choose(pilot, "top-level")
        new = token_named(demo_app, "all-folders")
        await pilot.press("x")
        await _pick(pilot, "all-folders")
        words = _words(pilot)
        assert "“top-level” → “all-folders”" in words
        assert "~ Overlap, but not equivalent: both read dev:/ci + Gains" in words
        assert "- Loses" not in words
        assert "= Loses nothing (proved)." in words
        [(_, lacking, anywhere, _), (_, shared, deeper, _)] = comparison.compare_tokens(
            vault(demo_app), old, new
        ).comparison.gains
        assert f"+ Gains write dev:/**, for example on {anywhere} +" in words
        assert f"+ Gains read dev:/**, for example on {deeper} " in words
        for operations, path in ((lacking, anywhere), (shared, deeper)):
            for operation in operations:
                request = AccessRequest("dev", path, operation, NOW)
                assert access.decide(new, request).allowed
                assert not access.decide(old, request).allowed
        await pilot.press("escape")
        assert len(demo_app.screen_stack) == 1


async def test_the_other_way_round_it_is_lost(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "all-folders")
        await pilot.press("enter", "x")
        await _pick(pilot, "top-level")
        assert "- Loses write dev:/**, for example on / " in _words(pilot)
        assert "+ Gains" not in _words(pilot)


async def test_equal_tokens_are_proved_equal_and_names_are_text(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        _make(demo_app, "[red]x[/red]", "/[ab]")
        _make(demo_app, "[/]", "/a", "/b")
        await until(pilot, lambda: "[red]x[/red]" in screen_text(pilot), "the list has it")
        await choose(pilot, "[/]")
        await pilot.press("x")
        await _pick(pilot, "[red]x[/red]")
        words = _words(pilot)
        assert "“[/]” → “[red]x[/red]”" in words
        assert "= Equivalent: allows the same (proved)." in words
        await pilot.press("enter")
        assert len(demo_app.screen_stack) == 1


async def test_tokens_that_share_nothing_are_proved_apart(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "legacy-billing")
        await pilot.press("x")
        await _pick(pilot, "top-level")
        words = _words(pilot)
        assert "= No overlap: nothing is allowed by both (proved). + Gains read dev:/*" in words


async def test_among_many_tokens_a_text_is_asked_for(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "MOST", 2)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "top-level")
        for text, offered in (("dev", 2), (token_named(demo_app, "all-folders").id, 1)):
            await pilot.press("x")
            await until(pilot, lambda: isinstance(demo_app.screen, Prompt), "a text is asked for")
            assert "Which of more than 2 tokens to compare with?" in _words(pilot)
            await write(pilot, text)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(demo_app.screen, Picker), "some are offered")
            await pilot.pause()
            assert demo_app.screen.query_one(Listing).count == offered
            assert ("the first 2 by name" in _words(pilot)) is (text == "dev")
            await pilot.press("escape")


def test_a_token_is_never_offered_beside_itself(demo_app: StTui) -> None:
    with Vault.open(demo_app.directory, actor="operator", clock=demo_app.clock) as opened_vault:
        project = opened_vault.projects.every()[0]
        every = opened_vault.tokens.page(project, order=Order.NAME)
        for token in every:
            rest = tuple(other for other in every if other != token)
            assert comparison.others(opened_vault, token) == (rest, False)
            assert comparison.others(opened_vault, token, token.id) == ((), False)
            assert comparison.others(opened_vault, token, rest[0].id) == (rest[:1], False)


async def test_what_cannot_be_compared_is_refused_in_a_toast(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        _make(demo_app, "one", "/*a" + "?" * 16)
        _make(demo_app, "two", "/*b" + "?" * 16)
        await until(pilot, lambda: " two " in screen_text(pilot), "the list has it")
        await choose(pilot, "one")
        await pilot.press("x")
        await _take(pilot, "two")
        await until(
            pilot,
            lambda: any("too intricate" in toast.message for toast in demo_app._notifications),
            "a toast says why",
        )
        assert not isinstance(demo_app.screen, ComparisonDialog)
