"""Run the command line again and again, and stop it one step later each time.

    python -m tests.durability.stopping BASE ARGUMENT…

A step is a file that is touched in the place, or a statement that writes. BASE/start is copied for
each turn, which runs there in a process of its own and is killed at its step; the last one ends by
itself. With `--hold STEP` there is one turn, in BASE, which stands still at this step until it is
continued.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

# Imported here, so that no turn does it again.
import st_tui.cli.commands.backup
import st_tui.cli.commands.init
import st_tui.cli.commands.project
import st_tui.cli.commands.restore
import st_tui.core.vault.backups  # noqa: F401
from st_tui.cli import main

_TOUCHES = {
    "open", "os.link", "os.listdir", "os.mkdir", "os.remove", "os.rename", "sqlite3.connect",
}  # fmt: skip
_QUIET = re.compile(r"\s*(SELECT|PRAGMA|CREATE|--)")
"""Statements that write nothing by themselves, or are many in one transaction."""
_A_LONG_STATEMENT = 20_000
"""So many instructions of SQLite's machine are a step as well."""


def steps(place: Path, at_each: Callable[[], None]) -> None:
    """Call this at each step from now on."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _TOUCHES and str(place) in str(arguments[:2]):
            at_each()

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = opened(*arguments, **options)
        connection.set_trace_callback(lambda sql: None if _QUIET.match(sql) else at_each())
        connection.set_progress_handler(at_each, _A_LONG_STATEMENT)
        return connection

    opened, sqlite3.connect = sqlite3.connect, connect  # type: ignore[assignment]
    sys.addaudithook(hook)


def run_until(place: Path, step: int, stop: signal.Signals, arguments: list[str]) -> None:
    """Run the command line there, and send this process the signal at this step."""
    os.chdir(place)
    counted = count(1)

    def at_each() -> None:
        if next(counted) == step:
            os.kill(os.getpid(), stop)

    steps(place, at_each)
    os._exit(main([argument.replace("HERE", str(place)) for argument in arguments]))


def kill_everywhere(base: Path, arguments: list[str]) -> int:
    """Kill a turn at each step; the status of the last one, which was not killed."""
    for step in count(1):
        place = base / f"{step:03}"
        shutil.copytree(base / "start", place)
        child = os.fork()
        if not child:
            run_until(place, step, signal.SIGKILL, arguments)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status != -signal.SIGKILL:
            return status
    raise AssertionError


if __name__ == "__main__":
    place, *rest = sys.argv[1:]
    if rest[0] == "--hold":
        run_until(Path(place), int(rest[1]), signal.SIGSTOP, rest[2:])
    raise SystemExit(kill_everywhere(Path(place), rest))
