"""The demo, run as ``python -m tests.tui.terminal.both_ways VAULT FILE``.

The file gets all that the app writes; the terminal gets what `ScreenDiff` makes of it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from textual.app import App
from textual.driver import Driver

from st_tui.tui.app import StTui
from st_tui.tui.terminal.detection import appearance
from st_tui.tui.terminal.safe_app import run


class Recorder(Driver):
    """Writes down what the app writes, before anything is made of it."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._record = open(sys.argv[2], "w", encoding="utf-8", newline="")  # noqa: SIM115

    def write(self, data: str) -> None:
        self._record.write(data)
        self._record.flush()
        super().write(data)  # type: ignore[safe-super]  # a real driver is below


class RecordedApp(StTui):
    """The app with the recorder in front of its driver."""

    def get_driver_class(self) -> type[Driver]:
        driver = super().get_driver_class()
        return type("Recorded", (Recorder, driver), {})


if __name__ == "__main__":
    looks = appearance(os.environ, "st-tui-dark")
    sys.exit(run(RecordedApp(Path(sys.argv[1]), looks, actor="operator")))
