"""The questions after the tour, in the hands of a presenter who does not go straight on."""

from __future__ import annotations

from textual.pilot import Pilot

from st_tui.demo.questions import QUESTIONS
from st_tui.demo.tour import TOUR
from st_tui.tui.app import StTui
from st_tui.tui.host import Opening
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.token_list import TokenList
from st_tui.tui.widgets.tour import Tour
from tests.journeys.driving import opened, screen_text, token_named, until, vault, write


async def _at_the_first_question(app: StTui, pilot: Pilot[None]) -> None:
    await until(pilot, lambda: TOUR[-1].title in screen_text(pilot), "the last step")
    await pilot.press("f6")
    await until(pilot, lambda: f"Question 1/{len(QUESTIONS)}" in screen_text(pilot), "a question")
    await until(pilot, lambda: "What do you think" in screen_text(pilot), "it is to be guessed")
    assert isinstance(app.focused, Tour)


async def test_the_keys_are_the_lists_again_where_nothing_is_asked(demo_app: StTui) -> None:
    demo_app.opening = Opening(step=len(TOUR))
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await _at_the_first_question(demo_app, pilot)
        await pilot.press("f5")
        await until(pilot, lambda: TOUR[-1].title in screen_text(pilot), "back")
        assert isinstance(demo_app.focused, TokenList)
        await pilot.press("f6", "y", "f6", "f5")
        await until(pilot, lambda: QUESTIONS[0].step.title in screen_text(pilot), "answered")
        assert "y yes" not in screen_text(pilot)
        await pilot.press("n")  # pressed twice, it opens no form
        assert isinstance(demo_app.focused, Tour)
        await pilot.press("tab")
        assert not isinstance(demo_app.focused, Tour)


async def test_a_guess_is_taken_before_the_question_is_shown_whole(demo_app: StTui) -> None:
    demo_app.opening = Opening(step=len(TOUR))
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: TOUR[-1].title in screen_text(pilot), "the last step")
        await pilot.press("f6", "n")
        await until(pilot, lambda: "Right. " in screen_text(pilot), "it is taken")
        await until(pilot, lambda: "✖ DENIED" in screen_text(pilot), "and the answer is shown")


async def test_a_question_has_the_keys_again_after_the_pane(demo_app: StTui) -> None:
    demo_app.opening = Opening(step=len(TOUR))
    async with demo_app.run_test(size=(60, 15)) as pilot:
        await _at_the_first_question(demo_app, pilot)
        await until(pilot, lambda: "y yes  n no  F6 show  F8 end\n" in screen_text(pilot), "whole")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(demo_app.focused, PathField), "in the pane")
        await until(pilot, lambda: "y yes" not in screen_text(pilot), "y would be typed")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.focused, Tour), "back at the question")
        await until(pilot, lambda: "y yes  n no" in screen_text(pilot), "y is a guess")
        await pilot.press("f8")
        await until(pilot, lambda: not demo_app.screen.query(Tour), "the tour is over")
        assert isinstance(demo_app.focused, TokenList)


async def test_a_question_whose_token_is_gone_gives_nothing_away_and_goes_on(
    demo_app: StTui,
) -> None:
    demo_app.opening = Opening(step=len(TOUR))
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        vault(demo_app).tokens.revoke([token_named(demo_app, QUESTIONS[1].step.token)])
        await _at_the_first_question(demo_app, pilot)
        await pilot.press("y", "f6")
        await until(pilot, lambda: "is gone. F6 goes on." in screen_text(pilot), "it is said")
        assert "y yes" not in screen_text(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: QUESTIONS[2].step.title in screen_text(pilot), "it goes on")


async def test_the_tour_ends_when_another_project_is_shown(demo_app: StTui) -> None:
    demo_app.opening = Opening(step=1)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: TOUR[0].title in screen_text(pilot), "the tour")
        demo_app.show_project(await demo_app.read(lambda vault: vault.projects.create("Shop")))
        await until(pilot, lambda: "st-tui  Shop" in screen_text(pilot), "another project")
        await until(pilot, lambda: not demo_app.screen.query(Tour), "the tour is over")


async def test_a_filter_that_hides_the_tours_token_is_closed(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("slash")
        await write(pilot, "metrics")
        await until(pilot, lambda: "1 of 11 tokens" in screen_text(pilot), "it is filtered")
        await pilot.press("f6")
        await until(pilot, lambda: "Test ci-deploy" in screen_text(pilot), "its token is shown")
        await until(pilot, lambda: "   11 tokens" in screen_text(pilot), "with all the others")
        assert isinstance(demo_app.focused, TokenList)
        assert "Test ci-deploy" in screen_text(pilot)
