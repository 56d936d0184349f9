"""A path pattern as a finite automaton, with the answers of picomatch."""

from st_tui.core.patterns.automaton import (
    Automaton,
    Pattern,
    PatternRefused,
    PatternSet,
    compile_pattern,
)
from st_tui.core.patterns.literals import (
    FOLDER_CHARS,
    folder_prefix,
    is_plain,
    literal_prefix,
    literal_runs,
)

__all__ = [
    "FOLDER_CHARS",
    "Automaton",
    "Pattern",
    "PatternRefused",
    "PatternSet",
    "compile_pattern",
    "folder_prefix",
    "is_plain",
    "literal_prefix",
    "literal_runs",
]
