"""What a person at the keyboard of an 80x24 terminal waits for, and what goes over their line.

Processor time is measured, not the clock's: it is what a key costs, however busy the machine is.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.benchmarks import big_vault
from tests.terminal_session import TerminalSession

DOWN, PAGE_DOWN, END, HELP, CLOSE = "\x1b[B", "\x1b[6~", "\x1b[F", "\x1bOP", "\x1b"
_QUIET = 0.35
"""Seconds of silence after which a key is answered."""
_LONGEST = 180.0
"""Seconds that an overview of all tokens may take."""


class Answered(NamedTuple):
    """What a key cost until all was shown."""

    milliseconds: float
    sent: int


class Costs(NamedTuple):
    """Milliseconds of each key, and the memory in MB once warnings and who were open."""

    keys: dict[str, float]
    memory: float


def forms(runs: int) -> tuple[float, float]:
    """Milliseconds to open the form for a token, and to open the matrix, by turns in the demo."""
    with _app("demo") as session:
        opened: dict[str, list[float]] = {"n": [], "m": []}
        for _ in range(runs + 1):
            for key, took in opened.items():
                took.append(press(session, key).milliseconds)
                press(session, CLOSE)
        # The first of each also imports what the screen needs, once in the life of the app.
        return median(opened["n"][1:]), median(opened["m"][1:])


def bytes_sent() -> list[tuple[str, int, int]]:
    """What some actions send in the demo, and how much they may."""
    with _app("demo") as session:
        first = len(session.output)
        moves = [press(session, DOWN).sent for _ in range(9)]
        dialog = press(session, HELP).sent
        press(session, CLOSE)
        opened = press(session, "/").sent
        press(session, CLOSE)
        press(session, "t")
        typed = [press(session, letter).sent for letter in "common/db"]
        press(session, CLOSE)
        press(session, "3")
        entries = [press(session, DOWN).sent for _ in range(9)]
        idle = len(session.quiet_for(30))
    return [
        ("first screen", first, 6_500),
        ("cursor move, with its verdict", round(median(moves)), 900),
        ("cursor move in the audit log", round(median(entries)), 300),
        ("typed character", round(median(typed)), 300),
        ("filter opened", opened, 1_500),
        ("help opened", dialog, 3_500),
        ("30 s idle", idle, 1),
    ]


def of_few_tokens() -> Costs:
    """What keys and overviews cost with 200 tokens."""
    with TemporaryDirectory() as place:
        directory = Path(place) / "vault"
        big_vault.make(directory, 200)
        return of_vault(directory)


def of_vault(directory: Path) -> Costs:
    """What keys and overviews cost with the tokens of this vault."""
    with _app("--vault", str(directory)) as session:
        keys = {
            "cursor down": _each(session, DOWN, 20),
            "page down": _each(session, PAGE_DOWN, 5),
            "End": _each(session, END, 1),
        }
        for key, title in (("!", "Warnings"), ("w", "Who can reach")):
            before = len(session.output)
            session.type(key)
            session.wait_for(title, after=before)
            _wait_for_all(session)
            press(session, CLOSE)
        return Costs(keys, _megabytes(session.pid))


def press(session: TerminalSession, key: str) -> Answered:
    """Press a key and wait until its answer is complete."""
    used, sent = _processor_time(session.pid), len(session.output)
    session.type(key)
    session.wait_for_silence(_QUIET)
    return Answered((_processor_time(session.pid) - used) * 1000, len(session.output) - sent)


def _each(session: TerminalSession, key: str, times: int) -> float:
    return median(press(session, key).milliseconds for _ in range(times))


@contextmanager
def _app(*arguments: str) -> Iterator[TerminalSession]:
    command: Sequence[str] = (sys.executable, "-m", "st_tui", *arguments)
    with TerminalSession(command) as session:
        session.wait_for("Y copy")
        session.wait_for_silence(1)
        yield session


def _wait_for_all(session: TerminalSession) -> None:
    """Wait for an overview, which says every second how far it is."""
    end = time.monotonic() + _LONGEST
    while session.quiet_for(4) and time.monotonic() < end:
        pass


def _processor_time(process: int) -> float:
    """Seconds of processor time that all threads of a process have used (Linux)."""
    return time.clock_gettime(~process << 3 | 2)


def _megabytes(process: int) -> float:
    """The resident memory of a process (Linux)."""
    status = Path(f"/proc/{process}/status").read_text()
    [line] = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
