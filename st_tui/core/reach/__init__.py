"""Who can reach a path or a pattern, over very many tokens."""

from st_tui.core.reach.answers import ReachingToken, ReachingTokens
from st_tui.core.reach.index import (
    ReachIndex,
    bitmap_of_reaching,
    build_index,
    who,
    who_within,
)

__all__ = [
    "ReachIndex",
    "ReachingToken",
    "ReachingTokens",
    "bitmap_of_reaching",
    "build_index",
    "who",
    "who_within",
]
