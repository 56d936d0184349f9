"""Who can reach a path or a pattern, over very many tokens."""

from st_tui.core.reach.answers import Reaching, ReachingToken, ReachingTokens
from st_tui.core.reach.index import (
    ReachIndex,
    ScopeIndex,
    ScopeLists,
    bitmap_of_reaching,
    build_index,
    is_living,
    reaching_within,
    who,
    who_within,
)

__all__ = [
    "ReachIndex",
    "Reaching",
    "ReachingToken",
    "ReachingTokens",
    "ScopeIndex",
    "ScopeLists",
    "bitmap_of_reaching",
    "build_index",
    "is_living",
    "reaching_within",
    "who",
    "who_within",
]
