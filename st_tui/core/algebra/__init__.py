"""What patterns and whole tokens open beside each other: containment and overlap, proved."""

from st_tui.core.algebra.containment import (
    Answer,
    Relation,
    TooComplex,
    Work,
    contains,
    equivalent,
    no_folder_matches,
    overlaps,
)

__all__ = [
    "Answer",
    "Relation",
    "TooComplex",
    "Work",
    "contains",
    "equivalent",
    "no_folder_matches",
    "overlaps",
]
