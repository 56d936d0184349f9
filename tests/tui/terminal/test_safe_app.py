"""The app in a real terminal: how it ends, what it leaves behind, what it repaints."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from textual.screen import Screen

from st_tui.tui.terminal.detection import Appearance
from st_tui.tui.terminal.safe_app import SafeApp
from st_tui.tui.terminal.too_small import TooSmall
from tests.terminal_session import PATIENCE, TerminalSession
from tests.tui.terminal.probe_app import SECRET

PROBE = [sys.executable, "-m", "tests.tui.terminal.probe_app"]
QUIT, F2, F3, PALETTE = "\x11", "\x1bOQ", "\x1bOR", "\x10"
STOPPED = "st-tui stopped because of an internal error"

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


def probe(
    *fault: str,
    columns: int = 80,
    rows: int = 24,
    environ: Mapping[str, str | None] | None = None,
) -> TerminalSession:
    return TerminalSession([*PROBE, *fault], columns=columns, rows=rows, environ=environ)


def assert_clean(session: TerminalSession) -> None:
    """Nothing is left switched on, and no secret was written in any form."""
    assert session.left_on == []
    assert session.modes == session.modes_before
    assert SECRET.encode() not in session.output


@pytest.mark.parametrize(
    "fault",
    [
        "outside",
        "init",
        "load",
        "compose",
        "mount",
        "timer",
        "thread worker",
        "async worker",
        "lost task",
        "render",
    ],
)
def test_a_fault_shows_its_kind_and_place_and_no_secret(fault: str) -> None:
    with probe(fault) as session:
        assert session.wait_exit() == 1
        assert f"{STOPPED} (ValueError in probe_app.py:" in session.text
        assert "Traceback" not in session.text
        assert session.text.count(STOPPED) == 1
        assert_clean(session)


def test_a_fault_in_a_key_handler_too() -> None:
    with probe() as session:
        session.wait_for("ready")
        session.type(F2)
        assert session.wait_exit() == 1
        assert f"{STOPPED} (ValueError in probe_app.py:" in session.text
        assert_clean(session)


def test_two_faults_are_one_line() -> None:
    with probe("twice") as session:
        assert session.wait_exit() == 1
        assert session.text.count(STOPPED) == 1
        assert "NOTE" not in session.text
        assert_clean(session)


@pytest.mark.parametrize("fault", ["style", "panic"])
def test_what_textual_would_print_in_full_is_dropped(fault: str) -> None:
    with probe(fault) as session:
        assert session.wait_exit() == 1
        assert STOPPED in session.text
        assert_clean(session)


@pytest.mark.parametrize("fault", ["thread", "destroyed", "after", "destroyed after"])
def test_a_fault_beside_the_app_shows_no_secret(fault: str) -> None:
    with probe(fault) as session:
        session.wait_for("ready")
        session.type(QUIT)
        assert session.wait_exit() == 0
        assert (STOPPED in session.text) == ("after" in fault)
        assert_clean(session)


def test_textuals_own_log_stays_off(tmp_path: Path) -> None:
    log = tmp_path / "log"
    switches = {"TEXTUAL_LOG": str(log), "TEXTUAL": "debug", "TEXTUAL_DEBUG": "1"}
    with probe("async worker", environ=switches) as session:
        assert session.wait_exit() == 1
        assert_clean(session)
    assert not log.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_is_an_ordinary_end(number: signal.Signals) -> None:
    with probe() as session:
        session.wait_for("ready")
        assert session.left_on
        session.signal(number)
        assert session.wait_exit() == 0
        assert_clean(session)


def test_a_dropped_line_ends_the_app() -> None:
    with probe() as session:
        session.wait_for("ready")
        session.hang_up()
        assert session.wait_exit() == 0


def test_nothing_is_written_while_nothing_happens() -> None:
    with probe() as session:
        session.wait_for("ready")  # the input has the focus
        session.wait_for_silence(2.0)  # a blink takes half a second
        session.type(PALETTE)
        session.wait_for("Quit")
        session.wait_for_silence(2.0)


def test_the_mouse_over_a_list_repaints_no_more_than_a_row() -> None:
    with probe() as session:
        session.wait_for("ready")
        session.type("\x1b[<35;5;5M")
        session.wait_for_silence(1.0)
        session.type("\x1b[<35;12;5M")
        assert len(session.quiet_for(1.0)) < 300  # 2.6 kB for this small one with links


def test_a_window_too_small_says_so_until_it_is_enlarged() -> None:
    with probe(columns=40, rows=10) as session:
        session.wait_for("needs 60x15")
        for columns, rows in ((59, 30), (100, 14)):
            before = len(session.output)
            session.resize(80, 24)
            session.wait_for("ready", after=before)
            before = len(session.output)
            session.resize(columns, rows)
            session.wait_for("Too small", after=before)
        session.type("q")
        assert session.wait_exit() == 0
        assert_clean(session)


@pytest.mark.parametrize("send_all", [False, True])
def test_a_repaint_that_changes_nothing_sends_all_only_if_asked_to(send_all: bool) -> None:
    with probe(environ={"ST_TUI_SEND_ALL": "1" if send_all else None}) as session:
        session.wait_for("ready")
        session.wait_for_silence(1.0)
        session.type("\t\x1b[Z")
        session.wait_for_silence(0.5)
        before = len(session.output)
        session.type(F3)
        session.wait_for(SECRET, after=before)
        session.wait_for_silence(0.5)
        before = len(session.output)
        session.type(F3)
        if send_all:
            session.wait_for(SECRET, after=before)
        else:
            assert session.wait_for_silence(1.0) == b""
        session.type(QUIT)
        assert session.wait_exit() == 0
        assert session.left_on == []


async def test_a_screen_opened_while_too_small_is_covered_too() -> None:
    app = SafeApp[None](Appearance("plain", ansi_color=True, ascii_only=False))
    async with app.run_test(size=(40, 10)) as pilot:
        opened: Screen[None] = Screen()
        await app.push_screen(opened)
        await pilot.pause()
        assert isinstance(app.screen, TooSmall)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.screen is opened
        app.pop_screen()
        await pilot.pause()
        assert len(app.screen_stack) == 1


def test_nothing_is_animated() -> None:
    app = SafeApp[None](Appearance("plain", ansi_color=True, ascii_only=False))
    assert app.animation_level == "none"


def test_the_title_is_never_touched() -> None:
    with probe() as session:
        session.wait_for("ready")
        session.type(F3)
        session.wait_for(SECRET)
        session.type(QUIT)
        assert session.wait_exit() == 0
        assert not re.search(rb"\x1b\][012];", session.output)


def styles(output: bytes) -> set[str]:
    """The numbers of all colours and attributes used."""
    found = re.findall(rb"\x1b\[([0-9;]*)m", output)
    return {number for style in found for number in style.decode().split(";")}


def test_no_color_leaves_attributes_only() -> None:
    with probe(environ={"NO_COLOR": "1"}) as session:
        session.wait_for("ready")
        assert styles(session.output) <= {"0", "1", "2", "4", "7", "39", "49"}
        before = len(session.output)
        session.type("\t")
        session.wait_for("backup", after=before)
        session.wait_for_silence(0.5)
        assert re.search(rb"\x1b\[[0-9;]*\b7;39;49m(?:\xe2\x96\x8c)?backup", session.output)


@pytest.mark.parametrize(
    ("term", "colors"),
    [
        # Green, magenta and bright red can be read on black and on white.
        *((term, {"32", "35", "91"}) for term in ("xterm-16color", "screen", "vt100")),
        # The Linux console is black: bright red, green, yellow and cyan.
        ("linux", {"91", "92", "93", "96"}),
    ],
)
def test_sixteen_colours_are_the_terminals_own(term: str, colors: set[str]) -> None:
    with probe(environ={"TERM": term, "COLORTERM": None}) as session:
        session.wait_for("ready")
        used = styles(session.output)
        assert used <= {"0", "1", "2", "4", "7", "39", "49"} | colors


@needs_tmux
def test_nothing_stays_behind_without_an_alternate_screen(tmp_path: Path) -> None:
    tmux = ["tmux", "-S", str(tmp_path / "tmux"), "-f", "/dev/null"]

    def screen() -> str:
        everything = [*tmux, "capture-pane", "-p", "-S", "-"]
        return subprocess.run(everything, check=True, capture_output=True, text=True).stdout

    def wait_for(text: str) -> None:
        end = time.monotonic() + PATIENCE
        while text not in screen():
            assert time.monotonic() < end, screen()
            time.sleep(0.05)

    setting = ["set-option", "-g", "alternate-screen", "off"]
    start = ["new-session", "-d", "-x", "80", "-y", "24", "env", "PS1=prompt> ", "sh"]
    subprocess.run([*tmux, *start, ";", *setting], check=True)
    try:
        for keys in ([" ".join(PROBE), "Enter"], ["F3"], ["C-q"], ["echo again $?", "Enter"]):
            subprocess.run([*tmux, "send-keys", *keys], check=True)
            awaited = {"F3": SECRET, "C-q": "prompt>", "echo again $?": "again 0"}
            wait_for(awaited.get(keys[0], "ready"))
        assert SECRET not in screen()
        assert "deploy" not in screen()
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)
