"""Warnings about a draft of a token."""

from st_tui.core.lint.drafts import (
    MANY_USES,
    Places,
    lint,
    lint_each,
    opens_nothing,
    writers_of,
)

__all__ = [
    "MANY_USES",
    "Places",
    "lint",
    "lint_each",
    "opens_nothing",
    "writers_of",
]
