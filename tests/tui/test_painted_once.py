"""What a key opens is painted once: nothing is shown that is written over a moment later."""

from __future__ import annotations

import sys
import time
from codecs import getincrementaldecoder
from pathlib import Path

import pytest
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen

from st_tui.demo import make
from st_tui.tui.app import StTui
from st_tui.tui.screens.create import Create
from st_tui.tui.widgets.access_pane import AccessPane
from st_tui.tui.widgets.field import Field
from tests.journeys.driving import opened, screen_text, until, write
from tests.terminal_model import Terminal
from tests.terminal_session import PATIENCE, TerminalSession

OPENS = {"n": "✖ nothing", "m": "e environment", "2": "f folder", "3": "v verify", "t": "Esc list"}
"""Keys of the token list, and what the last line says of the screen that each opens."""

LAST_PAINTED = ("F6 tour", "Y copy", "✖ legacy-billing")
"""What comes behind the frame that shows the tokens. Silence alone may be a pause before it."""


class Noting(Terminal):
    """A terminal that notes which characters are written over others that are new as well."""

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows)
        self.new: dict[tuple[int, int], str] = {}
        self.written_over: list[tuple[int, int, str, str]] = []

    def _put(self, character: str) -> None:
        before = self.new.get(self.cursor, " ")
        if before not in (" ", character):
            self.written_over.append((*self.cursor, before, character))
        self.new[self.cursor] = character
        super()._put(character)


def shown(session: TerminalSession, terminal: Noting, *hints: str) -> None:
    """Wait until the hints are there and nothing more comes."""
    decode = getincrementaldecoder("utf-8")().decode
    end = time.monotonic() + PATIENCE
    while (new := session.quiet_for(0.3)) or any(hint not in terminal.text for hint in hints):
        terminal.feed(decode(new))
        assert time.monotonic() < end, terminal.text


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
@pytest.mark.parametrize("key", OPENS)
def test_a_screen_is_painted_once(tmp_path: Path, size: tuple[int, int], key: str) -> None:
    make(tmp_path / "vault", actor="operator")
    command = (sys.executable, "-m", "st_tui", "--vault", str(tmp_path / "vault"))
    with TerminalSession(command, columns=size[0], rows=size[1]) as session:
        terminal = Noting(*size)
        shown(session, terminal, *LAST_PAINTED)
        terminal.new.clear()
        terminal.written_over.clear()
        session.type(key)
        shown(session, terminal, OPENS[key])
        assert terminal.written_over == []


async def test_a_narrow_form_makes_its_pane_when_there_is_room(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form")
        form = demo_app.screen
        form.query_one("#scope-path").focus()
        await write(pilot, "/common/**")
        await pilot.press("enter")
        await until(pilot, lambda: "11 of 24" in screen_text(pilot), "entered")
        assert not form.query(AccessPane)
        await pilot.resize_terminal(120, 36)
        await until(pilot, lambda: "✔ common  /common/**" in screen_text(pilot), "its tree")
        pane = form.query_one(AccessPane)
        assert pane.query_one("#path", Field).value == "/common"  # as was meant
        assert "✔ ALLOWED" in screen_text(pilot)


@pytest.mark.parametrize("key", ["2", "3", "n", "m", "f1"])
async def test_a_new_screen_is_styled_once(
    demo_app: StTui, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Textual reads all CSS anew for a page's first time, and styles each new screen twice."""
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        read, styled = list[Stylesheet](), list[Screen[object]]()
        monkeypatch.setattr(Stylesheet, "reparse", read.append)
        monkeypatch.setattr(
            Screen,
            "update_node_styles",
            lambda self, **_: styled.extend([self][: len(self.children)]),
        )
        before = demo_app.screen
        await pilot.press(key)
        await until(pilot, lambda: demo_app.screen is not before, "a new screen")
        await pilot.pause()
        assert (read, styled) == ([], [])  # with its widgets in it
