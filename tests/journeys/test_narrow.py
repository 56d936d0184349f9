"""Narrowing a token to what it was used for."""

from __future__ import annotations

import pytest

from st_tui.core.model import Scope
from st_tui.tui.app import StTui
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.created import Created
from tests.conftest import NOW
from tests.journeys.driving import choose, opened, screen_text, token_named, until, vault


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_token_is_narrowed_to_what_it_was_used_for(
    demo_app: StTui, size: tuple[int, int]
) -> None:
    async with demo_app.run_test(notifications=True, size=size) as pilot:
        await opened(pilot)
        original = await choose(pilot, "ci-deploy")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        await until(pilot, lambda: "- Loses" in screen_text(pilot), "it says what is lost")
        words = " ".join(screen_text(pilot).split())
        uses = vault(demo_app).audit.uses(original)
        covered = sum(use.times for use in uses)
        assert f"Covers {covered} recorded accesses; proved to open nothing more. " in words
        assert "- Loses read dev:/common/**, for example on /common" in words
        assert "+ Gains" not in words
        if size == (80, 24):
            assert (
                "Would stop working, for example: read dev:/common, read dev:/common/db, "
                "read dev:/common/auth."
            ) in words
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "the token is shown")
        narrowed = token_named(demo_app, "ci-deploy narrowed")
        assert narrowed.scopes == (
            Scope("dev", "/common/{api,cache}"),
            Scope("dev", "/common/db/{primary,replica}"),
        )
        assert narrowed.permissions == original.permissions
        assert original.expires_at is not None
        assert narrowed.expires_at == NOW + original.expires_at - original.created_at
        assert vault(demo_app).tokens.lookup(original.id).token is not None


@pytest.mark.parametrize(
    ("name", "said"),
    [("second-level", "Nothing recorded:"), ("legacy-billing", "nothing to narrow")],
)
async def test_where_there_is_nothing_to_narrow_a_toast_says_so(
    demo_app: StTui, name: str, said: str
) -> None:
    async with demo_app.run_test(notifications=True, size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, name)
        await pilot.press("enter")
        await pilot.press("l")
        await until(
            pilot,
            lambda: said in " ".join(toast.message for toast in demo_app._notifications),
            "a toast says why",
        )
        assert not isinstance(demo_app.screen, Create)
