"""A screen that looks otherwise where it is narrow, from its first frame on."""

from __future__ import annotations

from textual import events
from textual.screen import Screen, ScreenResultType

WIDE = 100
"""Columns from which on there is room for two things beside each other."""
_WIDER = 120


class Responsive(Screen[ScreenResultType]):
    """Has the class `-narrow` below `WIDE` columns, and `-wider` where there is much room.

    Before the screen is laid out: Textual's own breakpoints come after it was painted, and have it
    painted again.
    """

    def on_compose(self) -> None:
        self._fit(self.app.size.width)

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size.width)

    def _fit(self, width: int) -> None:
        self.set_class(width < WIDE, "-narrow")
        self.set_class(width >= _WIDER, "-wider")
