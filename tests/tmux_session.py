"""A program in a real tmux: keys as tmux sends them, and the screen as tmux shows it."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import pytest

from tests.terminal_session import PATIENCE

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class TmuxSession:
    """A server of its own, so that nobody's tmux is touched. Use it as a context manager."""

    def __init__(
        self, socket: Path, command: Sequence[str], *, columns: int = 80, rows: int = 24
    ) -> None:
        self._tmux = ("tmux", "-S", str(socket), "-f", "/dev/null")
        size = ("-x", str(columns), "-y", str(rows))
        self._run("new-session", "-d", *size, *command)

    def __enter__(self) -> TmuxSession:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        subprocess.run((*self._tmux, "kill-server"), check=False, capture_output=True)

    @property
    def screen(self) -> str:
        """What is on the screen."""
        return self._run("capture-pane", "-p")

    @property
    def buffer(self) -> str:
        """What was copied last, as tmux would paste it."""
        return self._run("show-buffer")

    @property
    def pid(self) -> int:
        """The program's process."""
        return int(self._run("display-message", "-p", "#{pane_pid}"))

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names: `Tab`, `F2`, `Enter`; they arrive in one piece."""
        self._run("send-keys", *keys)

    def write(self, text: str) -> None:
        """Type a text."""
        self._run("send-keys", "-l", text)

    def paste(self, text: str) -> None:
        """Paste a text, in brackets if the program wants them."""
        self._run("set-buffer", text)
        self._run("paste-buffer", "-p")

    def wait_for(self, *expected: str) -> str:
        """Wait until all of it is on the screen; the screen."""
        end = time.monotonic() + PATIENCE
        while not all(text in (screen := self.screen) for text in expected):
            assert time.monotonic() < end, f"never showed {expected}; the screen:\n{screen}"
            time.sleep(0.05)
        return screen

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            (*self._tmux, *command), check=True, capture_output=True, text=True, timeout=PATIENCE
        )
        return done.stdout
