"""A driver that gives the terminal back clean, and survives losing it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, TextIO, cast

from textual.app import App
from textual.driver import Driver

WIPE = "\x1b[999;999H\x1b[1J\x1b[H"
"""Erases from the end backwards: tmux copies a screen that is erased from its start to history."""


class CleanEnd(Driver):
    """What a driver needs besides to give the terminal back, or to do without one.

    GNU screen (by default) and the Linux console have no alternate screen: there the last picture,
    perhaps with a new token in it, would stay above the prompt, so it is erased.

    When the line drops, writing fails; Textual's writer thread dies of that, and the app then waits
    for ever to hand it the 31st piece. So a failed write is let go: nobody is there to read it.
    """

    _file: TextIO

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._file = cast(TextIO, LossyFile(self._file))

    def stop_application_mode(self) -> None:
        self.write(WIPE)
        super().stop_application_mode()  # type: ignore[safe-super]  # a real driver is below


class LossyFile:
    """As much of a terminal's file as Textual's writer thread uses, deaf to its loss."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()
