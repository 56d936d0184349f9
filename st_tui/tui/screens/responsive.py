"""A screen with another layout where it is narrow, from its first frame on."""

from __future__ import annotations

from textual import events
from textual.geometry import Size
from textual.screen import Screen, ScreenResultType

WIDE = 100
"""Columns from which on a list and the test-access pane fit beside each other."""
_WIDER, _WIDEST = 120, 150
_SHORT = 22
"""Lines below which every one counts."""


class Responsive(Screen[ScreenResultType]):
    """Has the CSS class `-narrow` below `WIDE` columns, `-wider` from 120 and `-widest` from 150
    on, and `-short` below 22 lines.

    It has them before it is laid out. Textual's own breakpoints come after the first frame, and
    have the screen painted twice.
    """

    def on_compose(self) -> None:
        self._fit(self.app.size)

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        self.set_class(size.width < WIDE, "-narrow")
        self.set_class(size.width >= _WIDER, "-wider")
        self.set_class(size.width >= _WIDEST, "-widest")
        self.set_class(size.height < _SHORT, "-short")
