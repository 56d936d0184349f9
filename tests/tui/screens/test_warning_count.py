"""The number of warnings in the title line of the page with the tokens."""

from __future__ import annotations

import re

import pytest

from st_tui.core.expiry import DAY
from st_tui.core.model import Permission, Scope, TokenDraft
from st_tui.core.vault import Vault
from st_tui.tui.app import StTui
from st_tui.tui.screens import warning_count
from st_tui.tui.screens.warnings import Warnings
from st_tui.tui.widgets.top_bar import TopBar
from tests.conftest import NOW
from tests.journeys.driving import opened, project_of, screen_text, settled, until

WIDE = (120, 36)


async def test_the_number_is_that_of_the_warnings_and_a_click_shows_them(demo_app: StTui) -> None:
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await until(pilot, lambda: "! " in screen_text(pilot).splitlines()[0], "it is counted")
        title = screen_text(pilot).splitlines()[0]
        said = re.search(r"! (\d+) ", title)
        assert said is not None
        await pilot.click(TopBar, offset=(said.start() + 1, 0))
        await until(pilot, lambda: isinstance(demo_app.screen, Warnings), "they are shown")
        await until(pilot, lambda: f"{said[1]} warnings about" in screen_text(pilot), "as many")


async def test_it_follows_what_a_colleague_does(demo_app: StTui) -> None:
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await until(pilot, lambda: " ! 16 " in screen_text(pilot).splitlines()[0], "it is counted")
        nowhere = (Scope("dev", "/nowhere/at/all"),)
        draft = TokenDraft("astray", nowhere, frozenset({Permission.READ}), NOW + 30 * DAY)
        with Vault.open(demo_app.directory, actor="colleague", clock=demo_app.clock) as other:
            other.tokens.create(project_of(demo_app), draft)
        await until(pilot, lambda: " ! 17 " in screen_text(pilot).splitlines()[0], "one more")


async def test_many_tokens_are_not_looked_at(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warning_count, "_MOST", 10)
    monkeypatch.setattr(warning_count, "_QUIET", 0.0)
    async with demo_app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await settled(pilot)
        await until(
            pilot,
            lambda: all(w.is_finished for w in demo_app.workers if w.group == "latest-wins"),
            "nothing is read",
        )
        assert "!" not in screen_text(pilot).splitlines()[0]
