"""The last line offers the keys that do something where the focus is."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.pilot import Pilot
from textual.screen import Screen

from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.listing import RowListing

_ACTIONS = (
    Action("make", "n", "new", "", hint=True),
    Action("open", "enter", "open", "", hint=True, at="_Rows"),
    Action("wipe", "delete", "wipe", "", hint=True),
    Action("find", "slash,f4", "find", "", hint=True),
    Action("silent", "s", "silent", ""),
)


class _Rows(RowListing[str]):
    pass


class _NamedField(Field):
    ACTIONS = (Action("note_done", "escape", "done", "", hint=True),)
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def action_note_done(self) -> None:
        self.value = "done"


class _Hinted(Screen[None]):
    BINDINGS: ClassVar[list[BindingType]] = bindings(_ACTIONS)

    def compose(self) -> ComposeResult:
        yield _Rows(id="rows")
        yield _NamedField(id="field")
        yield KeyHints(_ACTIONS)

    def action_make(self) -> None:
        self.query_one(Field).value = "made"


class _HintedApp(App[None]):
    def get_default_screen(self) -> Screen[None]:
        return _Hinted()


def _hints(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one(KeyHints).render().plain


async def test_a_list_offers_letters_and_its_own_keys() -> None:
    async with _HintedApp().run_test() as pilot:
        pilot.app.screen.query_one("#rows").focus()
        await pilot.pause()
        assert _hints(pilot) == "n new  Enter open  Del wipe  / find"


async def test_a_field_offers_no_key_that_it_takes_itself() -> None:
    """Del edits, `n` and `/` are typed; what Enter opens is in the list."""
    async with _HintedApp().run_test() as pilot:
        pilot.app.screen.query_one("#field").focus()
        await pilot.pause()
        assert _hints(pilot) == "Esc done  F4 find"


@pytest.mark.parametrize(("focused", "at", "value"), [("rows", 2, "made"), ("field", 2, "done")])
async def test_a_click_does_what_is_hinted(focused: str, at: int, value: str) -> None:
    async with _HintedApp().run_test() as pilot:
        pilot.app.screen.query_one(f"#{focused}").focus()
        await pilot.pause()
        await pilot.click(KeyHints, offset=(at, 0))
        assert pilot.app.screen.query_one(Field).value == value
