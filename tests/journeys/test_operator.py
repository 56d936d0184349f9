"""What an operator's hands expect, in a real tmux at 80x24: the log, links, help, and the mouse."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal_session import PATIENCE
from tests.tmux_session import TmuxSession, needs_tmux

pytestmark = needs_tmux

# A terminal's report of a click at a column and row, from 1: pressed, then let go.
CLICK = "\x1b[<0;{0};{1}M\x1b[<0;{0};{1}m"


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[TmuxSession]:
    """The demo, with a configuration of its own."""
    program = ["env", f"XDG_CONFIG_HOME={tmp_path / 'config'}", sys.executable, "-m", "st_tui"]
    with TmuxSession(tmp_path / "socket", [*program, "demo"]) as session:
        session.wait_for("ci-deploy", "Test mobile-release", "F6 tour")
        yield session


def test_what_was_done_is_copied_as_a_command(tmux: TmuxSession) -> None:
    tmux.press("a")
    tmux.wait_for("is now active")
    tmux.press("@")
    tmux.wait_for("Command log", "st-tui service-token activate ")
    tmux.press("y")
    tmux.wait_for("Copied")
    copied = tmux.buffer
    assert copied.startswith("st-tui service-token activate ")
    assert " --vault " in copied  # the demo is not where a person's own vault is
    tmux.press("q")
    tmux.wait_for("Test mobile-release")


def test_from_a_folder_to_who_to_a_token_to_its_log_and_back(tmux: TmuxSession) -> None:
    tmux.press("2")
    tmux.wait_for("‹ Development ›")
    tmux.press("Down", "Down", "w")
    tmux.wait_for("Who", "/backend/billing", "all-folders")
    tmux.press("Enter")
    token = tmux.wait_for("Id  ", "Scopes", "Folders")
    name = token.splitlines()[0].rpartition("›")[2].strip()
    tmux.press("h")
    tmux.wait_for("3 Audit", name, "Esc back")
    tmux.press("Escape")
    tmux.wait_for("Id  ", "Scopes", name)
    tmux.press("Escape")
    tmux.wait_for("Who", "/backend/billing")
    tmux.press("F10")
    tmux.wait_for("‹ Development ›", "secrets")


def test_a_click_on_the_head_of_a_column_sorts(tmux: TmuxSession) -> None:
    head = tmux.screen.splitlines()[1]
    assert tmux.screen.splitlines()[2].split()[2] == "mobile-release"  # the newest
    tmux.write(CLICK.format(head.index("Name") + 1, 2))
    tmux.wait_for("Name ▾")
    assert tmux.screen.splitlines()[2].split()[1:3] == ["✔", "all-folders"]  # from A


def test_the_help_is_read_by_pages(tmux: TmuxSession) -> None:
    tmux.press("?")
    first = tmux.wait_for("On this screen", "1–")
    tmux.press("PageDown")
    tmux.wait_for("15–")
    assert tmux.screen != first
    tmux.press("Escape")
    tmux.wait_for("Test mobile-release")


def test_the_theme_is_there_again_at_the_next_start(tmp_path: Path) -> None:
    config = tmp_path / "config"
    program = ["env", f"XDG_CONFIG_HOME={config}", sys.executable, "-m", "st_tui", "demo"]
    with TmuxSession(tmp_path / "first", program) as tmux:
        tmux.wait_for("ci-deploy", "F6 tour")
        tmux.press("D")
        written = config / "st-tui" / "config.toml"
        deadline = time.monotonic() + PATIENCE
        while not written.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    assert 'theme = "light"' in written.read_text()
    assert os.stat(written).st_mode & 0o777 == 0o600
