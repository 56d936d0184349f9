"""One pattern beside very many: which overlap it, and where.  It answers as `algebra.overlaps`.

Of very many patterns most differ only in the plain folders that they begin with, as
`/team7/db/**` and `/team8/db/**` do. Those folders are a pattern's *head*; what follows is its
*shape*. Every path of the pattern begins with the head, and what may follow is up to the shape. So
the asked pattern reads the head; what is alive of it then, together with the shape, settles the
rest. Each such pair is put to the algebra once, and the end of its witness serves all heads.
"""

from __future__ import annotations

import re
from functools import lru_cache, reduce
from typing import Final

from st_tui.core.algebra import TooComplex, overlaps
from st_tui.core.drafts import stem
from st_tui.core.globs import Glob, PatternRefused, compile_glob
from st_tui.core.globs_parse import code_units
from st_tui.core.globs_refused import MAX_UNITS

_FOLDERS: Final = re.compile(r"(?:/[A-Za-z0-9_-]+)+")
_REMEMBERED: Final = 5_000  # states and witnesses of one asked pattern


class Shape:
    """What stands behind the head of some patterns."""

    __slots__ = ("_glob", "_head", "text")

    def __init__(self, text: str, head: str) -> None:
        self.text = text
        self._head = head
        self._glob: Glob | None = None

    def matches(self, rest: str) -> bool:
        """Whether a pattern of this shape matches its head with this behind it."""
        if self._glob is None:
            self._glob = _compiled(self.text)
        return self._glob is not None and self._glob.matches(self._head + rest)


class Shapes:
    """The shapes of some patterns, each made once."""

    def __init__(self) -> None:
        self._made: dict[str, Shape] = {}

    def split(self, pattern: str) -> tuple[str, Shape]:
        """A pattern's head, which may be empty, and its shape.

        What no folder can be called is no head, and neither is that of a pattern that is too long:
        so a pattern is refused if its shape is.
        """
        head = stem(pattern)
        if not _FOLDERS.fullmatch(head) or len(code_units(pattern)) > MAX_UNITS:
            head = ""
        # Some head stands for all, but not for none: right after the root `**` differs.
        some = head and "/a"
        text = some + pattern[len(head) :]
        shape = self._made.get(text)
        if shape is None:
            shape = self._made[text] = Shape(text, some)
        return head, shape


class State(dict[str, "State"]):
    """What is alive of the asked pattern after a head, and where a further character leads.

    `rests` has, by the text of a shape, the end of the witness; None if there is no witness.
    """

    __slots__ = ("alive", "beside", "can_end", "rests")

    def __init__(self, beside: Beside, alive: int, rests: dict[str, str | None]) -> None:
        self.beside = beside
        self.alive = alive
        self.rests = rests
        self.can_end = bool(alive & beside.automaton.ends)  # a name, for more to follow or not

    def __missing__(self, char: str) -> State:
        return self.beside.step(self, char)


class Beside:
    """A pattern that is asked about many; make it with `beside`."""

    def __init__(self, asked: Glob) -> None:
        self._asked = asked
        self.automaton = asked.automaton
        self._forget()

    def after(self, head: str) -> State:
        """What the head leads to."""
        return reduce(State.__getitem__, head, self._start)

    def compare(self, after: State, head: str, pattern: str, shape: str) -> None:
        """Find what a pattern's witness ends in behind its head. Raises TooComplex."""
        glob = _compiled(pattern)
        witness = None
        if glob is not None:
            try:
                witness = overlaps([self._asked], [glob]).witness
            except TooComplex as refused:
                texts = f"{self._asked.text[:80]} beside {pattern[:80]}"
                raise TooComplex(f"{texts}: {refused}") from refused
        self._make_room()
        after.rests[shape] = None if witness is None else witness[len(head) :]

    def step(self, state: State, char: str) -> State:
        """Where one more character of a folder's path leads."""
        one = self.automaton
        slash = char == "/"
        alive = one.enter(state.alive & one.ends) if slash else one.advance(state.alive, char)
        following = self._states.get(alive)
        if following is None:
            self._make_room()
            following = self._state(alive)
        state[char] = following
        return following

    def _state(self, alive: int) -> State:
        rests = self._rests.setdefault(alive & self.automaton.ends, {})
        state = self._states[alive] = State(self, alive, rests)
        return state

    def _make_room(self) -> None:
        """Make room for one more; when there is none, begin anew."""
        self._room -= 1
        if not self._room:
            self._forget()

    def _forget(self) -> None:
        self._room = _REMEMBERED
        self._states: dict[int, State] = {}
        self._rests: dict[int, dict[str, str | None]] = {}
        self._start = self._state(self.automaton.read(self.automaton.start, ""))


@lru_cache(maxsize=16)
def beside(asked: str) -> Beside:
    """A pattern to be asked about many, with what it remembers."""
    return Beside(compile_glob(asked))


def _compiled(text: str) -> Glob | None:
    """The pattern compiled. None outside the scope language, from a file made elsewhere."""
    try:
        return compile_glob(text)
    except PatternRefused:
        return None
