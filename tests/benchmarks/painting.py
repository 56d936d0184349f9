"""How soon a terminal program shows something, and everything: measured through a pty."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import shlex
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from typing import NamedTuple

COLUMNS, ROWS = 80, 24
_QUIET_SECONDS = 0.7
_LONGEST_SECONDS = 20.0
_READABLE = 10
"""So many characters on the screen are a first paint."""

_PIECE = re.compile(
    r"\x1b\[(?P<args>[0-9;?<=>]*)[ -/]*(?P<final>[@-~])"  # control sequences
    r"|\x1b[\]P_^X].*?(?:\x07|\x1b\\)"  # strings that show nothing, such as titles
    r"|\x1b[ -/]*[0-~]"
    r"|(?P<control>[\x00-\x1f\x7f])"
    r"|(?P<text>[^\x00-\x1f\x7f]+)",
    re.DOTALL,
)
_ANSWERS = {b"\x1b[c": b"\x1b[?62;22c", b"\x1b[6n": b"\x1b[1;1R"}
"""What programs ask a terminal and may wait for: its kind, and where the cursor is."""


class Painted(NamedTuple):
    """Milliseconds from the start of the program."""

    first: float
    complete: float


def paint(command: Sequence[str]) -> Painted:
    """Run a program in a terminal of 80x24 until it has been quiet for a while, and end it.

    `complete` is when 95 % of what the quiet screen shows is in place. Raises RuntimeError for a
    program that shows nothing or ends by itself.
    """
    chunks = _output(command)
    final = _Screen()
    for _, data in chunks:
        final.feed(data)
    goal = final.cells()
    if not goal:
        raise RuntimeError(f"{command[0]} showed nothing")
    screen = _Screen()
    first = None
    for at, data in chunks:
        screen.feed(data)
        cells = screen.cells()
        if first is None and len(cells) >= min(_READABLE, len(goal)):
            first = at
        if first is not None and len(goal.items() & cells.items()) >= 0.95 * len(goal):
            return Painted(first * 1000, at * 1000)
    raise AssertionError("the last chunk completes the screen")


def _output(command: Sequence[str]) -> list[tuple[float, str]]:
    """What the program writes, each piece with the seconds since its start."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    start = time.perf_counter()
    program = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    chunks: list[tuple[float, bytes]] = []
    try:
        while time.perf_counter() - start < _LONGEST_SECONDS:
            wait = _QUIET_SECONDS if chunks else _LONGEST_SECONDS
            if not select.select([ours], [], [], wait)[0]:
                break
            try:
                data = os.read(ours, 65536)
            except OSError:
                data = b""
            if not data:
                raise RuntimeError(f"{shlex.join(command)} ended by itself")
            chunks.append((time.perf_counter() - start, data))
            for question, answer in _ANSWERS.items():
                if question in data:
                    os.write(ours, answer)
    finally:
        _end(program, ours)
    return _decoded(chunks)


def _end(program: subprocess.Popen[bytes], ours: int) -> None:
    program.send_signal(signal.SIGTERM)
    deadline = time.perf_counter() + 3
    # A program that restores the screen waits until somebody reads what it writes.
    while program.poll() is None and time.perf_counter() < deadline:
        if select.select([ours], [], [], 0.02)[0]:
            with contextlib.suppress(OSError):
                os.read(ours, 65536)
    program.kill()
    program.wait()
    os.close(ours)


def _decoded(chunks: list[tuple[float, bytes]]) -> list[tuple[float, str]]:
    """Text of whole characters: what a chunk leaves unfinished moves into the next."""
    decoded, rest = [], b""
    for at, data in chunks:
        data = rest + data
        text = data.decode("utf-8", "ignore")
        rest = data[len(text.encode()) :]
        decoded.append((at, text))
    return decoded


class _Screen:
    """Which character stands where; colours do not matter here."""

    def __init__(self) -> None:
        self._rows = [[" "] * COLUMNS for _ in range(ROWS)]
        self._x = self._y = 0
        self._rest = ""

    def cells(self) -> dict[tuple[int, int], str]:
        """The cells that are not blank."""
        return {
            (x, y): character
            for y, row in enumerate(self._rows)
            for x, character in enumerate(row)
            if not character.isspace()
        }

    def feed(self, data: str) -> None:
        """Take a piece of output; an escape sequence may go on in the next."""
        data, end = self._rest + data, 0
        while found := _PIECE.match(data, end):
            end = found.end()
            if found["text"]:
                self._write(found["text"])
            elif found["control"]:
                self._control(found["control"])
            elif found["final"]:
                self._sequence(found["args"], found["final"])
        self._rest = data[end:]

    def _write(self, text: str) -> None:
        for character in text:
            if self._x >= COLUMNS:
                self._x = 0
                self._down()
            self._rows[self._y][self._x] = character
            self._x += 1

    def _control(self, character: str) -> None:
        if character == "\r":
            self._x = 0
        elif character == "\n":
            self._down()
        elif character == "\b":
            self._x = max(0, self._x - 1)

    def _down(self) -> None:
        if self._y < ROWS - 1:
            self._y += 1
        else:
            self._rows = [*self._rows[1:], [" "] * COLUMNS]

    def _sequence(self, args: str, final: str) -> None:
        numbers = [int(part) if part.isdigit() else 0 for part in args.split(";")]
        count = max(1, numbers[0])
        if final in "Hf":
            column = numbers[1] if len(numbers) > 1 else 1
            self._y, self._x = min(count, ROWS) - 1, min(max(1, column), COLUMNS) - 1
        elif final in "AB":
            self._y = min(max(0, self._y + (count if final == "B" else -count)), ROWS - 1)
        elif final in "CD":
            self._x = min(max(0, self._x + (count if final == "C" else -count)), COLUMNS - 1)
        elif final == "G":
            self._x = min(count, COLUMNS) - 1
        elif final == "J":
            self._erase(numbers[0], self._y * COLUMNS + self._x, 0, ROWS * COLUMNS)
        elif final == "K":
            row = self._y * COLUMNS
            self._erase(numbers[0], row + self._x, row, row + COLUMNS)

    def _erase(self, how: int, cursor: int, start: int, end: int) -> None:
        """From the cursor to the end (0), from the start to the cursor (1), or all of it."""
        first = cursor if how == 0 else start
        last = cursor + 1 if how == 1 else end
        for place in range(first, last):
            self._rows[place // COLUMNS][place % COLUMNS] = " "
