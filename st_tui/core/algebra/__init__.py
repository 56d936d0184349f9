"""What patterns and whole tokens open beside each other: containment and overlap, proved."""

from st_tui.core.algebra.containment import (
    FOLDER_CHARS,
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
    "FOLDER_CHARS",
    "Answer",
    "Relation",
    "TooComplex",
    "Work",
    "contains",
    "equivalent",
    "no_folder_matches",
    "overlaps",
]
