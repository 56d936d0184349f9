"""Text in the cells of a terminal, as wide as Rich measures it: an emoji or a 漢 takes two."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from st_tui.core.plain_text import shown


def cut(text: str, width: int) -> str:
    """Text in at most this many cells, with an ellipsis where some is left out.

    Control characters are written out, and blanks at its end left out.
    """
    text = shown(text)
    if cell_len(text) > width:
        return set_cell_size(set_cell_size(text, max(width - 1, 0)) + "…", width)
    return text.rstrip()


def column(text: str, width: int) -> str:
    """Text in exactly this many cells: cut, or filled up with blanks."""
    return set_cell_size(cut(text, width), width)
