"""A compiled pattern: its text, its parse tree, and its automaton.

For every pattern of the scope language (see `parser`) the answer is the one that picomatch gives
with `{strictSlashes: false}`, odd corners included; the tests hold it against picomatch.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from st_tui.core.patterns.automaton import code_units
from st_tui.core.patterns.construction import construct
from st_tui.core.patterns.parser import parse
from st_tui.core.patterns.pattern_set import PatternSet

_REMEMBERED_PATTERN: Final = 100  # longest pattern of which many are kept


class Pattern:
    """A compiled pattern; make it with `compile_pattern`.

    `segments` is its parse tree (see `tree`). Raises PatternRefused outside the scope language.
    """

    __slots__ = ("_alone", "automaton", "segments", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.segments = parse(text)
        self.automaton = construct(text, self.segments)
        self._alone = PatternSet((self,))

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"

    @property
    def is_plain(self) -> bool:
        """Whether it has no `*`, `?`, class or choice: it names one folder."""
        return all(unit.is_literal for segment in self.segments for unit in segment)

    def matches(self, path: str) -> bool:
        """Whether a path matches."""
        return self._alone.first(path) is not None

    def stopped_at(self, path: str) -> int | None:
        """Where the path leaves the pattern: the index of a path segment; None if it matches.

        The segments are those of the path without its leading slash; "/" has none. The answer is
        the first segment such that no path beginning with the segments up to it can match, or the
        number of segments if the path ended too early.
        """
        if self.matches(path):
            return None
        if not path.startswith("/"):
            return 0
        names = path[1:].split("/") if path != "/" else []
        ends = self.automaton.read(self.automaton.start, "")
        for index, name in enumerate(names):
            ends = self.automaton.read(ends, code_units(name))
            if not ends:
                return index
        return len(names)


def compile_pattern(text: str) -> Pattern:
    """The pattern compiled, or remembered; PatternRefused if it is outside the scope language."""
    return _kept(text) if len(text) <= _REMEMBERED_PATTERN else _long_kept(text)


# A pattern of 1,000 different characters takes a quarter of a MiB.
_kept = lru_cache(maxsize=1_024)(Pattern)
_long_kept = lru_cache(maxsize=32)(Pattern)
