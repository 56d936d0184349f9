"""`demo`, and `st-tui` alone: open the app on a demo project, or on the vault."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from tempfile import gettempdir
from types import FrameType

import click

from st_tui.cli.command import BadUsage, Command
from st_tui.cli.open_vault import open_vault, os_user, refuse_project, stated_vault, vault_directory
from st_tui.core.files import written_aside
from st_tui.core.files.vault_layout import has_database, holds_others

_THROWN_AWAY = "st-tui-demo-"
"""The beginning of the name of a throw-away demo's directory.

It is deleted when the app ends. One that was left behind is deleted by the next demo.
"""


def open_app() -> int:
    """Open the app on the vault. Returns the exit status."""
    return _run(vault_directory(), demo=False)


@click.command(cls=Command)
@click.option("--stage", is_flag=True, help="Show the verdict large, for an audience.")
@click.option("--step", type=int, metavar="N", help="Begin the tour at this step, counted from 1.")
def demo(stage: bool, step: int | None) -> int:
    """Open the app on a demo project.

    The demo is thrown away at the end, or kept in the directory that --vault names: a new or empty
    one, or one that holds a demo already.
    """
    if step is not None:
        _require_step(step)
    directory = stated_vault()  # ST_TUI_VAULT does not count: it names the person's real vault.
    if directory is not None:
        _require_room_for_demo(directory)
        return _run(directory, demo=True, stage=stage, step=step)
    # A closed terminal or a `kill` must not leave the directory behind.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    folder = _room_to_throw_away()
    written_aside.clear(folder, _THROWN_AWAY)
    with written_aside.draft(folder, _THROWN_AWAY) as directory:
        directory.mkdir(mode=0o700)
        return _run(directory, demo=True, stage=stage, step=step)


def _room_to_throw_away() -> Path:
    """Where a demo is made that is thrown away: in memory, or where TMPDIR says.

    On a disk each file of the vault waits until it is written there for good.
    """
    in_memory = Path("/dev/shm")  # noqa: S108  # a directory is made there, with a name of its own
    if "TMPDIR" not in os.environ and os.access(in_memory, os.W_OK | os.X_OK):
        return in_memory
    return Path(gettempdir())


def _run(directory: Path, *, demo: bool, stage: bool = False, step: int | None = None) -> int:
    refuse_project("The app takes no --project: choose the project in it.")
    from st_tui.tui import run

    return run(directory, actor=os_user(), demo=demo, stage=stage, step=step)


def _require_step(step: int) -> None:
    from st_tui.demo.tour import TOUR

    if not 1 <= step <= len(TOUR):
        raise BadUsage(f"The tour has {len(TOUR)} steps: give --step a number from 1 to that.")


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _require_room_for_demo(directory: Path) -> None:
    if not has_database(directory):
        if directory.exists() and (not directory.is_dir() or holds_others(directory)):
            raise BadUsage(f"{directory} holds other files: name a new or an empty directory.")
        return
    from st_tui.demo import SLUG

    with open_vault(sweep=False) as vault:
        slugs = [project.slug for project in vault.projects.every()]
    # Without a project: a demo was killed while it was made.
    if slugs not in ([SLUG], []):
        raise BadUsage(
            f"{directory} holds a vault that is no demo: name a new or an empty directory."
        )
