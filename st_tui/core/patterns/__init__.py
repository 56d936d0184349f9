"""Path patterns, each compiled to a finite automaton; the answers are picomatch's."""

from st_tui.core.patterns.automaton import Automaton, code_units
from st_tui.core.patterns.literals import (
    FOLDER_CHARS,
    folder_prefix,
    is_plain,
    literal_folder,
    literal_prefix,
    literal_runs,
)
from st_tui.core.patterns.pattern import (
    Pattern,
    compile_cost,
    compile_pattern,
    pattern_or_none,
)
from st_tui.core.patterns.pattern_set import PatternSet
from st_tui.core.patterns.refusals import PatternRefused

__all__ = [
    "FOLDER_CHARS",
    "Automaton",
    "Pattern",
    "PatternRefused",
    "PatternSet",
    "code_units",
    "compile_cost",
    "compile_pattern",
    "folder_prefix",
    "is_plain",
    "literal_folder",
    "literal_prefix",
    "literal_runs",
    "pattern_or_none",
]
