"""A path pattern as a finite automaton: whether a path matches, and where it stops matching.

For every pattern of the scope language (see `parser`) the answer is the one that picomatch
gives with `{strictSlashes: false}`, odd corners included; the tests hold it against picomatch.

**One pattern.** The automaton is nondeterministic and its states are bits of one int. A bit is a
place in the pattern; the places of a segment stand side by side, so that reading a character is a
mask and a shift, whatever the pattern (nothing is expanded, nothing can blow up). Slashes are not
read: a path is read one segment at a time, and between segments only the *ends* of pattern
segments are alive. The place after an end is the start of the next segment.

**Several patterns.** `PatternSet` runs them side by side and remembers what each segment's text led
to. Warm, a match is one look-up per segment; what it remembers is bounded.

Characters are UTF-16 code units throughout, as in JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from st_tui.core.patterns.parser import (
    ANY,
    GLOBSTAR,
    STAR,
    CharClass,
    Choice,
    Segment,
    code_units,
    parse,
)
from st_tui.core.patterns.refusals import PatternRefused

__all__ = ["Pattern", "PatternRefused", "PatternSet", "compile_pattern"]

# picomatch: `**` and the look-ahead of a leading `*` are JavaScript's `.`, which is none of these;
# `?`, classes and the rest of `*` are `[^/]`, which is all of them.
_LINE_ENDS: Final = frozenset("\n\r\u2028\u2029")

_REMEMBERED: Final = 512  # steps of one PatternSet, and live patterns of its states
_REMEMBERED_OF_EACH: Final = 4  # or so many of each pattern: the first states have all of them
_REMEMBERED_TEXT: Final = 64  # longest segment text that is kept
_REMEMBERED_PATTERN: Final = 100  # longest pattern of which many are kept


@dataclass(slots=True)
class Automaton:
    """The places of a pattern. Every int is a set of them, bit n for place n.

    A place is passed by the characters that its piece of the pattern allows, and the next place
    is then alive; a looping place stays alive as well. `steps` has both sets (passed by, stays at)
    for each character that the pattern mentions, `other_step` for all others.
    """

    start: int = 0
    ends: int = 0
    accepting: int = 0
    accepting_slash: int = 0  # the same for a path that ends in a slash
    steps: dict[str, tuple[int, int]] = field(default_factory=dict)
    other_step: tuple[int, int] = (0, 0)
    globstars: int = 0  # start and end at once: each may read any number of segments
    skippable: int = 0  # those globstars that may read none
    wild_starts: int = 0  # starts of `**` and of segments that begin with `*`
    dot_star_starts: int = 0  # starts of segments that begin with `.*`
    forks: int = 0  # places before a choice
    fork_runs: int = 0  # for each choice, the run from its fork to the start of its last word
    word_starts: int = 0
    word_ends: int = 0
    join_runs: int = 0  # for each choice, the run from the end of its first word to its last place
    joins: int = 0  # places after a choice

    def read(self, ends: int, text: str) -> int:
        """The ends that are alive after one more segment, `text` (code units, no slash)."""
        alive = self._begin(ends)
        if text:
            # picomatch: neither `**` nor a leading `*` lets in a leading dot.
            if text[0] == "." or text[0] in _LINE_ENDS:
                alive &= ~self.wild_starts
            # picomatch: after a leading dot, `*` wants a rest that is neither empty nor a dot.
            if text in (".", "..") or (text[0] == "." and text[1] in _LINE_ENDS):
                alive &= ~self.dot_star_starts
        if alive & self.forks:
            alive = self._branch(alive)
        for unit in text:
            alive = self.advance(alive, unit)
            if not alive:
                return 0
        return alive & self.ends

    def enter(self, ends: int) -> int:
        """The places alive before the first character of a segment that begins with no dot."""
        alive = self._begin(ends)
        return self._branch(alive) if alive & self.forks else alive

    def advance(self, alive: int, unit: str) -> int:
        """The places alive after one more character of the segment; 0 if it cannot go on."""
        passed, stays = self.steps.get(unit, self.other_step)
        alive = (alive & passed) << 1 | alive & stays
        return self._branch(alive) if alive & (self.forks | self.word_ends) else alive

    def leading(self, unit: str) -> int:
        """The places that a character leads on from: `advance` of any others is 0."""
        passed, stays = self.steps.get(unit, self.other_step)
        return passed | stays

    def _begin(self, ends: int) -> int:
        alive = ends << 1 | ends & self.globstars
        return alive | (alive & self.skippable) << 1

    def accepts(self, ends: int, text: str) -> bool:
        """Whether a path may end here; `text` is the last segment that was read."""
        return bool(ends & (self.accepting if text else self.accepting_slash))

    def _branch(self, alive: int) -> int:
        """Enter the words of a choice and leave it after a word, without reading anything.

        One addition serves all choices at once, each in its own run of bits. A run of ones plus
        any of its bits carries into the place above it: from word ends to the place after. A run
        plus its lowest bit becomes zeros: that tells which runs begin with a live place.
        """
        alive |= (self.join_runs + (alive & self.word_ends)) & self.joins
        entered = self.fork_runs & ~(self.fork_runs + (alive & self.forks))
        return alive | entered & self.word_starts


class _Builder:
    """Lays out the places of a pattern from left to right."""

    def __init__(self) -> None:
        self.made = Automaton()
        self.here = 1  # the place being laid out, as a bit
        self.end = 0  # the end of the segment before
        self.loops = 0
        self.allowing: dict[str, int] = {}  # for a character, the places that name it
        self.barring: dict[str, int] = {}  # for a character, the places that allow all but it
        self.others = 0  # places that allow all but some

    def pattern(self, segments: Sequence[Segment]) -> None:
        self.begin()
        self.close()  # nothing stands before the leading slash
        for index, segment in enumerate(segments):
            if segment == (GLOBSTAR,):
                self.globstar(segments, index)
            else:
                self.segment(segment)
        last = segments[-1]
        self.made.accepting |= self.end
        # picomatch: a `*` of its own wants a character ahead and takes a slash for one. So an
        # empty name passes it, unless the path ends there.
        if last != (STAR,):
            self.made.accepting_slash |= self.end
        # picomatch: a pattern that ends in `*` or a class takes one more slash.
        if last and (last[-1] == STAR or isinstance(last[-1], CharClass)):
            self.close()
            self.made.accepting_slash |= self.end

    def own_text(self, text: str) -> None:
        """One more branch, for the path that equals the pattern's text."""
        self.begin()
        for name in text.split("/"):
            self.literals(name)
            self.close()
        self.made.accepting |= self.end
        self.made.accepting_slash |= self.end

    def begin(self) -> None:
        """Begin a branch: what it accepts is added to what the others accept."""
        self.here <<= 1  # a place that leads nowhere keeps the branches apart
        self.made.start |= self.here
        self.close()

    def close(self) -> None:
        """Make this place the end of a segment; the next segment starts at the next place."""
        self.made.ends |= self.here
        self.end = self.here
        self.here <<= 1

    def segment(self, units: Segment) -> None:
        if units[:1] == (STAR,):
            self.made.wild_starts |= self.here
        elif units[:2] == (".", STAR):
            self.made.dot_star_starts |= self.here
        for index, unit in enumerate(units):
            if unit == STAR:
                self.loops |= self.here
            elif unit == ANY:
                # picomatch: only at the start of a segment does `?` keep out a dot.
                self.allow_all_but("" if index else ".")
            elif isinstance(unit, str):
                self.literals(unit)
            elif isinstance(unit, Choice):
                self.choice(unit.words)
            elif unit.text is None:
                self.char_class(unit)
            else:
                self.choice((unit, unit.text))
        self.close()

    def globstar(self, segments: Sequence[Segment], index: int) -> None:
        """`**` stays at one place, at which it may read segment after segment."""
        self.made.globstars |= self.here
        self.made.wild_starts |= self.here
        self.loops |= self.here
        last = index == len(segments) - 1
        # picomatch: right after the root, and at the end of a pattern after a segment that ends
        # in `*`, `**` must read at least one segment (`/**/db` does not grant /db).
        if index and not (last and segments[index - 1][-1] == STAR):
            self.made.skippable |= self.here
            if last:
                self.made.accepting |= self.end
        self.close()

    def literals(self, text: str) -> None:
        for unit in code_units(text):
            self.allowing[unit] = self.allowing.get(unit, 0) | self.here
            self.here <<= 1

    def char_class(self, char_class: CharClass) -> None:
        if char_class.negated:
            self.allow_all_but(char_class.chars)
        else:
            for char in char_class.chars:
                self.allowing[char] = self.allowing.get(char, 0) | self.here
            self.here <<= 1

    def allow_all_but(self, chars: Iterable[str]) -> None:
        self.others |= self.here
        for char in chars:
            self.barring[char] = self.barring.get(char, 0) | self.here
        self.here <<= 1

    def choice(self, words: Sequence[str | CharClass]) -> None:
        made = self.made
        fork = self.here
        first_end = last_start = 0
        for word in words:
            self.here <<= 1
            last_start = self.here
            made.word_starts |= self.here
            if isinstance(word, str):
                self.literals(word)
            else:
                self.char_class(word)
            made.word_ends |= self.here
            first_end = first_end or self.here
        self.here <<= 1
        made.forks |= fork
        made.fork_runs |= (last_start << 1) - fork
        made.join_runs |= self.here - first_end
        made.joins |= self.here

    def finish(self) -> Automaton:
        made, barring = self.made, self.barring
        made.other_step = (self.others, self.loops)
        for char in self.allowing.keys() | barring.keys():
            passed = self.others & ~barring.get(char, 0) | self.allowing.get(char, 0)
            made.steps[char] = (passed, self.loops)
        if made.globstars:
            for char in _LINE_ENDS:
                passed, stays = made.steps.get(char, made.other_step)
                made.steps[char] = (passed, stays & ~made.globstars)
        return made


def _build(text: str, segments: Sequence[Segment]) -> Automaton:
    builder = _Builder()
    # picomatch: `/**/**` is `/**`.
    once = [
        segment
        for index, segment in enumerate(segments)
        if not (index and segment == segments[index - 1] == (GLOBSTAR,))
    ]
    builder.pattern(once)
    # picomatch: a path equal to the pattern's text matches. All but classes and choices match
    # their own text anyway.
    if not all(isinstance(unit, str) for segment in segments for unit in segment):
        builder.own_text(text)
    return builder.finish()


class Pattern:
    """A compiled pattern; make it with `compile_pattern`.

    `is_plain` says that the pattern has no `*`, `?`, class or choice: it names one folder.
    """

    __slots__ = ("_alone", "automaton", "is_plain", "text")

    def __init__(self, text: str) -> None:
        segments = parse(text)
        self.text = text
        self.is_plain = all(
            isinstance(unit, str) and unit not in (STAR, ANY, GLOBSTAR)
            for segment in segments
            for unit in segment
        )
        self.automaton = _build(text, segments)
        self._alone = PatternSet((self,))

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"

    def matches(self, path: str) -> bool:
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


class _State(dict[str, "_State"]):
    """What a path read so far has led to, and where a further segment leads, as far as known."""

    __slots__ = ("alive", "first", "owner")

    def __init__(
        self, owner: PatternSet, alive: tuple[tuple[int, int], ...], first: int | None
    ) -> None:
        self.owner = owner
        self.alive = alive  # index and live ends of every pattern that may yet match
        self.first = first  # index of the first pattern that matches if the path ends here

    def __missing__(self, text: str) -> _State:
        return self.owner._step(self, text) if self.alive else self


class PatternSet:
    """Several patterns as one automaton."""

    __slots__ = ("_automata", "_room", "_start", "_states")

    def __init__(self, globs: Sequence[Pattern]) -> None:
        self._automata = tuple(glob.automaton for glob in globs)
        self._forget()

    def first(self, path: str) -> int | None:
        """The index of the first pattern that matches, or None."""
        state = self._start
        for text in path.split("/"):
            state = state[text]
        return state.first

    def _forget(self) -> None:
        self._room = max(_REMEMBERED, _REMEMBERED_OF_EACH * len(self._automata))
        self._states: dict[tuple[tuple[tuple[int, int], ...], int | None], _State] = {}
        alive = tuple((index, one.start) for index, one in enumerate(self._automata))
        self._start = _State(self, alive, None)

    def _step(self, state: _State, text: str) -> _State:
        units = code_units(text)
        alive = []
        first = None
        for index, ends in state.alive:
            automaton = self._automata[index]
            if ends := automaton.read(ends, units):
                alive.append((index, ends))
                if first is None and automaton.accepts(ends, units):
                    first = index
        key = (tuple(alive), first)
        following = self._states.get(key)
        if following is None:
            following = _State(self, *key)
            self._make_room(1 + len(alive))
            self._states[key] = following
        if len(text) <= _REMEMBERED_TEXT:
            self._make_room(1)
            state[text] = following
        return following

    def _make_room(self, needed: int) -> None:
        """Make room for so much more; when there is too little, begin anew."""
        if needed > self._room:
            self._forget()
        self._room -= needed


def compile_pattern(text: str) -> Pattern:
    """The automaton of a pattern; PatternRefused if it is outside the scope language."""
    return _kept(text) if len(text) <= _REMEMBERED_PATTERN else _long_kept(text)


# A pattern of 1,000 different characters takes a quarter of a MiB.
_kept = lru_cache(maxsize=1_024)(Pattern)
_long_kept = lru_cache(maxsize=32)(Pattern)
