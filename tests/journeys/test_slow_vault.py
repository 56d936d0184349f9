"""A vault that does not answer holds up neither a key nor the end of the app."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from st_tui.demo import make
from st_tui.tui.app import StTui
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.token_list import TokenList
from tests.journeys.driving import (
    nothing_answered,
    opened,
    said,
    screen_text,
    settled,
    until,
    write,
)
from tests.terminal_session import TerminalSession

STUCK = """
import sys, time
from pathlib import Path
from st_tui.tui.app import StTui
from st_tui.tui.terminal.detection import Appearance
from st_tui.tui.terminal.safe_app import run

class Stuck(StTui):
    "Its vault's thread has a job for an hour, once the vault was shown."

    def show_change(self):
        super().show_change()
        self.run_worker(self.read(lambda vault: time.sleep(3600)))
        self.run_worker(self.read_apart(lambda vault: time.sleep(3600)))

looks = Appearance("st-tui-dark", ansi_color=False, ascii_only=False)
sys.exit(run(Stuck(Path(sys.argv[1]), looks, actor="ann")))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, None], ids=str)
def test_the_app_ends_at_once_while_the_vault_is_read(
    tmp_path: Path, number: signal.Signals | None
) -> None:
    make(tmp_path / "vault", actor="ann")
    command = (sys.executable, "-c", STUCK, str(tmp_path / "vault"))
    with TerminalSession(command) as session:
        session.wait_for("11 tokens")
        session.type("\x1b[B")
        if number is None:
            session.type("q")
        else:
            session.signal(number)
        assert session.wait_exit() == 0
        assert session.left_on == []
        assert session.modes == session.modes_before
        assert "Traceback" not in session.text


async def test_keys_and_typed_characters_wait_for_nothing(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await settled(pilot)
        listing = demo_app.screen.query_one(TokenList)
        async with nothing_answered(demo_app):
            await pilot.press("down", "down", "pagedown", "up")
            assert listing.cursor == listing.count - 2
            await pilot.press("slash")
            await write(pilot, "backup")
            assert demo_app.screen.query_one("#filter", Field).value == "backup"
            assert listing.count == 11  # what was there stays
        await until(pilot, lambda: listing.count == 1, "it is filtered")
        assert "1 of 11 tokens" in screen_text(pilot)


async def test_a_vault_that_goes_is_said_once_and_what_was_read_stays(demo_app: StTui) -> None:
    moved = demo_app.directory.with_name("moved")
    async with demo_app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        demo_app.directory.rename(moved)
        await until(pilot, lambda: "There is no vault" in said(pilot), "it is said")
        demo_app.clear_notifications()
        for _ in range(3):
            demo_app._looking.request()
            await settled(pilot)
        await pilot.press("down")
        assert "There is no vault" not in said(pilot)
        assert "ci-deploy" in screen_text(pilot)
        moved.rename(demo_app.directory)
        await settled(pilot)
        await pilot.press("n")
        await until(pilot, lambda: len(demo_app.screen_stack) == 2, "all goes on")
