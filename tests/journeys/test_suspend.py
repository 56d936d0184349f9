"""^z goes to the shell, and `fg` comes back to the screen as it was."""

from __future__ import annotations

import asyncio
import shlex
import sys
from pathlib import Path
from threading import Event

from st_tui.tui.app import StTui
from tests.journeys.driving import opened, until
from tests.tmux_session import TmuxSession, needs_tmux

_DEMO = (sys.executable, "-m", "st_tui", "demo")
_SHELL = ("env", "PS1=shell> ", "sh", "-i")
_PAGE = ("11 tokens", "mobile-release", "legacy-billing", "n new", "q quit")


@needs_tmux
def test_the_shell_has_the_terminal_meanwhile(tmp_path: Path) -> None:
    with TmuxSession(tmp_path / "tmux", _SHELL) as session:
        session.wait_for("shell>")
        session.write(f"clear; {shlex.join(_DEMO)}\n")
        session.wait_for(*_PAGE)
        session.press("C-z")
        assert "mobile-release" not in session.wait_for("Stopped", "shell>")
        session.write("echo the shell $((40 + 2))\n")
        session.wait_for("the shell 42")
        session.write("fg\n")
        assert "shell>" not in session.wait_for(*_PAGE)
        session.press("Down")
        session.wait_for("Test preview-apps")
        session.press("q")
        session.wait_for("the shell 42")


@needs_tmux
def test_a_dialog_is_there_again(tmp_path: Path) -> None:
    with TmuxSession(tmp_path / "tmux", _SHELL) as session:
        session.write(f"{shlex.join(_DEMO)}\n")
        session.wait_for(*_PAGE)
        session.press("d")
        session.wait_for("Revoke “mobile-release”?")
        session.press("C-z")
        session.wait_for("Stopped")
        session.write("fg\n")
        session.wait_for("Revoke “mobile-release”?", "reach dev", "n new")


@needs_tmux
def test_without_a_shell_below_it_goes_on(tmp_path: Path) -> None:
    """Stopped there, nothing could continue it."""
    with TmuxSession(tmp_path / "tmux", _DEMO) as session:
        session.wait_for(*_PAGE)
        session.press("C-z")
        session.wait_for("There is no shell to go back to.")
        session.press("Down")
        session.wait_for("Test preview-apps")


async def test_a_change_is_not_stopped_half_way(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert demo_app.busy_with() == ""
        may_end = Event()
        change = asyncio.create_task(demo_app.change("Waiting", lambda _: may_end.wait()))
        await until(pilot, lambda: "press ^z again" in demo_app.busy_with(), "it is busy")
        may_end.set()
        await change
        assert demo_app.busy_with() == ""
