"""One pattern beside very many: which overlap it, and where.  It answers as `algebra.overlaps`.

Of very many patterns most differ only in the plain text that they begin with, as `/team7/db/**` and
`/team8/db/**` do. That text is a pattern's *head*; what follows is its *shape*. Every path of the
pattern begins with the head, and what may follow is up to the shape. So the asked pattern reads the
head; what is alive of it then, together with the shape, settles the rest. Each such pair is put to
the algebra once, and the end of its witness serves all heads.
"""

from __future__ import annotations

import re
from functools import lru_cache, reduce
from typing import Final

from st_tui.core.algebra import TooComplex, overlaps
from st_tui.core.globs import Glob, PatternRefused, compile_glob
from st_tui.core.globs_parse import code_units
from st_tui.core.globs_refused import MAX_UNITS

_FOLDERS: Final = re.compile(r"(?:/[A-Za-z0-9_-]+)*")
_REMEMBERED: Final = 5_000  # states and witnesses of one asked pattern


class Shape:
    """What stands behind the head of some patterns. `in_name`: it goes on with the head's name."""

    __slots__ = ("_glob", "_head", "in_name", "text")

    def __init__(self, text: str, head: str) -> None:
        self.text = text
        self.in_name = text[len(head) :][:1] not in ("", "/")
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

        A pattern that is too long has no head, so that a pattern is refused if its shape is.
        """
        head = "" if len(code_units(pattern)) > MAX_UNITS else _folders(pattern)
        # One head stands for all, but not for none: right after the root `**` differs.
        some = head and "/a"
        text = some + pattern[len(head) :]
        shape = self._made.get(text)
        if shape is None:
            shape = self._made[text] = Shape(text, some)
        return head, shape


def heads(path: str) -> list[str]:
    """The heads that a pattern may have that matches the path, from the shortest."""
    folders = _folders(path)[:MAX_UNITS]
    return [folders[:end] for end in range(len(folders) + 1)]


def _folders(text: str) -> str:
    """What it begins with that is a folder's path, without a slash at the end."""
    found = _FOLDERS.match(text)
    return found[0] if found else ""


class State(dict[str, "State"]):
    """What is alive of the asked pattern after a head, and where a further character leads.

    `rests` and `rests_in_name` have, by the text of a shape, the end of the witness, or None if
    there is no witness.
    """

    __slots__ = ("alive", "beside", "rests", "rests_in_name")

    def __init__(self, beside: Beside, alive: int, rests: dict[str, str | None]) -> None:
        self.beside = beside
        self.alive = alive
        self.rests = rests  # those states share them that come to the same if a name ends here
        self.rests_in_name: dict[str, str | None] = {}

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

    def rest(self, pattern: str, head: str) -> str | None:
        """What the witness ends in behind the head; None if there is no witness.

        Raises TooComplex.
        """
        glob = _compiled(pattern)
        if glob is None:
            return None
        try:
            witness = overlaps([self._asked], [glob]).witness
        except TooComplex as refused:
            texts = f"{self._asked.text[:80]} beside {pattern[:80]}"
            raise TooComplex(f"{texts}: {refused}") from refused
        self._make_room()
        return None if witness is None else witness[len(head) :]

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
        if self._room <= 0:
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
