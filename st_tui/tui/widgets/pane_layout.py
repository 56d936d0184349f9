"""How the test-access pane uses the room that it has."""

from __future__ import annotations

from textual.geometry import Size

from st_tui.tui.widgets.near_misses import MOST_LINES_BELOW

MOST_LINES = 16
"""The most lines that a verdict gets."""
AROUND = 2
"""Lines above and below the pane: that of the title and that of the hints."""

_WIDE = 60
"""Columns from which on two lines are enough for the reasons of most denials."""
_TWO_FIELDS = 76
"""Columns from which on two fields of the request fit into a line."""
_BROAD = 48
"""Columns from which on one line is enough for most scopes and what became of them."""
_SHORT = 24
"""Lines below which the only blank ones are around the verdict."""


def is_short(size: Size) -> bool:
    """Whether every line counts."""
    return size.height < _SHORT


def is_paired(size: Size) -> bool:
    """Whether two fields of the request stand in a line."""
    return is_short(size) and size.width >= _TWO_FIELDS


def reasons_height(columns: int) -> int:
    """Lines that are kept for the reasons of a denial."""
    return 2 if columns >= _WIDE else 3


def verdict_height(columns: int, scopes: int) -> int:
    """Lines for the verdict. If they depended on its text, each key would lay out the screen."""
    each = 1 if columns >= _BROAD else 2
    return min(1 + reasons_height(columns) + MOST_LINES_BELOW + scopes * each, MOST_LINES)
