"""Copying: by which route, and that the text really arrives."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App

from st_tui.tui.terminal.clipboard import LARGEST, Route, choose, copy
from tests.terminal_session import TerminalSession
from tests.tui.terminal.copying_app import TEXT

COPYING = [sys.executable, "-m", "tests.tui.terminal.copying_app"]
OSC_52 = b"\x1b]52;c;" + base64.b64encode(TEXT.encode()) + b"\x07"

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


@pytest.mark.parametrize(
    ("environ", "route"),
    [
        ({"TERM": "xterm-256color"}, Route.TERMINAL),
        ({"TERM": "screen-256color", "SSH_CONNECTION": "x"}, Route.UNSURE),
        ({"TERM": "tmux-256color"}, Route.UNSURE),
        ({"TERM": "screen.xterm-256color"}, Route.UNSURE),
        ({"TERM": "screen"}, Route.UNSURE),
        ({"TERM": "tmux-256color", "TMUX": "/run/x,1,0"}, Route.TMUX),
        ({"TERM": "linux", "TMUX": "/run/x,1,0"}, Route.TMUX),
        ({"TERM": "screen", "STY": "1.pts"}, Route.NONE),
        ({"TERM": "linux"}, Route.NONE),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, Route.NONE),
    ],
)
def test_the_way_follows_from_the_environment(environ: dict[str, str], route: Route) -> None:
    outcome = choose(environ, 100)
    assert outcome.route is route
    assert outcome.sent == (route in (Route.TMUX, Route.TERMINAL))
    if route is Route.UNSURE:
        assert "may have dropped it" in outcome.message
    assert "\n" not in outcome.message


def test_a_text_too_long_for_terminals_is_not_cut_but_refused() -> None:
    assert choose({}, LARGEST).sent
    refused = choose({}, LARGEST + 1)
    assert not refused.sent
    assert "Export it" in refused.message
    assert "mouse" not in refused.message  # what is too long for the screen, too
    assert not choose({"TMUX": "x"}, LARGEST + 1).sent


async def test_without_a_way_nothing_is_sent() -> None:
    app: App[None] = App()
    async with app.run_test():
        outcome = await copy(app, TEXT, {"TERM": "linux"})
        assert not outcome.sent
        assert app.clipboard == ""


async def test_the_app_itself_keeps_nothing_of_it() -> None:
    app: App[None] = App()
    async with app.run_test():
        assert (await copy(app, TEXT, {"TERM": "xterm"})).sent
        assert TEXT not in str(vars(app))


def test_the_terminal_is_told_in_osc_52() -> None:
    with TerminalSession(COPYING) as session:
        session.wait_for("Sent to the terminal")
        assert OSC_52 in session.output


def test_a_tmux_that_does_not_answer_leaves_the_terminal(tmp_path: Path) -> None:
    with TerminalSession(COPYING, environ={"TMUX": f"{tmp_path}/none,1,0"}) as session:
        session.wait_for("tmux did not take it")
        assert OSC_52 in session.output


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[list[str]]:
    """A tmux server of the test's own; gives the start of its commands."""
    command = ["tmux", "-S", str(tmp_path / "tmux"), "-f", "/dev/null"]
    yield command
    subprocess.run([*command, "kill-server"], check=False, capture_output=True)


@needs_tmux
def test_inside_tmux_it_reaches_the_buffer_and_the_terminal_outside(tmux: list[str]) -> None:
    environ = {"LC_ALL": "C.UTF-8"}
    with TerminalSession([*tmux, "new-session", *COPYING], environ=environ) as session:
        session.wait_for("Copied, also to tmux")
        session.wait_for(base64.b64encode(TEXT.encode()))
        shown = subprocess.run([*tmux, "show-buffer"], check=True, capture_output=True)
        assert shown.stdout == TEXT.encode()


@needs_tmux
@pytest.mark.parametrize(("setting", "arrives"), [("external", False), ("on", True)])
def test_behind_a_tmux_that_is_not_seen_it_is_sent_and_not_relied_on(
    tmux: list[str], setting: str, arrives: bool
) -> None:
    """As after ssh from inside it: TERM alone tells, and by default nothing gets through."""
    unseen = ["env", "-u", "TMUX", *COPYING]
    command = [*tmux, "new-session", *unseen, ";", "set", "-s", "set-clipboard", setting]
    with TerminalSession(command, environ={"LC_ALL": "C.UTF-8"}) as session:
        session.wait_for("Sent to the terminal, but a tmux or screen on the way")
        if arrives:
            session.wait_for(base64.b64encode(TEXT.encode()))
        else:
            session.quiet_for(0.5)
            assert base64.b64encode(TEXT.encode()) not in session.output


async def test_the_text_is_in_no_argument(tmp_path: Path) -> None:
    fake = tmp_path / "tmux"
    fake.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\ncat > {tmp_path}/input\n')
    fake.chmod(0o700)
    environ = {**os.environ, "TMUX": "x", "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    outcome = await copy(App(), TEXT, environ)
    assert outcome.route is Route.TMUX
    assert (tmp_path / "arguments").read_text() == "load-buffer -w -\n"
    assert (tmp_path / "input").read_text() == TEXT
    assert TEXT not in repr(outcome)
