"""A driver that sends only the cells of the screen that changed.

Textual repaints by widget: several kB for one key, which is felt over SSH. This driver keeps a
shadow of the screen, and sends of each frame only the cells that differ from the shadow.

A secret is in the shadow no longer than on the screen: the same frame writes over both.
"""

from __future__ import annotations

import re
from typing import Any, Final

from textual.app import App
from textual.driver import Driver
from textual.geometry import Size

from st_tui.tui.terminal.shadow import Shadow

SYNC_START: Final = "\x1b[?2026h"
SYNC_END: Final = "\x1b[?2026l"

_HARMLESS: Final = re.compile(
    r"\x07"
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1016|2004|2048)[hl]"  # modes of input and cursor
    r"|\x1b\[\?\d+\$p|\x1b\[>\d*u|\x1b\[<u"  # queries, the Kitty keyboard
    r"|\x1b\](?:22|52);[^\x00-\x1f]*(?:\x07|\x1b\\)"  # the pointer's shape, the clipboard
)
"""What leaves cells, cursor and styles alone, so that the shadow stays true."""


class ScreenDiff(Driver):
    """Mixed in above a real driver: it sends changes only."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._held = ""
        """The start of a synchronised update, which may turn out to be empty."""
        self.forget_screen()

    def forget_screen(self) -> None:
        """Send all of the next frame: something else may stand on the screen."""
        self._shadow = Shadow(Size(0, 0))

    def resize_screen(self, size: Size) -> None:
        """Forget what a terminal of another size shows.

        Nothing is forgotten for the size that is known already. When the app starts, that comes a
        second time, behind the first frame.
        """
        if size != self._shadow.size:
            self._shadow = Shadow(size)

    def write(self, data: str) -> None:
        if data == SYNC_START:
            self._held = data
        elif data == SYNC_END and self._held:
            self._held = ""
        elif data == SYNC_END or _HARMLESS.fullmatch(data):
            # Perhaps from the thread that reads the keys: this touches no state.
            super().write(data)  # type: ignore[safe-super]  # a real driver is below
        elif changes := self._changes(data):
            changes, self._held = self._held + changes, ""
            super().write(changes)  # type: ignore[safe-super]

    def stop_application_mode(self) -> None:
        self._held = ""
        super().stop_application_mode()  # type: ignore[safe-super]
        self.forget_screen()

    def _changes(self, data: str) -> str:
        self.resize_screen(self._app.size)
        shadow = self._shadow
        changes = shadow.update(data)
        if changes is None or shadow is not self._shadow:  # a signal suspended the app meanwhile
            self.forget_screen()
            return data
        return changes
