"""A paste of several lines into a field of one line: what is left out is said."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from st_tui.core.model import Scope
from st_tui.tui.app import StTui
from st_tui.tui.screens.command_palette import CommandPalette
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.prompt import Prompt
from st_tui.tui.screens.secret_files import ImportFile
from st_tui.tui.screens.trust import Trust
from st_tui.tui.terminal.pasted_text import lines_of
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.masked_field import MaskedField
from st_tui.tui.widgets.scope_lines import ScopeLines
from tests.journeys.driving import choose, opened, paste, said, screen_text, until, write

SMALL = (80, 24)
FIRST_OF_THREE = "3 lines were pasted: only the first"


def field(pilot: Pilot[None]) -> Input:
    focused = pilot.app.focused
    assert isinstance(focused, Input)
    return focused


async def form(pilot: Pilot[None], *keys: str) -> Create:
    """The form for a new token, with the focus where `keys` lead."""
    await opened(pilot)
    await pilot.press("n", *keys)
    await until(pilot, lambda: isinstance(pilot.app.screen, Create), "the form")
    await pilot.pause()
    assert isinstance(pilot.app.screen, Create)
    return pilot.app.screen


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one", ["one"]),
        ("one\n", ["one"]),
        ("\r\n \r\none\r\n\r\ntwo\r\n", ["one", "two"]),
        ("a\rb\rc", ["a", "b", "c"]),
        ("\n \n", []),
        ("", []),
    ],
)
def test_a_line_ends_as_terminals_and_files_end_it(text: str, lines: list[str]) -> None:
    assert lines_of(text) == lines


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
async def test_a_name_takes_the_first_line_and_says_so(demo_app: StTui, end: str) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await form(pilot)
        await write(pilot, "x-")
        await paste(pilot, end.join(["", "ci", "  prod ", "", "dev", ""]))
        await until(pilot, lambda: FIRST_OF_THREE in screen_text(pilot), "what became of them")
        assert field(pilot).value == "x-ci"


async def test_one_line_is_taken_unsaid_whatever_ends_it(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await form(pilot)
        await paste(pilot, "\n ci deploy\n")
        assert field(pilot).value == " ci deploy"
        assert "pasted" not in screen_text(pilot)


async def test_three_scopes_become_three_scopes(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        create = await form(pilot, "tab", "tab")
        await write(pilot, "/half")
        await paste(pilot, "prod:/common/**\r/folder1/*\r\r  prod:/common/**\rstaging:/x")
        await until(pilot, lambda: "4 lines were pasted" in screen_text(pilot), "it is said")
        assert "3 scopes added" in screen_text(pilot)
        assert create.query_one(ScopeLines).entered() == (
            Scope("prod", "/common/**"),
            Scope("dev", "/folder1/*"),
            Scope("staging", "/x"),
        )
        assert field(pilot).value == "/half"  # what was typed is still being typed


@pytest.mark.parametrize(
    ("pasted", "why"),
    [
        ("dev:/a\nqa:/b\n/c", "Line 2 of the paste: There is no environment 'qa'"),
        ("dev:/a\ndev:/b\n/[!a]", "Line 3 of the paste: "),
    ],
)
async def test_a_line_that_is_no_scope_is_named_and_none_is_taken(
    demo_app: StTui, pasted: str, why: str
) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        create = await form(pilot, "tab", "tab")
        await paste(pilot, pasted)
        await until(pilot, lambda: why in said(pilot), "which line, and why")
        assert "No line of it was taken" in said(pilot)
        assert create.query_one(ScopeLines).entered() == ()


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (0, "10.0.0.0/8 192.0.2.7 ::1 203.0.113.0/24"),
        (14, "203.0.113.0/24 10.0.0.0/8 192.0.2.7 ::1"),
    ],
)
async def test_lines_of_addresses_become_addresses(demo_app: StTui, at: int, value: str) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        token = await choose(pilot, "office-sync")
        demo_app.push_screen(Trust(token))
        await until(pilot, lambda: isinstance(demo_app.screen, Trust), "the dialog")
        await until(pilot, lambda: isinstance(demo_app.focused, Field), "the field")
        field(pilot).value = "203.0.113.0/24"
        field(pilot).cursor_position = at
        await paste(pilot, "10.0.0.0/8\n192.0.2.7\n::1\n")
        await until(
            pilot, lambda: "3 lines were pasted: all of them" in screen_text(pilot), "it is said"
        )
        assert field(pilot).value == value


async def test_a_prompt_is_not_answered_by_a_paste(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("2", "f")
        await until(pilot, lambda: isinstance(demo_app.screen, Prompt), "it asks")
        await pilot.press("ctrl+u")
        await paste(pilot, "/a\n/b\n/c\n")
        await until(pilot, lambda: FIRST_OF_THREE in screen_text(pilot), "what became of them")
        assert isinstance(demo_app.screen, Prompt)
        assert field(pilot).value == "/a"


async def test_the_palette_and_the_name_of_a_file_and_a_filter_say_it_too(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        for opens, screen in (
            (("slash",), type(demo_app.screen)),
            (("escape", "ctrl+p"), CommandPalette),
            (("escape", "2", "l"), ImportFile),
        ):
            demo_app.clear_notifications()
            await pilot.press(*opens)
            await until(pilot, lambda s=screen: isinstance(demo_app.screen, s), "it opens")  # type: ignore[misc]
            await until(pilot, lambda: isinstance(demo_app.focused, Input), "the field")
            await paste(pilot, "\naudit\nb\nc")
            await until(pilot, lambda: FIRST_OF_THREE in screen_text(pilot), "it is said")
            assert field(pilot).value == "audit"


async def test_what_is_too_long_is_not_taken_in_part(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await form(pilot)
        await write(pilot, "abc")
        await paste(pilot, "x" * 5_000)
        await until(pilot, lambda: "characters at most" in screen_text(pilot), "it is said")
        assert field(pilot).value == "abc"


async def test_what_was_copied_in_the_app_is_pasted_by_the_same_rule(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await form(pilot)
        demo_app._clipboard = "a\nb\nc"
        await pilot.press("ctrl+v")
        await until(pilot, lambda: FIRST_OF_THREE in screen_text(pilot), "it is said")
        assert field(pilot).value == "a"


async def test_a_token_that_a_terminal_wrapped_is_taken_whole(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await choose(pilot, "office-sync")
        await pilot.press("f3")
        await until(pilot, lambda: bool(demo_app.screen.query(MaskedField)), "it asks for the text")
        demo_app.screen.query_one(MaskedField).focus()
        await pilot.pause()
        await paste(pilot, "st.1234.\n  abcd\n.ef")
        assert field(pilot).value == "st.1234.abcd.ef"
        await until(pilot, lambda: "3 lines were pasted: they were" in screen_text(pilot), "said")
