"""Find which of very many stored patterns overlap one query pattern, with a witness on request.

Two patterns overlap if some folder's path matches both; such a path is a witness. For one pair
`algebra.overlaps` finds it by a product construction: it runs both automata at once, over pairs of
states. For 200,000 stored patterns, one after the other, that takes half a minute. But most stored
patterns differ from many others in one literal only. This module does the work once for all that
differ only so.

**Templates.** When the stored patterns are loaded, each is split into a literal, which is one
stretch of it without wildcards, and a template, which is the pattern with a hole (□) in its place.

    stored           literal        template
    /team7/db/**     /team7/db      □/**
    /team8/db/**     /team8/db      □/**
    /team7/log-*     /team7/log-    □*
    /*-7/**/log      -7             /*□/**/log
    /*-8/**/log      -8             /*□/**/log

The literal is all that stands before the first wildcard. If the first folder's name has no such
beginning, as in the last two rows, it is another stretch: the one whose template is shared by the
most of these patterns. (Split at `/log`, the last two would have different templates.)

**Comparing.** Go through a stored pattern from left to right and keep the active set: all states
that the query's automaton can be in after some path that the stored pattern so far matches. It is
kept as the bits of one int (see `patterns.automaton`).

1. Up to the hole, once for each text before a hole. If that text is empty, as for most templates,
   this is the query's start set. If not, a product construction of the text and the query collects
   every state that the query can be in where the hole begins.
2. Through the literal, for every stored pattern, character by character. A table at each active
   set holds the next set for each character, so a step that was taken before is one look-up. (This
   is the lazy subset construction: the query's automaton is made deterministic as far as it is
   used.) If the set becomes empty, the two do not overlap.
3. Behind the hole, once for each pair of active set and template. Whether a path can be completed
   depends only on these two, so all stored patterns with the same pair have the same verdict. The
   first of them is compared whole, by `algebra.overlaps`.

Steps 1 and 3 are slow but rare; step 2 is quick.

Example: after `/team7/db` and after `/team8/db` the query `/*/db` has the same active set, that of
its last state. So the verdict on `/team7/db/**` holds for `/team8/db/**`, and for a thousand more.

**Witnesses.** If a template begins with its hole, a witness is the literal followed by an end. The
end is what follows the literal in the witness of the first pattern with the same pair; it is the
same for all of them. In the example the end is empty, as `/**` also matches nothing: the witnesses
are `/team7/db` and `/team8/db`. For other templates `algebra.overlaps` searches for the witness of
each pattern by itself, when that witness is asked for.

All this is remembered for one query, up to `_REMEMBERED` sets and pairs; then it is forgotten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from itertools import chain, repeat
from operator import attrgetter
from typing import Final

from st_tui.core.algebra import TooComplex, overlaps
from st_tui.core.patterns import (
    FOLDER_CHARS,
    Pattern,
    code_units,
    compile_pattern,
    folder_prefix,
    literal_runs,
    pattern_or_none,
)
from st_tui.core.patterns.refusals import MAX_CODE_UNITS

_HOLE: Final = "\ue000"
"""Is written where the hole is: no folder's name has this character."""
_REMEMBERED: Final = 5_000
"""How many active sets and compared pairs one query remembers."""


class Template:
    """What some patterns have in common: all but one literal.

    `before` is the text before the hole. `key` tells templates apart. `text` is a pattern of this
    template, with a short literal. `continues_name` says that the name in which the literal ends
    goes on behind the hole, as in `□*/db`.
    """

    __slots__ = ("_pattern", "_sample", "before", "continues_name", "key", "text")

    def __init__(self, key: str, before: str, literal: str, after: str) -> None:
        self.key = key
        self.before = before
        self.continues_name = after[:1] not in ("", "/")
        # Any literal will do as a sample, but not an empty one: after the root `**` differs.
        self._sample = literal and ("a" if before else "/a")
        self.text = before + self._sample + after
        self._pattern: Pattern | None = None

    def matches(self, rest: str) -> bool:
        """Whether a pattern of this template matches the path that is its literal and this rest.

        Only for a template that begins with its hole.
        """
        if self._pattern is None:
            self._pattern = pattern_or_none(self.text)
        return self._pattern is not None and self._pattern.matches(self._sample + rest)


class SplitPattern:
    """A pattern as its template and the literal that fills the hole."""

    __slots__ = ("literal", "template", "text")

    def __init__(self, text: str, literal: str, template: Template) -> None:
        self.text = text
        self.literal = literal
        self.template = template

    @property
    def begins_with_literal(self) -> bool:
        """Whether the literal is what the pattern begins with: its folder prefix."""
        return bool(self.literal) and not self.template.before

    def matches(self, path: str) -> bool:
        """Whether the pattern matches a path.

        If the pattern begins with its literal, so must the path: that is not looked at again.
        """
        if self.template.before:
            pattern = pattern_or_none(self.text)
            return pattern is not None and pattern.matches(path)
        return self.template.matches(path[len(self.literal) :])


class Templates:
    """The templates of some patterns, each made once."""

    def __init__(self) -> None:
        self._made: dict[str, Template] = {}

    def split(self, texts: Iterable[str]) -> Iterator[SplitPattern]:
        """Each pattern as literal and template; without a literal to take out it is empty.

        Nothing is taken out of a pattern that is too long. So a pattern is outside the scope
        language if and only if its template's `text` is.
        """
        without_prefix = {}
        for text in texts:
            if prefix := _prefix(text):
                yield self._pattern(text, "", text[len(prefix) :])
            else:
                without_prefix[text] = _surroundings(text)
        shared_by = Counter(chain.from_iterable(without_prefix.values()))
        for text, around in without_prefix.items():
            yield self._pattern(text, *max(around, key=shared_by.__getitem__, default=("", text)))

    def _pattern(self, text: str, before: str, after: str) -> SplitPattern:
        literal = text[len(before) : len(text) - len(after)]
        key = f"1{before}\0{after}" if literal else f"0{text}"
        template = self._made.get(key)
        if template is None:
            template = self._made[key] = Template(key, before, literal, after)
        return SplitPattern(text, literal, template)


def _prefix(text: str) -> str:
    return "" if len(code_units(text)) > MAX_CODE_UNITS else folder_prefix(text)


def _surroundings(text: str) -> list[tuple[str, str]]:
    """The text before and after each literal run that could become the hole."""
    if len(code_units(text)) > MAX_CODE_UNITS or _HOLE in text or text[:1] != "/":
        return []
    return [(text[:start], text[end:]) for start, end in literal_runs(text)]


def possible_prefixes(path: str) -> list[str]:
    """Every folder prefix that a pattern matching the path can have, the shortest first."""
    prefix = folder_prefix(path)[:MAX_CODE_UNITS]
    return [prefix[:end] for end in range(len(prefix) + 1)]


class ActiveSet(dict[str, "ActiveSet"]):
    """The states of the query's automaton that are active after some text.

    As a dict it has the next active set for each character that was read from here.

    `verdicts` has, by a template's key, whether its patterns overlap the query if their literals
    lead here. `ends` and `ends_in_name` have, by the same key, the end of the witness behind the
    literal; None if there is no witness. `is_fixed_in_name` says that whatever goes on with the
    name leads back here; None: not yet known.
    """

    __slots__ = ("ends", "ends_in_name", "is_fixed_in_name", "query", "states", "verdicts")

    def __init__(self, query: Query, states: int, ends: dict[str, str | None]) -> None:
        self.query = query
        self.states = states
        self.is_fixed_in_name: bool | None = None
        self.verdicts: dict[str, bool] = {}
        # Shared by all sets with the same ends of segments: where the name ends after the literal,
        # no other state matters.
        self.ends = ends
        self.ends_in_name: dict[str, str | None] = {}

    def __missing__(self, char: str) -> ActiveSet:
        return self.query.advance(self, char)


class _Unknown(ActiveSet):
    """An active set that is not known: the product up to the hole was too complex.

    Behind such a hole each pattern is compared by itself.
    """

    def __missing__(self, char: str) -> ActiveSet:
        return self


class _SetsAtHole(dict[str, ActiveSet]):
    """The query's active set at the hole, by the text before the hole."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def __missing__(self, before: str) -> ActiveSet:
        active = self[before] = self._query.at_hole(before)
        return active


_next_set = ActiveSet.__getitem__
_verdicts_of = attrgetter("verdicts")


class Query:
    """A pattern that is compared with many stored patterns; made by `query_for`."""

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self._automaton = pattern.automaton
        self._forget()

    def active_set(self, before: str, literal: str) -> ActiveSet:
        """The active set after the text before a hole and the literal in it."""
        return reduce(_next_set, literal, self._at_hole[before])

    def active_sets(self, active: ActiveSet, literals: Iterable[str]) -> list[ActiveSet]:
        """The active set after each of these literals, all beginning at the same set."""
        return list(map(reduce, repeat(_next_set), literals, repeat(active)))

    def is_fixed(self, active: ActiveSet, *, in_name: bool) -> bool:
        """Whether any further text leads back to this active set; `in_name`: text without a slash.

        After `/own/` the query `/own/*` stays at its `*` whatever the name.
        """
        if isinstance(active, _Unknown):
            return False
        if active.is_fixed_in_name is None:
            states = active.states
            following = (self._automaton.advance(states, char) for char in FOLDER_CHARS)
            active.is_fixed_in_name = all(after == states for after in following)
        return active.is_fixed_in_name and (in_name or active["/"].states == active.states)

    def known_verdicts(
        self, active: Iterable[ActiveSet], template_keys: Iterable[str]
    ) -> list[bool | None]:
        """The verdict of each pair of active set and template; None: not yet known."""
        return list(map(dict.get, map(_verdicts_of, active), template_keys))

    def overlaps(self, active: ActiveSet, pattern: SplitPattern) -> bool:
        """Whether a pattern whose literal led to this active set overlaps. Raises TooComplex."""
        if isinstance(active, _Unknown):
            return self._compare(pattern) is not None
        end = self._witness_end(active, pattern) if active.states else None
        verdict = active.verdicts[pattern.template.key] = end is not None
        return verdict

    def witness(self, pattern: SplitPattern) -> str | None:
        """The shortest path that both match; None if there is none. Raises TooComplex.

        Where one exists but would take too long to find, the query's own text stands for it.
        """
        active = self.active_set(pattern.template.before, pattern.literal)
        if not pattern.template.before:
            end = self._witness_end(active, pattern) if active.states else None
            return None if end is None else pattern.literal + end
        if not self.overlaps(active, pattern):
            return None
        compiled = compile_pattern(pattern.text)
        try:
            return overlaps([self._pattern], [compiled]).witness
        except TooComplex:
            # A shorter pattern of the same template has proved that there is a witness.
            return self._pattern.text

    def _witness_end(self, active: ActiveSet, pattern: SplitPattern) -> str | None:
        """The end of the witness behind the literal; None if there is no witness."""
        template = pattern.template
        ends = active.ends_in_name if template.continues_name else active.ends
        if template.key not in ends:
            ends[template.key] = self._compare(pattern)
        return ends[template.key]

    def _compare(self, pattern: SplitPattern) -> str | None:
        """Compare this one pattern: the witness without its first `len(literal)` characters."""
        compiled = pattern_or_none(pattern.text)
        if compiled is None:
            return None
        try:
            witness = overlaps([self._pattern], [compiled]).witness
        except TooComplex as refused:
            texts = f"{self._pattern.text[:80]} beside {pattern.text[:80]}"
            raise TooComplex(f"{texts}: {refused}") from refused
        self._make_room()
        return None if witness is None else witness[len(pattern.literal) :]

    def advance(self, active: ActiveSet, char: str) -> ActiveSet:
        """The active set after one more character of a folder's path."""
        automaton = self._automaton
        if char == "/":
            states = automaton.enter(active.states & automaton.ends)
        else:
            states = automaton.advance(active.states, char)
        following = active[char] = self._set_of(states)
        return following

    def at_hole(self, before: str) -> ActiveSet:
        """The query's states that can be active where a hole begins, by the text before it."""
        automaton = self._automaton
        if not before:
            return self._set_of(automaton.read(automaton.start, ""))
        holed = pattern_or_none(before + _HOLE)
        if holed is None:
            return self._set_of(0)
        # The state before the hole is the one that only the hole's own character passes.
        (passed, _), (passed_by_any, _) = holed.automaton.steps[_HOLE], holed.automaton.other_step
        hole = passed & ~passed_by_any
        try:
            proof = overlaps([self._pattern], [holed]).certificate
        except TooComplex:
            return _Unknown(self, 0, {})
        # No folder's path has the hole's character, so the two do not overlap. The certificate of
        # that lists every state of their product. Wanted are the query's states in those product
        # states where the other pattern stands before its hole.
        states = 0
        for state in proof.states if proof else ():
            [(_, ours)], [(_, theirs)] = state.left, state.right
            states |= ours if theirs & hole else 0
        return self._set_of(states)

    def _set_of(self, states: int) -> ActiveSet:
        active = self._sets.get(states)
        if active is None:
            self._make_room()
            ends = self._ends.setdefault(states & self._automaton.ends, {})
            active = self._sets[states] = ActiveSet(self, states, ends)
        return active

    def _make_room(self) -> None:
        """Count one more thing to remember; beyond the limit everything is forgotten."""
        self._room -= 1
        if self._room <= 0:
            self._forget()

    def _forget(self) -> None:
        self._room = _REMEMBERED
        self._sets: dict[int, ActiveSet] = {}
        self._ends: dict[int, dict[str, str | None]] = {}
        self._at_hole = _SetsAtHole(self)


@lru_cache(maxsize=16)
def query_for(text: str) -> Query:
    """The query for a pattern, with all that it remembers. Raises PatternRefused."""
    return Query(compile_pattern(text))
