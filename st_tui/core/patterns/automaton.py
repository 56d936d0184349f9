"""The Glushkov automaton of a pattern; its active set is the bits of one int.

Each position in a pattern is a state (V. M. Glushkov, "The abstract theory of automata", 1961), so
an automaton is about as large as its pattern: no repetition and no choice is written out. It is
nondeterministic. The states that a path may have led to are the *active set*, bit n for position n:

    /ab*    bit 3 is before the a, bit 4 before the b; bit 5 loops, and the segment may end there

Reading a character is a mask and a shift for all states at once (Shift-And: R. Baeza-Yates and
G. Gonnet, "A new approach to text searching", 1992). Loops take one more mask, choices one
addition (G. Navarro and M. Raffinot, "Flexible pattern matching in strings", 2002, chapter 4).
So matching takes time linear in the path, whatever the pattern.

A slash is not read. A path is read one segment at a time; between two segments only the *ends* of
pattern segments are active. The position after an end is the start of the next segment.

Characters are UTF-16 code units throughout, as in JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

# picomatch: `**` and the look-ahead of a leading `*` are JavaScript's `.`, which matches none of
# these; `?`, classes and the rest of `*` are `[^/]`, which matches all of them.
_LINE_ENDS: Final = frozenset("\n\r\u2028\u2029")


def code_units(text: str) -> str:
    """The text as JavaScript sees it: one character for each UTF-16 code unit."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    utf16 = text.encode("utf-16-le", "surrogatepass")
    return "".join(map(chr, memoryview(utf16).cast("H")))


class Automaton:
    """The states of a pattern. Every int is a set of them, bit n for position n.

    `steps` has two sets for each character that the pattern mentions. The states of the first set
    read it and go on to the next position; those of the second read it and loop. `other_step` has
    the two sets for all other characters.
    """

    __slots__ = (
        "accepting", "accepting_slash", "dot_star_starts", "ends", "fork_runs", "forks",
        "globstars", "join_runs", "joins", "other_step", "skippable", "start", "steps",
        "wild_starts", "word_ends", "word_starts",
    )  # fmt: skip

    def __init__(self) -> None:
        self.start = 0
        self.ends = 0  # of segments
        self.accepting = 0
        self.accepting_slash = 0  # the same for a path that ends in a slash
        self.steps: dict[str, tuple[int, int]] = {}
        self.other_step = (0, 0)
        self.globstars = 0  # start and end at once: each may read any number of segments
        self.skippable = 0  # those globstars that may read none
        self.wild_starts = 0  # starts of `**` and of segments that begin with `*`
        self.dot_star_starts = 0  # starts of segments that begin with `.*`
        self.forks = 0  # positions before a choice
        self.fork_runs = 0  # for each choice, the run from its fork to the start of its last word
        self.word_starts = 0
        self.word_ends = 0
        self.join_runs = 0  # for each choice, the run from the end of its first word to its join
        self.joins = 0  # positions after a choice

    def read(self, ends: int, text: str) -> int:
        """The ends that are active after one more segment, `text` (code units, no slash)."""
        active = self._begin(ends)
        if text:
            # picomatch: neither `**` nor a leading `*` lets in a leading dot.
            if text[0] == "." or text[0] in _LINE_ENDS:
                active &= ~self.wild_starts
            # picomatch: after a leading dot, `*` wants a rest that is neither empty nor a dot.
            if text in (".", "..") or (text[0] == "." and text[1] in _LINE_ENDS):
                active &= ~self.dot_star_starts
        if active & self.forks:
            active = self._branch(active)
        for char in text:
            active = self.advance(active, char)
            if not active:
                return 0
        return active & self.ends

    def enter(self, ends: int) -> int:
        """The active set at the start of a further segment, if that begins with no dot."""
        active = self._begin(ends)
        return self._branch(active) if active & self.forks else active

    def enter_root(self) -> int:
        """The active set after a path's leading slash, if no dot follows it."""
        return self.enter(self.read(self.start, ""))

    def advance(self, active: int, char: str) -> int:
        """The active set after one more character of the segment; 0 if it cannot go on."""
        passed, stays = self.steps.get(char, self.other_step)
        active = (active & passed) << 1 | active & stays
        return self._branch(active) if active & (self.forks | self.word_ends) else active

    def states_reading(self, char: str) -> int:
        """The states that read a character: `advance` of any others is 0."""
        passed, stays = self.steps.get(char, self.other_step)
        return passed | stays

    def accepts(self, ends: int, text: str) -> bool:
        """Whether a path may end here; `text` is the last segment that was read."""
        return bool(ends & (self.accepting if text else self.accepting_slash))

    def _begin(self, ends: int) -> int:
        active = ends << 1 | ends & self.globstars
        return active | (active & self.skippable) << 1

    def _branch(self, active: int) -> int:
        """Enter the words of a choice and leave it after a word, without reading anything.

        One addition serves all choices at once, for each has its own run of bits. A run of ones
        plus any of its bits carries into the bit above it, from word ends to the join. A run plus
        its lowest bit becomes zeros, which tells the runs that begin with an active fork.

            join run 0b0110 + word end 0b0100 = 0b1010    bit 3, the join, is set
            fork run 0b0111 + fork     0b0001 = 0b1000    all words may be entered
        """
        active |= (self.join_runs + (active & self.word_ends)) & self.joins
        entered = self.fork_runs & ~(self.fork_runs + (active & self.forks))
        return active | entered & self.word_starts


class Layout:
    """Lays out the states of a pattern from left to right; `finish` gives the automaton.

    A method that lays out characters moves `here` to the position behind them.
    """

    __slots__ = ("_allowing", "_barring", "_loops", "_others", "automaton", "end", "here")

    def __init__(self) -> None:
        self.automaton = Automaton()
        self.here = 1  # the position being laid out, as a bit
        self.end = 0  # the end of the last segment laid out
        self._loops = 0
        self._allowing: dict[str, int] = {}  # for a character, the positions that name it
        self._barring: dict[str, int] = {}  # for a character, the positions that allow all but it
        self._others = 0  # positions that allow all but some

    def begin(self) -> None:
        """Begin a branch: what it accepts is added to what the others accept."""
        self.here <<= 1  # a position that leads nowhere keeps the branches apart
        self.automaton.start |= self.here
        self.close()

    def close(self) -> None:
        """Make this position the end of a segment; the next segment starts at the next position."""
        self.automaton.ends |= self.here
        self.end = self.here
        self.here <<= 1

    def literals(self, text: str) -> None:
        """These characters, one after the other."""
        for char in code_units(text):
            self._allowing[char] = self._allowing.get(char, 0) | self.here
            self.here <<= 1

    def one_of(self, chars: Iterable[str]) -> None:
        """One of these characters."""
        for char in chars:
            self._allowing[char] = self._allowing.get(char, 0) | self.here
        self.here <<= 1

    def all_but(self, chars: Iterable[str]) -> None:
        """One character that is none of these."""
        self._others |= self.here
        for char in chars:
            self._barring[char] = self._barring.get(char, 0) | self.here
        self.here <<= 1

    def loop(self) -> None:
        """Any number of any characters, without leaving this position."""
        self._loops |= self.here

    def choice(self, words: Sequence[str | frozenset[str]]) -> None:
        """One of these words; a set stands for one of its characters."""
        automaton = self.automaton
        fork = self.here
        first_end = last_start = 0
        for word in words:
            self.here <<= 1
            last_start = self.here
            automaton.word_starts |= self.here
            if isinstance(word, str):
                self.literals(word)
            else:
                self.one_of(word)
            automaton.word_ends |= self.here
            first_end = first_end or self.here
        self.here <<= 1
        automaton.forks |= fork
        automaton.fork_runs |= (last_start << 1) - fork
        automaton.join_runs |= self.here - first_end
        automaton.joins |= self.here

    def finish(self) -> Automaton:
        """The automaton of all that was laid out."""
        automaton, barring = self.automaton, self._barring
        automaton.other_step = (self._others, self._loops)
        for char in self._allowing.keys() | barring.keys():
            passed = self._others & ~barring.get(char, 0) | self._allowing.get(char, 0)
            automaton.steps[char] = (passed, self._loops)
        if automaton.globstars:
            for char in _LINE_ENDS:
                passed, stays = automaton.steps.get(char, automaton.other_step)
                automaton.steps[char] = (passed, stays & ~automaton.globstars)
        return automaton
