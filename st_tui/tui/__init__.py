"""The terminal app: `run` opens it."""

from __future__ import annotations

import gc
import os
import sys
from functools import partial
from pathlib import Path


def run(
    directory: Path, *, actor: str, demo: bool, stage: bool = False, step: int | None = None
) -> int:
    """Open the app on a vault; the status to exit with.

    With `demo`, the vault is filled with the documentation's examples after the first frame.
    `stage` shows the verdict large, and `step` begins the tour there, counted from 1. Where no app
    can be shown, one sentence on stderr names a command instead, and the status is 2.
    """
    from st_tui.tui.terminal.detection import appearance, forget_debug_switches, refusal

    cause = refusal(
        os.environ,
        stdin_tty=sys.stdin.isatty(),
        stdout_tty=sys.stdout.isatty(),
        stderr_tty=sys.stderr.isatty(),
    )
    if cause is not None:
        print(cause, file=sys.stderr)
        return 2
    forget_debug_switches(os.environ)

    # Imports make many objects and no garbage: to look for some takes a twentieth of their time.
    gc.disable()
    from st_tui.tui.app import StTui
    from st_tui.tui.host import Opening
    from st_tui.tui.settings import NAMES
    from st_tui.tui.settings_file import SettingsFile
    from st_tui.tui.terminal.crash import guard
    from st_tui.tui.terminal.safe_app import run as run_app

    gc.enable()
    gc.freeze()
    # A frame makes thousands of objects, and hardly any that refer to each other in a circle.
    gc.set_threshold(20_000)

    guard()
    # A demo looks as its presenter likes it, and remembers no more: what it shows is not theirs.
    kept = SettingsFile(_settings_path(), ("theme",) if demo else NAMES)
    looks = appearance(os.environ, kept.settings.theme_name)
    make_demo = partial(_make_demo, actor) if demo else None
    app = StTui(
        directory,
        looks,
        actor=actor,
        make_demo=make_demo,
        settings_file=kept,
        opening=Opening(stage, step),
    )
    return run_app(app)


def _settings_path() -> Path:
    from platformdirs import user_config_path

    return user_config_path("st-tui") / "config.toml"


def _make_demo(actor: str, directory: Path) -> None:
    from st_tui.demo import is_demo, make

    if not is_demo(directory):
        make(directory, actor=actor)
