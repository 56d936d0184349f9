"""How the test-access pane uses the room that it has."""

from __future__ import annotations

from textual.geometry import Size

_LOW = 14
"""Lines below which the pane has no tree: it stands below a list, or fills a small screen."""
_CONTEXT = 8
"""Lines from which on a low pane says what is next to the path, too."""
_ONE_LINE = 72
"""Columns from which on the whole request fits into a line."""
_MOST_VERDICT = 11


def is_low(size: Size) -> bool:
    """Whether the lines stand close together, and no tree is shown."""
    return size.height < _LOW


def has_context(size: Size) -> bool:
    """Whether there is room for what is next to the path, the reach, and the command."""
    return size.height >= _CONTEXT


def is_on_one_line(size: Size) -> bool:
    """Whether the request takes one line, or two."""
    return is_low(size) and size.width >= _ONE_LINE


def verdict_height(size: Size) -> int:
    """Lines for the verdict. If they depended on its text, each key would lay out the screen."""
    if is_low(size):
        others = 2 + (not is_on_one_line(size)) + 3 * has_context(size)
        return max(size.height - others, 1)
    return max(min(8 + (size.height - 26) // 2, _MOST_VERDICT), 5)
