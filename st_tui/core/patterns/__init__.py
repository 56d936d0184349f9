"""A path pattern as a finite automaton, with the answers of picomatch."""

from st_tui.core.patterns.automaton import (
    Automaton,
    Pattern,
    PatternRefused,
    PatternSet,
    compile_pattern,
    plain_beginning,
)

__all__ = [
    "Automaton",
    "Pattern",
    "PatternRefused",
    "PatternSet",
    "compile_pattern",
    "plain_beginning",
]
