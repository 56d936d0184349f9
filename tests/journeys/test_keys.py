"""Every key is known to the help, every action to the palette, and the tour tells the truth."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from st_tui.core.expiry import MINUTE, SECOND
from st_tui.core.model import Reason
from st_tui.core.vault import Vault
from st_tui.demo.questions import QUESTIONS
from st_tui.demo.tour import END_WORDS, TOUR
from st_tui.tui.app import StTui
from st_tui.tui.screens.command_palette import CommandPalette
from st_tui.tui.screens.help import ActionList, Help
from st_tui.tui.screens.responsive import WIDE
from st_tui.tui.screens.tokens import TokensPage
from st_tui.tui.terminal.detection import Appearance
from st_tui.tui.widgets.token_list import TokenList
from st_tui.tui.widgets.tour import Tour
from tests.conftest import Clock
from tests.journeys.driving import (
    choose,
    opened,
    paste_into_focused,
    screen_text,
    token_named,
    until,
    vault,
    write,
)

# Textual's own: what a text field and a scrolling area have anyway.
_TEXTUALS_OWN = {"ctrl+c", "super+c", "ctrl+q", "shift+f10"}

WAYS = {
    "tokens": (),
    "test access": ("t",),
    "create": ("n",),
    "details": ("enter",),
    "matrix": ("m",),
    "folders": ("2",),
    "audit": ("3",),
    "who": ("w",),
    "warnings": ("exclamation_mark",),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_the_help_lists_every_key(demo_app: StTui, way: tuple[str, ...]) -> None:
    async with demo_app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press(*way)
        await pilot.pause()
        screen = demo_app.screen
        ours = [holder for holder in (screen, *screen.query("*")) if hasattr(holder, "ACTIONS")]
        bound = {key for holder in ours for key in holder._bindings.key_to_bindings}
        await pilot.press("f1")
        await pilot.pause()
        shown = {
            key for line in demo_app.screen.query_one(ActionList).rows if line.action
            for key in line.action.keys.split(",")
        }  # fmt: skip
        inputs = {"Field", "Input"}
        from_textual = {
            key
            for holder in (screen, *screen.query("*"))
            if not hasattr(holder, "ACTIONS") or type(holder).__name__ in inputs
            for key in holder._bindings.key_to_bindings
        }
        inherited = {
            key
            for holder in ours
            for base in type(holder).__mro__
            if base.__module__.startswith("textual.")
            for binding in base.__dict__.get("BINDINGS", ())
            for key in (binding[0] if isinstance(binding, tuple) else binding.key).split(",")
        }
        assert bound - shown - from_textual - inherited - _TEXTUALS_OWN == set()


async def test_every_hint_has_a_binding_that_works(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        for action in TokensPage.ACTIONS:
            keys = action.keys.split(",")
            active = demo_app.screen.active_bindings
            assert any(key in active for key in keys), action


async def test_help_finds_and_runs(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(demo_app.screen, Help), "the help opens")
        await pilot.press("slash")
        await write(pilot, "audit log")
        await pilot.press("enter")
        await until(pilot, lambda: "3 Audit" in screen_text(pilot), "it ran")
        await until(pilot, lambda: demo_app.current_mode == "audit", "the audit page is shown")


async def test_the_help_is_read_a_page_at_a_time(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: "1–14 of " in screen_text(pilot), "its beginning")
        lines = demo_app.screen.query_one(ActionList).rows
        begin, *parts, end = [line.part for line in lines if line.action is None]
        assert (begin, end) == ("On this screen", "Everywhere")
        assert {"In a list", "In the test", "In a field"} <= set(parts)
        seen = set[str]()
        for first in range(1, len(lines) + 1, 14):
            first = min(first, len(lines) - 13)
            where = f"{first}–{first + 13} of {len(lines)}"
            await until(pilot, lambda where=where: where in screen_text(pilot), where)  # type: ignore[misc]
            seen |= {line.action.sentence for line in lines if line.action
                     if line.action.sentence[:50] in screen_text(pilot)}  # fmt: skip
            await pilot.press("space")
        assert seen == {line.action.sentence for line in lines if line.action}
        await pilot.press("b")
        assert f"{len(lines) - 27}–{len(lines) - 14} of " in screen_text(pilot)
        await pilot.press("g")
        assert "▌n " in screen_text(pilot)  # not the name of a part


async def test_the_palette_offers_every_action_with_its_command(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(demo_app.screen, CommandPalette), "the palette opens")
        await write(pilot, "rotate ID")
        await until(
            pilot, lambda: "st-tui service-token rotate ID" in screen_text(pilot), "it is found"
        )


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_tour_shows_what_it_says(
    demo_app: StTui, clock: Clock, size: tuple[int, int]
) -> None:
    async with demo_app.run_test(size=size, notifications=True) as pilot:
        await opened(pilot)
        folders = set(vault(demo_app).folders.every(vault(demo_app).projects.get(), "dev"))
        for step in TOUR:
            await pilot.press("f6")
            await until(pilot, lambda step=step: step.title in screen_text(pilot), step.title)  # type: ignore[misc]
            said = "✔ ALLOWED" if step.reason is Reason.ALLOWED else "✖ DENIED"
            if step.reason is Reason.EXPIRED:
                await until(pilot, lambda: "✔ ALLOWED" in screen_text(pilot), "it works at first")
                clock.now += MINUTE
            name = f"{step.path.rpartition('/')[2]}\n"
            if size[0] >= WIDE and step.environment == "dev" and step.path in folders:
                await until(pilot, lambda name=name: f" {name}" in _tree(pilot), name)  # type: ignore[misc]
            await until(pilot, lambda said=said: said in screen_text(pilot), step.title)  # type: ignore[misc]
            if step.reason is not Reason.ALLOWED:
                await until(
                    pilot,
                    lambda step=step: f"{step.reason}: " in screen_text(pilot),  # type: ignore[misc]
                    f"{step.title}: {step.reason}",
                )
        for guess, question in zip("yny", QUESTIONS, strict=True):
            await pilot.press("f6")
            asked = question.step.title
            await until(pilot, lambda asked=asked: asked in screen_text(pilot), asked)  # type: ignore[misc]
            await until(pilot, lambda: isinstance(demo_app.focused, Tour), "it is to be guessed")
            assert not any(word in screen_text(pilot) for word in ("ALLOWED", "DENIED", "✔", "✖"))
            await pilot.press(guess)
            said = "✔ ALLOWED" if question.answer else "✖ DENIED"
            await until(pilot, lambda said=said: said in screen_text(pilot), said)  # type: ignore[misc]
            right = (guess == "y") is question.answer
            assert ("Right. " if right else "Not so. ") in screen_text(pilot)
            assert question.because in " ".join(screen_text(pilot).split())
        await pilot.press("f6")
        await until(pilot, lambda: "2 of 3 guessed right" in screen_text(pilot), "the last word")
        assert END_WORDS in " ".join(screen_text(pilot).split())
        assert isinstance(demo_app.focused, TokenList)  # whose keys the last word names
        await pilot.press("f5")
        title = QUESTIONS[-1].step.title
        await until(pilot, lambda: title in screen_text(pilot), "one question back")
        assert f"Right. {QUESTIONS[-1].because}" in " ".join(screen_text(pilot).split())
        await pilot.press("y", "n")  # as if it were still to be guessed
        assert isinstance(demo_app.screen, TokensPage)
        await pilot.press("f6", "f6")
        await until(pilot, lambda: "That was" not in screen_text(pilot), "the tour is over")


def _tree(pilot: Pilot[None]) -> str:
    return "".join(
        f"{line.rstrip('▁▂▃▄▅▆▇█ ')}\n"
        for line in screen_text(pilot).partition("reach dev")[2].splitlines()
    )


async def test_the_one_minute_token_is_counted_down_while_the_tour_goes_on(
    demo_app: StTui, clock: Clock
) -> None:
    made = [step.make_one_minute_token for step in TOUR].index(True)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        for step in TOUR[:made]:
            await pilot.press("f6")
            await until(pilot, lambda step=step: step.title in screen_text(pilot), step.title)  # type: ignore[misc]
            assert "one-minute" not in screen_text(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: "one-minute: 60 s " in screen_text(pilot), "it is made")
        before = clock.now
        for number, step in enumerate(TOUR[made + 1 :], start=1):
            clock.now = before + number * 7 * SECOND
            await pilot.press("f6")
            await until(pilot, lambda step=step: step.title in screen_text(pilot), step.title)  # type: ignore[misc]
            assert f"one-minute: {60 - number * 7} s " in screen_text(pilot)
            assert "F8 end\n" in screen_text(pilot)  # there is room for it and the keys
        await until(pilot, lambda: "✔ ALLOWED" in screen_text(pilot), "it still works")
        clock.now = before + MINUTE - SECOND
        await until(pilot, lambda: "one-minute: 1 s " in screen_text(pilot), "a second is left")
        clock.now = before + MINUTE
        await until(pilot, lambda: "✖ DENIED" in screen_text(pilot), "not any more")
        await until(pilot, lambda: "one-minute: ended " in screen_text(pilot), "and it is said")
        tokens = vault(demo_app).tokens
        project = vault(demo_app).projects.get()
        await until(pilot, lambda: not tokens.count(project, "one-minute"), "it is swept")
        for _ in TOUR[made:-1]:
            await pilot.press("f5")
        await until(pilot, lambda: TOUR[made].title in screen_text(pilot), "back again")
        await until(pilot, lambda: "one-minute: 60 s " in screen_text(pilot), "a new one")
        assert tokens.count(project, "one-minute") == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_first_screen_of_a_demo_says_how_the_tour_starts(
    demo_app: StTui, size: tuple[int, int]
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        assert "   F6 tour   11 tokens   E2EE on" in screen_text(pilot).splitlines()[0]
        await pilot.press("f6")
        await until(pilot, lambda: "F6 tour" not in screen_text(pilot), "it is under way")
        await pilot.press("f8")
        await until(pilot, lambda: "F6 tour" in screen_text(pilot), "it can be again")
        project = await demo_app.read(lambda vault: vault.projects.create("Shop"))
        demo_app.project = project
        demo_app.show_change()
        await until(pilot, lambda: "st-tui  Shop" in screen_text(pilot), "another project")
        assert "F6" not in screen_text(pilot)


async def test_no_tour_through_a_project_of_ones_own_that_is_called_demo(
    tmp_path: Path, clock: Clock
) -> None:
    """The tour would make a token in it."""
    with Vault.create(tmp_path / "vault", actor="ann", clock=clock) as made:
        project = made.projects.create("Demo")
    looks = Appearance("st-tui-dark", ansi_color=False, ascii_only=False)
    app = StTui(tmp_path / "vault", looks, actor="ann", clock=clock)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "No tokens yet" in screen_text(pilot), "it is open")
        assert "F6" not in screen_text(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: "The tour is for the demo" in screen_text(pilot), "no tour")
        assert not vault(app).tokens.count(project)


@pytest.mark.parametrize("name", ["[red]x", "[/]", "a[bold", "[link=x]y[/link]", "$text-error"])
async def test_text_is_never_markup(demo_app: StTui, name: str) -> None:
    async with demo_app.run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await pilot.pause()
        await paste_into_focused(pilot, name)
        await pilot.press("tab", "tab")
        await write(pilot, "/[ab]")
        await pilot.press("f2")
        await until(pilot, lambda: "as it stands?" in screen_text(pilot), "it is asked")
        await pilot.press("y")
        await until(pilot, lambda: f"“{name}” is made" in screen_text(pilot), name)
        await pilot.press("q", "x")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "it is closed")
        await choose(pilot, name)
        assert name in screen_text(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert name in screen_text(pilot)
        await pilot.press("d")
        await pilot.pause()
        assert f"Revoke “{name}”?" in screen_text(pilot)
        await pilot.press("n", "q")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "it stays")
        assert token_named(demo_app, name)


async def test_the_key_that_opens_the_help_closes_it(demo_app: StTui) -> None:
    async with demo_app.run_test() as pilot:
        await opened(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(demo_app.screen, Help)
        await pilot.press("question_mark")
        await pilot.pause()
        assert not isinstance(demo_app.screen, Help)


async def test_the_word_tour_finds_in_the_palette_how_it_starts(demo_app: StTui) -> None:
    async with demo_app.run_test() as pilot:
        await opened(pilot)
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"tour")
        await until(pilot, lambda: "Tour of the demo" in screen_text(pilot), "the tour is found")
        await pilot.press("enter")
        await until(pilot, lambda: f"1/{len(TOUR)}  " in screen_text(pilot), "the tour starts")
