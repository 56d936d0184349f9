"""Warnings about tokens and drafts of tokens."""

from st_tui.core.lint.scopes import FolderPaths, why_opens_nothing
from st_tui.core.lint.tokens import MANY_USES, lint, lint_each, writers_of
from st_tui.core.lint.warnings import Fix, Kind, LintWarning, Way

__all__ = [
    "MANY_USES",
    "Fix",
    "FolderPaths",
    "Kind",
    "LintWarning",
    "Way",
    "lint",
    "lint_each",
    "why_opens_nothing",
    "writers_of",
]
