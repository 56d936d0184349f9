"""Which of very many stored patterns overlap one query pattern, and at which path.

The answer for each pattern is that of `algebra.overlaps`. Asked for each pair it would take one
product construction a pattern; here it takes one for each way in which the patterns really differ.

**Templates.** Most stored patterns differ only in one literal. A pattern with its literal taken out
is its template, and the gap is the hole, written □ here:

    /team7/db/**     literal /team7/db     template □/**
    /team8/db/**     literal /team8/db     template □/**
    /*-7/**/log      literal -7            template /*□/**/log

The literal is the pattern's folder prefix. A pattern without one, which begins with a wildcard, has
a choice of literal runs: of these it is the one whose template most such patterns share.

**Three steps.** The active set is the set of states in which the query's Glushkov automaton can
be after some text: one int, a bit for a state. For each pattern it is followed

1. to the hole. What precedes the hole is the same for all patterns of a template, so this is done
   once for them: by a product construction of the query and the text before the hole.
2. through the literal, one mask and shift a character. Each active set remembers where each
   character led: together they are the query's deterministic automaton, built as far as it is used.
3. to a verdict. It depends on nothing but the active set and the template, so the first pattern
   that comes to such a pair is compared by `algebra.overlaps`, and the others take its verdict.

Example: the query is `/*/db`. Nothing precedes the hole of `□/**`. Through `/team7/db` and through
`/team8/db` the query comes to the same active set, the end of its `db`. So one comparison answers
for a thousand such patterns.

**Witnesses.** Where the template begins with its hole, the witness is the literal and then an end
that depends on active set and template alone: above it is empty, so `/team8/db` is the witness for
the second. Elsewhere each pattern's witness is searched for by itself, when it is asked for.
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
    PatternRefused,
    code_units,
    compile_pattern,
    folder_prefix,
    literal_runs,
)
from st_tui.core.patterns.refusals import MAX_UNITS

_HOLE: Final = "\ue000"
"""Stands for the hole in a pattern: no folder's name has this character."""
_REMEMBERED: Final = 5_000
"""How many active sets and compared pairs one query remembers."""


class Template:
    """What some patterns have in common: all but one literal.

    `before` is the text before the hole, `key` tells templates apart, `text` is a pattern of this
    template with a short literal. `continues_name` says that text other than a slash follows the
    hole, so that it goes on with the literal's last name.
    """

    __slots__ = ("_pattern", "_sample", "before", "continues_name", "key", "text")

    def __init__(self, key: str, before: str, literal: str, after: str) -> None:
        self.key = key
        self.before = before
        self.continues_name = after[:1] not in ("", "/")
        # Any literal stands for every other, but none does not: right after the root `**` differs.
        self._sample = literal and ("a" if before else "/a")
        self.text = before + self._sample + after
        self._pattern: Pattern | None = None

    def matches(self, rest: str) -> bool:
        """Whether a pattern of this template matches its literal and then this rest of a path.

        For a template that begins with its hole.
        """
        if self._pattern is None:
            self._pattern = _compiled(self.text)
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

        The path must begin with the literal where the pattern does.
        """
        if self.template.before:
            pattern = _compiled(self.text)
            return pattern is not None and pattern.matches(path)
        return self.template.matches(path[len(self.literal) :])


class Templates:
    """The templates of some patterns, each made once."""

    def __init__(self) -> None:
        self._made: dict[str, Template] = {}

    def split(self, texts: Iterable[str]) -> Iterator[SplitPattern]:
        """Each pattern as literal and template; the literal is empty where nothing can be one.

        A pattern that is too long has no literal, so a pattern is refused just if its template is.
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
    return "" if len(code_units(text)) > MAX_UNITS else folder_prefix(text)


def _surroundings(text: str) -> list[tuple[str, str]]:
    """The text before and after each literal run that could be taken out."""
    if len(code_units(text)) > MAX_UNITS or _HOLE in text or text[:1] != "/":
        return []
    return [(text[:start], text[end:]) for start, end in literal_runs(text)]


def possible_prefixes(path: str) -> list[str]:
    """Every folder prefix that a pattern matching the path can have, the shortest first."""
    prefix = folder_prefix(path)[:MAX_UNITS]
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
    """Stands where the product up to the hole was too complex: each pattern is then compared."""

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
    """A pattern that is compared with many; made by `query_for`."""

    def __init__(self, pattern: Pattern) -> None:
        self._pattern = pattern
        self._automaton = pattern.automaton
        self._forget()

    def active_set(self, before: str, literal: str) -> ActiveSet:
        """The active set after the text before a hole and the literal in it."""
        return reduce(_next_set, literal, self._at_hole[before])

    def active_sets(self, active: ActiveSet, literals: Iterable[str]) -> list[ActiveSet]:
        """The active set after each of these literals, all read from the same set on."""
        return list(map(reduce, repeat(_next_set), literals, repeat(active)))

    def is_fixed(self, active: ActiveSet, *, in_name: bool) -> bool:
        """Whether any further text leads back to this active set; `in_name`: text without a slash.

        So after `/own/` in the query `/own/*`: whatever the name, the `*` stays active.
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
        """Of each pair of active set and template, whether it overlaps; None: not yet known."""
        return list(map(dict.get, map(_verdicts_of, active), template_keys))

    def overlaps(self, active: ActiveSet, pattern: SplitPattern) -> bool:
        """Whether a pattern overlaps whose literal led to this active set. Raises TooComplex."""
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
        """The witness of this very pattern without its first `len(literal)` characters."""
        compiled = _compiled(pattern.text)
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
        """The union of the active sets after all that the text before a hole matches."""
        automaton = self._automaton
        if not before:
            return self._set_of(automaton.read(automaton.start, ""))
        holed = _compiled(before + _HOLE)
        if holed is None:
            return self._set_of(0)
        # The state before the hole is the one that only the hole's own character passes.
        (passed, _), (passed_by_any, _) = holed.automaton.steps[_HOLE], holed.automaton.other_step
        hole = passed & ~passed_by_any
        try:
            proof = overlaps([self._pattern], [holed]).certificate
        except TooComplex:
            return _Unknown(self, 0, {})
        # No folder's path gets past the hole. So there is no witness but a proof, which lists every
        # state of the product: here those are wanted that stand before the hole.
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


def _compiled(text: str) -> Pattern | None:
    """The compiled pattern; None outside the scope language, as a file made elsewhere may hold."""
    try:
        return compile_pattern(text)
    except PatternRefused:
        return None
