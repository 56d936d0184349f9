"""A compiled pattern: its text, its parse tree, and its automaton.

For every pattern of the scope language (see `parser`) the answer is the one that picomatch gives
with `{strictSlashes: false}`, odd corners included; the tests hold it against picomatch.
"""

from __future__ import annotations

from typing import Final

from st_tui.core.patterns.automaton import code_units
from st_tui.core.patterns.cache import BoundedCache
from st_tui.core.patterns.construction import construct
from st_tui.core.patterns.literals import is_plain
from st_tui.core.patterns.parser import parse
from st_tui.core.patterns.pattern_set import PatternSet
from st_tui.core.patterns.refusals import PatternRefused
from st_tui.core.patterns.units import Segment

_REMEMBERED: Final = 2_048  # kilobytes of compiled patterns: about a thousand usual ones


class Pattern:
    """A compiled pattern; make it with `compile_pattern`.

    Raises PatternRefused outside the scope language.
    """

    __slots__ = ("_alone", "_segments", "automaton", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.automaton = construct(text, parse(text))
        self._alone = PatternSet((self,))
        self._segments: tuple[Segment, ...] | None = None

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"

    @property
    def is_plain(self) -> bool:
        """Whether it has no `*`, `?`, class or choice: it names one folder."""
        return is_plain(self.text)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Its parse tree (see `tree`), parsed at the first use: most patterns only match."""
        if self._segments is None:
            self._segments = parse(self.text)
        return self._segments

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
    return _COMPILED[text]


def pattern_or_none(text: str) -> Pattern | None:
    """The pattern compiled, or remembered; None if it is outside the scope language.

    Only a database that was made elsewhere holds such a pattern. It grants nothing.
    """
    try:
        return compile_pattern(text)
    except PatternRefused:
        return None


def compile_cost(text: str) -> int:
    """An estimate of how long compiling a text takes, in fifths of a microsecond.

    A class is dear, for it may name very many characters.
    """
    return 30 + 5 * len(text) + 60 * ("[" in text)


def _kilobytes(text: str) -> int:
    """About how much memory a compiled pattern takes, if no two of its characters are the same."""
    return 2 + len(text) ** 2 // 4_000


_COMPILED = BoundedCache(Pattern, _kilobytes, _REMEMBERED)
