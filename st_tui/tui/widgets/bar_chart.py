"""A row of bars, one character each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_BARS: Final = "▁▂▃▄▅▆▇█"
_ASCII: Final = "_.:-=+*#"
_NONE: Final = "·"


def bar_chart(counts: Sequence[int], *, ascii_only: bool = False) -> str:
    """A bar for each count, as high as it is among them; a dot for none.

    >>> bar_chart([0, 1, 4, 8])
    '·▁▄█'
    >>> bar_chart([0, 1, 4, 8], ascii_only=True)
    '·_-#'
    """
    bars = _ASCII if ascii_only else _BARS
    most = max(counts, default=0)
    return "".join(bars[-(-count * len(bars) // most) - 1] if count else _NONE for count in counts)
