"""Keys that arrive together: each goes to what the key before it opened."""

from __future__ import annotations

import pytest
from textual.events import Key, Paste
from textual.pilot import Pilot

from st_tui.tui.app import StTui
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.dialog import Confirm
from st_tui.tui.screens.prompt import Prompt
from st_tui.tui.screens.secret_form import SecretForm
from st_tui.tui.screens.tokens import TokensPage
from st_tui.tui.terminal import type_ahead
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.paged_listing import PAGE
from st_tui.tui.widgets.scope_lines import ScopeLines
from st_tui.tui.widgets.token_list import TokenList
from st_tui.tui.widgets.value_area import ValueArea
from tests.journeys.driving import (
    in_one_piece,
    nothing_answered,
    opened,
    project_of,
    screen_text,
    until,
    vault,
)
from tests.terminal_session import PATIENCE

_NAMED = {"\t": "tab", "\x1b": "escape"}


def at_once(pilot: Pilot[None], keys: str) -> None:
    """Let keys arrive in one piece, as a line that stood still gives them."""
    for character in keys:
        pilot.app.post_message(Key(_NAMED.get(character, character), character))


def bracketed(pilot: Pilot[None], text: str) -> None:
    """Let a terminal send a text as a paste."""
    pilot.app.post_message(Paste(text))


async def test_what_is_typed_behind_a_key_goes_to_the_form_that_it_opens(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        at_once(pilot, "ncat")  # c clones, t tests: on the page behind
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        await until(
            pilot,
            lambda: [f.value for f in demo_app.screen.query(Field)][:1] == ["cat"],
            "the name",
        )
        assert len(demo_app.screen_stack) == 2


async def test_a_page_a_form_and_its_fields_in_one_piece(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        at_once(pilot, "2nfed\tx")
        demo_app.post_message(Paste("yz"))
        await until(pilot, lambda: isinstance(demo_app.screen, SecretForm), "the form opens")
        await until(
            pilot, lambda: [a.text for a in demo_app.screen.query(ValueArea)] == ["xyz", ""], "both"
        )
        assert demo_app.screen.query(Field).first().value == "fed"
        assert len(demo_app.screen_stack) == 2


async def test_a_question_is_not_answered_by_what_was_typed_before_it_was_seen(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        project = vault(demo_app).projects.get()
        count = vault(demo_app).tokens.count(project)
        at_once(pilot, "dy")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await pilot.pause(0.4)
        assert isinstance(demo_app.screen, Confirm)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, TokensPage), "it is closed")
        assert vault(demo_app).tokens.count(project) == count


async def test_a_question_that_is_seen_is_answered_by_what_is_typed_at_once(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        at_once(pilot, "d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await until(pilot, lambda: demo_app._waiting is None, "and is seen")
        at_once(pilot, "xn")  # x is no answer
        await until(pilot, lambda: isinstance(demo_app.screen, TokensPage), "it is closed")


async def test_a_key_with_priority_finds_what_was_typed_before_it(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        at_once(pilot, "2nfed\x1b")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks, as all is lost")


async def test_keys_held_down_move_as_often_as_they_came(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        at_once(pilot, "jjjjj")
        tokens = demo_app.screen.query_one(TokenList)
        await until(pilot, lambda: tokens.cursor == 5, "five lines down")


async def test_an_enter_within_a_piece_answers_no_question(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("2", "f")
        await until(pilot, lambda: isinstance(demo_app.screen, Prompt), "it asks")
        await pilot.press("ctrl+u")
        in_one_piece(pilot, "/a\r/b\rqq\r")
        await until(
            pilot, lambda: "3 lines were pasted: only the first" in screen_text(pilot), "it is said"
        )
        assert isinstance(demo_app.screen, Prompt)
        assert demo_app.screen.query_one(Field).value == "/a"


async def test_a_piece_that_ends_in_enter_is_an_answer_typed_on_a_slow_line(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("2", "f")
        await until(pilot, lambda: isinstance(demo_app.screen, Prompt), "it asks")
        await pilot.press("ctrl+u")
        in_one_piece(pilot, "/slow\r")
        await until(pilot, lambda: not isinstance(demo_app.screen, Prompt), "it is answered")
        project = vault(demo_app).projects.get()
        await until(pilot, lambda: "/slow" in vault(demo_app).folders.every(project, "dev"), "made")


async def test_a_piece_on_a_page_is_keys_whatever_it_opens(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        in_one_piece(pilot, "nfed\tx")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        await until(
            pilot,
            lambda: [f.value for f in demo_app.screen.query(Field)][:1] == ["fed"],
            "the name",
        )
        assert len(demo_app.screen_stack) == 2


async def test_scopes_in_one_piece_are_entered_or_pasted(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("n", "tab", "tab")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        in_one_piece(pilot, "/a\r/com")
        path = demo_app.screen.query_one("#scope-path", Field)
        await until(pilot, lambda: path.value == "/com", "what is half typed is not entered")
        lines = demo_app.screen.query_one(ScopeLines)
        assert [scope.secret_path for scope in lines.entered()] == ["/a"]
        in_one_piece(pilot, "prod:/b\rprod:/c\rprod:/d\r")
        await until(pilot, lambda: len(lines.entered()) == 4, "as they are written elsewhere")
        assert path.value == "/com"


@pytest.mark.parametrize("key", ["d", None])
async def test_lines_in_one_piece_where_no_field_is_do_nothing(
    demo_app: StTui, key: str | None
) -> None:
    text = "y\ry\r" if key else "DATABASE_URL=postgres://db\rNAME=r\rquit=y\r"
    async with demo_app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        project = vault(demo_app).projects.get()
        count = vault(demo_app).tokens.count(project)
        if key:
            await pilot.press(key)
            await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        before = demo_app.screen
        for send in (in_one_piece, bracketed):
            demo_app.clear_notifications()
            send(pilot, text)
            await until(pilot, lambda: "Nothing was pasted" in screen_text(pilot), "it is said")
        assert demo_app.screen is before
        assert vault(demo_app).tokens.count(project) == count


async def test_a_key_behind_one_that_moves_far_is_for_what_the_cursor_went_to(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line was not read before, so what is on it comes a moment later."""
    monkeypatch.setattr(type_ahead, "_LONGEST_WAIT", PATIENCE)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        [first, *_] = vault(demo_app).tokens.page(project_of(demo_app))
        with vault(demo_app).together():
            for _ in range(2 * PAGE):
                vault(demo_app).tokens.clone(first)
        listing = demo_app.screen.query_one(TokenList)
        await until(pilot, lambda: listing.count > 2 * PAGE, "they are listed")
        [last] = vault(demo_app).tokens.page(project_of(demo_app), offset=listing.count - 1)
        async with nothing_answered(demo_app):
            demo_app.post_message(Key("end", None))
            await until(pilot, lambda: listing.is_waiting, "the cursor went")
            demo_app.post_message(Key("d", "d"))
            await pilot.pause()
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "the question")
        assert last.id in screen_text(pilot)
