"""Compares what patterns and whole tokens open: containment and overlap, each with a proof."""

from st_tui.core.algebra.budget import Budget, TooComplex
from st_tui.core.algebra.containment import (
    Certificate,
    Judgement,
    contains,
    equivalent,
    no_folder_matches,
    overlaps,
)
from st_tui.core.algebra.product import Relation

__all__ = [
    "Budget",
    "Certificate",
    "Judgement",
    "Relation",
    "TooComplex",
    "contains",
    "equivalent",
    "no_folder_matches",
    "overlaps",
]
