"""What a hand pastes or half types, in a real terminal and in a real tmux."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.test_terminal import ST_TUI
from tests.terminal_session import PATIENCE

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

VALUE = "s3cr3t-tail"


class Tmux:
    """The demo in a pane of 80x24; `paste` marks a paste as such, `type` sends it as keys."""

    def __init__(self, folder: Path) -> None:
        self._tmux = ["tmux", "-S", str(folder / "tmux"), "-f", "/dev/null"]

    def run(self, *words: str, text: str | None = None) -> str:
        done = subprocess.run(
            [*self._tmux, *words], check=True, capture_output=True, text=True, input=text
        )
        return done.stdout

    @property
    def screen(self) -> str:
        return self.run("capture-pane", "-p")

    def keys(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    def paste(self, text: str) -> None:
        self.run("load-buffer", "-", text=text)
        self.run("paste-buffer", "-p")

    def type(self, text: str) -> None:
        self.run("load-buffer", "-", text=text)
        self.run("paste-buffer")

    def wait(self, holds: Callable[[str], bool], what: str) -> None:
        """Wait for the screen; the limit is there only to end a failing test."""
        end = time.monotonic() + PATIENCE
        while not holds(self.screen):
            assert time.monotonic() < end, f"never happened: {what}\n{self.screen}"
            time.sleep(0.05)

    def wait_for(self, text: str) -> None:
        self.wait(lambda screen: text in screen, text)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """The demo's page of folders and secrets."""
    tmux = Tmux(tmp_path)
    tmux.run("new-session", "-d", "-x", "80", "-y", "24", *ST_TUI, "demo")
    try:
        tmux.wait_for("11 tokens")
        tmux.keys("2")
        tmux.wait_for("dev:/  2 secrets")
        yield tmux
    finally:
        tmux.run("kill-server")


def name_line(screen: str) -> str:
    return next((line for line in screen.splitlines() if "│  Name   " in line), "")


@pytest.mark.parametrize("way", [Tmux.paste, Tmux.type], ids=["marked", "as keys"])
def test_a_pasted_line_fills_the_form_and_enter_goes_on(
    tmux: Tmux, way: Callable[[Tmux, str], None]
) -> None:
    tmux.keys("n")
    tmux.wait_for("New secret in dev:/")
    way(tmux, f"export API_KEY='{VALUE}'\n")
    tmux.wait_for("API_KEY  ")
    tmux.wait_for(f"{len(VALUE)} characters")
    assert VALUE not in tmux.screen
    tmux.keys("F4")
    tmux.wait_for(VALUE)
    assert VALUE not in name_line(tmux.screen)
    tmux.keys("F4", "Enter")
    tmux.keys("why")
    tmux.wait_for("Comment      why")
    tmux.keys("F2")
    tmux.wait_for("dev:/  3 secrets")
    assert VALUE not in tmux.screen
    tmux.keys("Tab", "Enter")
    tmux.wait_for(VALUE)


@pytest.mark.parametrize("way", [Tmux.paste, Tmux.type], ids=["marked", "as keys"])
def test_a_long_value_keeps_its_lines(tmux: Tmux, way: Callable[[Tmux, str], None]) -> None:
    tmux.keys("n")
    tmux.wait_for("New secret in dev:/")
    tmux.keys("CHAIN", "Enter")
    tmux.wait_for("CHAIN")
    # More than a terminal hands over at once.
    way(tmux, "".join(f"line {number} of {'x' * 50}\n" for number in range(200)))
    tmux.wait_for("200 lines, ends in a newline")
    tmux.wait_for("what it is for")  # the comment is empty
    tmux.keys("F2")
    tmux.wait_for("200 lines↵")


@pytest.mark.parametrize("way", [Tmux.paste, Tmux.type], ids=["marked", "as keys"])
def test_several_lines_are_offered_to_be_imported(
    tmux: Tmux, way: Callable[[Tmux, str], None]
) -> None:
    tmux.keys("n")
    tmux.wait_for("New secret in dev:/")
    way(tmux, f"A={VALUE}\nB=2\nC=3\n")
    tmux.wait_for("Write 3 secrets into dev:/?")
    assert VALUE not in tmux.screen
    tmux.keys("y")
    tmux.wait_for("dev:/  5 secrets")


@pytest.mark.parametrize("way", [Tmux.paste, Tmux.type], ids=["marked", "as keys"])
def test_a_question_of_one_line_is_not_answered_by_a_paste(
    tmux: Tmux, way: Callable[[Tmux, str], None]
) -> None:
    tmux.keys("f")
    tmux.wait_for("New folder in Development")
    way(tmux, "x1\nx2\nq\n")
    tmux.wait_for("3 lines were pasted: only the first")
    assert "New folder in Development" in tmux.screen
    assert "/x1" in tmux.screen
    assert "x2" not in tmux.screen


@pytest.mark.parametrize("way", [Tmux.paste, Tmux.type], ids=["marked", "as keys"])
def test_three_scopes_become_three_scopes(tmux: Tmux, way: Callable[[Tmux, str], None]) -> None:
    tmux.keys("1")
    tmux.wait_for("11 tokens")
    tmux.keys("n")
    tmux.wait_for("New service token")
    tmux.keys("many", "Tab", "Tab")
    tmux.wait_for("many")
    way(tmux, "dev:/common/**\nprod:/backend/*\n/ci\n")
    tmux.wait_for("/ci ")
    lines = [line.split()[:3] for line in tmux.screen.splitlines()[4:7]]
    assert lines == [
        ["Scopes", "1", "dev"], ["2", "prod", "/backend/*"], ["3", "dev", "/ci"]
    ]  # fmt: skip
