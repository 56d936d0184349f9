"""A program in a real pseudo-terminal: type, wait for text, signal, resize, and see how it ended.

Waiting is always for something that can be seen; `PATIENCE` only keeps a broken test from hanging.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any

PATIENCE = 30.0
"""Seconds without the awaited thing after which a test fails."""

_LAST_PATIENCE = 5.0
"""Seconds that a program left running has for its end before it is killed."""

SWITCHES = {
    "alternate screen": (b"\x1b[?1049h", b"\x1b[?1049l"),
    "mouse": (b"\x1b[?1000h", b"\x1b[?1000l"),
    "mouse motion": (b"\x1b[?1003h", b"\x1b[?1003l"),
    "bracketed paste": (b"\x1b[?2004h", b"\x1b[?2004l"),
    "focus reports": (b"\x1b[?1004h", b"\x1b[?1004l"),
    "hidden cursor": (b"\x1b[?25l", b"\x1b[?25h"),
    "no line wrap": (b"\x1b[?7l", b"\x1b[?7h"),
}
"""Modes a full-screen program turns on, with the bytes for on and off."""

_ESCAPES = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[P_^][^\x1b]*\x1b\\|\x1b\[[0-?]*[ -/]*[@-~]|\x1b."
)


class TerminalSession:
    """A child process with a terminal of its own. Use it as a context manager."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environ: Mapping[str, str | None] | None = None,
    ) -> None:
        """Start `command`; `environ` adds to a plain colour terminal's, None takes a name away."""
        variables: dict[str, str | None] = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "COLUMNS": None,
            "LINES": None,
            "NO_COLOR": None,
            "TMUX": None,
            "STY": None,
            **(environ or {}),
        }
        self.output = b""
        self._master, slave = pty.openpty()
        self.resize(columns, rows)
        self.modes_before = termios.tcgetattr(slave)
        self._slave = slave  # kept open, so that the modes can still be read at the end
        self._child = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={name: value for name, value in variables.items() if value is not None},
            start_new_session=True,
            preexec_fn=_take_terminal,
        )

    def __enter__(self) -> TerminalSession:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._child.poll() is None:
            # Asked first, so that it takes along what it made.
            self._child.terminate()
            with suppress(AssertionError):
                self.wait_exit(_LAST_PATIENCE)
            self._child.kill()
        self._child.wait()
        self.hang_up()

    @property
    def pid(self) -> int:
        """The number of the program's process."""
        return self._child.pid

    @property
    def text(self) -> str:
        """Everything written so far, without its escape sequences."""
        return _ESCAPES.sub(b"", self.output).decode("utf-8", "replace")

    @property
    def left_on(self) -> list[str]:
        """The names of the modes in `SWITCHES` that are on."""
        return [
            name
            for name, (on, off) in SWITCHES.items()
            if self.output.rfind(on) > self.output.rfind(off)
        ]

    @property
    def modes(self) -> list[Any]:
        """The terminal's settings now, to compare with `modes_before`."""
        return termios.tcgetattr(self._slave)

    def type(self, keys: str) -> None:
        """Send characters as a keyboard does (``"\\x1b[B"`` is the down key)."""
        os.write(self._master, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size, as dragging its corner does."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self._child.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal under the program, as a dropped line does."""
        if self._master >= 0:
            os.close(self._slave)
            os.close(self._master)
            self._master = -1

    def wait_for(self, expected: str | bytes, *, after: int = 0) -> None:
        """Read until `expected` was written: text between escapes, or bytes as they are."""
        end = time.monotonic() + PATIENCE
        while not self._seen(expected, after):
            self._read(end, f"never wrote {expected!r}")

    def quiet_for(self, seconds: float) -> bytes:
        """What the program writes in the next `seconds`, by itself."""
        before = len(self.output)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._master], [], [], left)[0]:
                self.output += os.read(self._master, 1 << 16)
        return self.output[before:]

    def wait_for_silence(self, seconds: float) -> bytes:
        """Read until nothing was written for so long; give what was written before."""
        before = len(self.output)
        end = time.monotonic() + PATIENCE
        while select.select([self._master], [], [], seconds)[0]:
            self.output += os.read(self._master, 1 << 16)
            assert time.monotonic() < end, "the program never falls silent"
        return self.output[before:]

    def wait_exit(self, patience: float = PATIENCE) -> int:
        """Read to the program's end and give its status (negative: the signal that killed it)."""
        end = time.monotonic() + patience
        while self._child.poll() is None:
            self._read(end, "did not end")
        while self._master >= 0 and select.select([self._master], [], [], 0)[0]:
            self.output += os.read(self._master, 1 << 16)
        return self._child.returncode

    def _seen(self, expected: str | bytes, after: int) -> bool:
        if isinstance(expected, bytes):
            return expected in self.output[after:]
        return expected in _ESCAPES.sub(b"", self.output[after:]).decode("utf-8", "replace")

    def _read(self, end: float, complaint: str) -> None:
        if time.monotonic() > end:
            raise AssertionError(f"the program {complaint}; so far:\n{self.text[-2000:]}")
        if self._master < 0:
            time.sleep(0.02)
        elif select.select([self._master], [], [], 0.05)[0]:
            self.output += os.read(self._master, 1 << 16)
        elif self._child.poll() is not None and "never wrote" in complaint:
            raise AssertionError(f"the program ended and {complaint}; so far:\n{self.text[-2000:]}")


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
