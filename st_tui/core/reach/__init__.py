"""Who can reach a path or a pattern, over very many tokens."""

from st_tui.core.reach.index import (
    Reach,
    index,
    reaching,
    who,
    who_within,
)

__all__ = [
    "Reach",
    "index",
    "reaching",
    "who",
    "who_within",
]
