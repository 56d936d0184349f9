"""A toast stands beside what has to be read, never over it."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from st_tui.demo.questions import QUESTIONS
from st_tui.demo.tour import END_WORDS, TOUR
from st_tui.tui.app import StTui
from st_tui.tui.screens.created import Created
from st_tui.tui.screens.dialog import Confirm
from tests.journeys.driving import choose, opened, screen_text, until

SIZES = [(60, 15), (80, 24), (120, 36)]

SAID = "“abc” expired."


async def _toast(pilot: Pilot[None], *before: str) -> None:
    """Show a toast that stays, below others of the same kind."""
    for said in (*before, SAID):
        pilot.app.notify(said, severity="warning", timeout=1_000)
    await until(pilot, lambda: SAID in screen_text(pilot), "the newest toast is seen")


def _words(pilot: Pilot[None]) -> str:
    return " ".join(screen_text(pilot).split())


def _in_dialog(pilot: Pilot[None]) -> list[str]:
    """What stands in the dialog on the screen, between its borders."""
    box = pilot.app.screen.query_one(".dialog").region
    lines = screen_text(pilot).splitlines()[box.y + 1 : box.bottom - 1]
    return [line[box.x : box.right] for line in lines]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_tours_words_stay_to_be_read(demo_app: StTui, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size, notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: TOUR[0].title in screen_text(pilot), "the first step")
        await _toast(pilot)
        assert TOUR[0].words in _words(pilot)
        assert "F6 next F5 back F8 end" in _words(pilot)
        for step in TOUR[1:]:
            await pilot.press("f6")
            await until(pilot, lambda step=step: step.title in screen_text(pilot), step.title)  # type: ignore[misc]
        await pilot.press(*["f6"] * (2 * len(QUESTIONS) + 1))
        await until(pilot, lambda: "That was the tour" in screen_text(pilot), "the last word")
        await _toast(pilot)
        assert END_WORDS in _words(pilot)
        assert "F6 close F5 back" in _words(pilot)
        await pilot.press("f8")
        await until(pilot, lambda: END_WORDS not in _words(pilot), "the tour is over")
        await _toast(pilot)
        assert "▌" in screen_text(pilot).splitlines()[-2]  # there is nothing else to stand above


@pytest.mark.parametrize("size", SIZES)
async def test_a_new_token_stays_to_be_read(demo_app: StTui, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size, notifications=True) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await pilot.press("r")
        await until(pilot, lambda: bool(demo_app.screen.query(".dialog")), "how to rotate it")
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "it is rotated")
        await pilot.pause()
        shown = _in_dialog(pilot)
        assert any("st." in line for line in shown)
        await _toast(pilot, "“a” expired.", "“b” expired.")
        assert _in_dialog(pilot) == shown


@pytest.mark.parametrize("size", SIZES)
async def test_a_question_stays_to_be_read(demo_app: StTui, size: tuple[int, int]) -> None:
    async with demo_app.run_test(size=size, notifications=True) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it is asked")
        await pilot.pause()
        shown = _in_dialog(pilot)
        assert any("Revoke “ci-deploy”?" in line for line in shown)
        await _toast(pilot, "“a” expired.", "“b” expired.")
        assert _in_dialog(pilot) == shown
