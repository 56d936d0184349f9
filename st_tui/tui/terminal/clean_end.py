"""A driver that leaves the terminal clean, and survives losing it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, TextIO, cast

from textual.app import App
from textual.driver import Driver

WIPE = "\x1b[999;999H\x1b[1J\x1b[H"
"""Erases the screen from its end backwards. Erased from its start, tmux keeps it in its history."""


class CleanEnd(Driver):
    """Mixed in above a real driver: it erases the screen at the end, and bears a lost line.

    GNU screen (by default) and the Linux console have no alternate screen. There the last picture,
    perhaps with a new token in it, would stay above the prompt.

    When the line drops, a write fails. Textual's writer thread would die of that, and the app would
    wait for ever to hand it a 31st piece. So a failed write is ignored: nobody is there to read it.
    """

    _file: TextIO

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._file = cast(TextIO, LossyFile(self._file))

    def stop_application_mode(self) -> None:
        self.write(WIPE)
        super().stop_application_mode()  # type: ignore[safe-super]  # a real driver is below


class LossyFile:
    """A terminal's file, as far as Textual's writer thread uses it, whose writes never fail."""

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
