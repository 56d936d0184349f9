"""A screen with another layout where it is narrow, from its first frame on."""

from __future__ import annotations

from textual import events
from textual.screen import Screen, ScreenResultType

WIDE = 100
"""Columns from which on a list and the test-access pane fit beside each other."""
_WIDER = 120


class Responsive(Screen[ScreenResultType]):
    """Has the CSS class `-narrow` below `WIDE` columns, and `-wider` from 120 on.

    It has them before it is laid out. Textual's own breakpoints come after the first frame, and
    have the screen painted twice.
    """

    def on_compose(self) -> None:
        self._fit(self.app.size.width)

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size.width)

    def _fit(self, width: int) -> None:
        self.set_class(width < WIDE, "-narrow")
        self.set_class(width >= _WIDER, "-wider")
