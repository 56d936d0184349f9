"""Where toasts stand: beside what has to be read, never over it."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen
from textual.widget import Widget

_RACK = "ToastRack"
"""Textual's holder of a screen's toasts, at the screen's bottom. A test without toasts has none."""

_HINTS = 1
"""Rows of a page's hints, its last."""

_LONG = 3
"""Rows of a long toast in a dialog."""


def stand_above(rows: int, screen: Screen[Any]) -> None:
    """Let toasts stand above `rows` that lie on the page's hints."""
    for rack in screen.query(_RACK):
        rack.styles.margin = (0, 0, rows + _HINTS, 0)


def stand_below(box: Widget) -> None:
    """Let the newest toast stand below a box in the middle of its screen."""
    screen = box.screen
    rows = (screen.size.height - box.outer_size.height) // 2
    hints = _HINTS if rows >= _HINTS + _LONG else 0
    for rack in screen.query(_RACK):
        rack.styles.margin = (0, 0, hints, 0)
        # Where a box fills its screen, a toast takes the box's last line: a border.
        rack.styles.max_height = max(rows - hints, 1)
