"""The stage: the verdict large, for an audience; and a demo that opens where a presenter wants."""

from __future__ import annotations

import asyncio

import pytest

from st_tui.demo.tour import TOUR
from st_tui.tui.app import StTui
from st_tui.tui.host import Opening
from st_tui.tui.screens.tokens import TokensPage
from st_tui.tui.widgets.stage_verdict import StageVerdict, big
from tests.journeys.driving import choose, opened, screen_text, until, write

ALLOWED, DENIED = big("✔ ALLOWED"), big("✖ DENIED")


def stands(screen: str, word: tuple[str, ...]) -> bool:
    """Whether a word stands on the screen in large letters, row below row."""
    rows = screen.splitlines()
    return any(
        all(part.rstrip() in row for part, row in zip(word, rows[at : at + 3], strict=True))
        for at in range(len(rows) - 2)
    )


async def test_a_key_sets_the_stage_up_and_takes_it_down(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await pilot.press("S")
        await until(pilot, lambda: stands(screen_text(pilot), DENIED), "it says no")
        await pilot.press("t")
        await write(pilot, "common/db")
        await until(pilot, lambda: stands(screen_text(pilot), ALLOWED), "it follows what is typed")
        assert demo_app.screen.query_one(StageVerdict).region.height == 3
        await pilot.press("f4")
        await until(pilot, lambda: not demo_app.screen.query(StageVerdict), "it is gone")
        assert "✔ ALLOWED" in screen_text(pilot)


@pytest.mark.parametrize(
    ("size", "staged"),
    [((80, 24), False), ((99, 30), False), ((100, 29), False), ((100, 30), True)],
)
async def test_the_tour_is_staged_where_there_is_room(
    demo_app: StTui, size: tuple[int, int], staged: bool
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: "✔ ALLOWED" in screen_text(pilot), "the first step")
        await until(pilot, lambda: TOUR[0].title in screen_text(pilot), "the first step")
        assert stands(screen_text(pilot), ALLOWED) is staged
        if staged:
            words = screen_text(pilot).find(TOUR[0].words[:20])
            assert 0 <= words < screen_text(pilot).find(ALLOWED[1].strip())
        await pilot.press("f8")
        await until(pilot, lambda: not demo_app.screen.query("Tour"), "it is over")
        assert not demo_app.screen.query(StageVerdict)


async def test_a_demo_opens_at_a_step_and_on_the_stage(demo_app: StTui) -> None:
    demo_app.opening = Opening(stage=True, step=6)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: f"6/{len(TOUR)}  {TOUR[5].title}" in screen_text(pilot), "it is")
        await until(pilot, lambda: stands(screen_text(pilot), DENIED), "the verdict is large")
        await pilot.press("f6")
        await until(pilot, lambda: TOUR[6].title in screen_text(pilot), "the tour goes on")


async def test_the_last_step_alone_makes_its_token(demo_app: StTui) -> None:
    demo_app.opening = Opening(step=len(TOUR))
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "one-minute: 60 s" in screen_text(pilot), "it lives")


async def test_keys_that_come_while_the_first_step_is_made(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(100, 30)) as pilot:
        await opened(pilot)
        page = demo_app.screen
        assert isinstance(page, TokensPage)
        await asyncio.gather(page.action_tour(1, 6), page.action_tour(1), page.action_tour(1))
        await until(pilot, lambda: TOUR[7].title in screen_text(pilot), "two steps further")
        await until(pilot, lambda: stands(screen_text(pilot), DENIED), "the verdict is large")
        assert len(page.query(StageVerdict)) == 1
