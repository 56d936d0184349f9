"""A person's way through the page of folders, in a real tmux at 80x24."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.tmux_session import TmuxSession, needs_tmux

_DEMO = (sys.executable, "-m", "st_tui", "demo")


@needs_tmux
def test_a_value_is_generated_found_in_another_folder_and_asked_who_reads_it(
    tmp_path: Path,
) -> None:
    with TmuxSession(tmp_path / "tmux", _DEMO) as session:
        session.wait_for("11 tokens", "legacy-billing")
        session.press("2")
        session.wait_for("‹ Development ›", "dev:/  2 secrets", "│ ├ db                     4")
        session.press("Right")
        session.wait_for("‹ Staging ›", "staging:/  0 secrets")
        session.press("n")
        session.wait_for("New secret in staging:/")
        session.write("SIGNING_KEY")
        session.press("Enter")
        session.wait_for("^j new line")
        session.press("C-g")
        session.wait_for("32 characters, 190 bits of randomness", "‹ 32 characters ›")
        assert not re.search("Value +[A-Za-z0-9]{32} ", session.screen)
        session.press("F2")
        session.wait_for("staging:/  1 secret", "SIGNING_KEY")
        session.press("Tab", "Enter")
        assert re.search(" [A-Za-z0-9]{32} ", session.wait_for("y copy", "Esc hide"))
        session.press("F10", "Escape")
        session.wait_for("▌/ ")
        session.press("w")
        session.wait_for("Who can reach this?", "nightly-backup")
        session.press("F10")
        session.wait_for("staging:/  1 secret")
        session.press("q")
