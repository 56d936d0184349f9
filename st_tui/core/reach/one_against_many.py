"""One pattern beside very many: which overlap it, and where.  It answers as `algebra.overlaps`.

Of very many patterns most differ in one piece of plain text only, as `/team7/db/**` and
`/team8/db/**` do, or `/*-7/db` and `/*-8/db`. That text is a pattern's *plain* part; what stands
around it is its *shape*. What may be alive of the asked pattern after that which stands before the
plain part is the same for all of a shape, and is asked of the algebra once. Then the asked pattern
reads the plain part; what is alive of it then, together with the shape, settles the verdict. Each
such pair is put to the algebra once.

Most patterns begin with their plain part, which is then their *head*. Of a head the end of the
witness serves all; of the others each has its own witness, looked for when it is wanted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from itertools import chain, repeat
from operator import attrgetter
from typing import Final

from st_tui.core.algebra import TooComplex, overlaps
from st_tui.core.patterns import FOLDER_CHARS, Pattern, PatternRefused, compile_pattern
from st_tui.core.patterns.parser import code_units
from st_tui.core.patterns.refusals import MAX_UNITS

_FOLDERS: Final = re.compile(r"(?:/[A-Za-z0-9_-]+)*")
_PLAIN: Final = re.compile(r"\[[^\]]*\]|\{[^}]*\}|([A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*)")
_HOLE: Final = "\ue000"
"""Stands where the plain part begins: no folder's name has it."""
_REMEMBERED: Final = 5_000  # states and witnesses of one asked pattern


class Shape:
    """What stands around the plain part of some patterns. `in_name`: the plain part's last name
    goes on behind it. In `text` another plain part is put in.
    """

    __slots__ = ("_glob", "_head", "before", "in_name", "key", "text")

    def __init__(self, key: str, before: str, plain: str, after: str) -> None:
        self.key = key
        self.before = before
        self.in_name = after[:1] not in ("", "/")
        # One plain part stands for all, but not for none: right after the root `**` differs.
        self._head = plain and ("a" if before else "/a")
        self.text = before + self._head + after
        self._glob: Pattern | None = None

    def matches(self, rest: str) -> bool:
        """Whether a pattern of this shape matches its head with this behind it."""
        if self._glob is None:
            self._glob = _compiled(self.text)
        return self._glob is not None and self._glob.matches(self._head + rest)


class StoredPattern:
    """A pattern in its parts."""

    __slots__ = ("plain", "shape", "text")

    def __init__(self, text: str, plain: str, shape: Shape) -> None:
        self.text = text
        self.plain = plain
        self.shape = shape

    @property
    def is_headed(self) -> bool:
        """Whether it begins with its plain part."""
        return bool(self.plain) and not self.shape.before

    def matches(self, path: str) -> bool:
        """Whether it matches a path that begins with its head, or has its plain part in it."""
        if self.shape.before:
            glob = _compiled(self.text)
            return glob is not None and glob.matches(path)
        return self.shape.matches(path[len(self.plain) :])


class Shapes:
    """The shapes of some patterns, each made once."""

    def __init__(self) -> None:
        self._made: dict[str, Shape] = {}

    def split(self, texts: Iterable[str]) -> Iterator[StoredPattern]:
        """The patterns in their parts.

        A pattern that is too long has no plain part, so that a pattern is refused if its shape is.
        Of a pattern without a head, that piece is its plain part in which most others differ.
        """
        headless = {}
        for text in texts:
            if head := _head(text):
                yield self._pattern(text, "", text[len(head) :])
            else:
                headless[text] = _pieces(text)
        alike = Counter(chain.from_iterable(headless.values()))
        for text, pieces in headless.items():
            yield self._pattern(text, *max(pieces, key=alike.__getitem__, default=("", text)))

    def _pattern(self, text: str, before: str, after: str) -> StoredPattern:
        plain = text[len(before) : len(text) - len(after)]
        key = f"1{before}\0{after}" if plain else f"0{text}"
        shape = self._made.get(key)
        if shape is None:
            shape = self._made[key] = Shape(key, before, plain, after)
        return StoredPattern(text, plain, shape)


def _head(text: str) -> str:
    return "" if len(code_units(text)) > MAX_UNITS else _folders(text)


def _pieces(text: str) -> list[tuple[str, str]]:
    """What stands before and behind each piece that can be the plain part."""
    if len(code_units(text)) > MAX_UNITS or _HOLE in text or text[:1] != "/":
        return []
    return [
        (text[: piece.start()], text[piece.end() :])
        for piece in _PLAIN.finditer(text, 1)
        if piece[1]
    ]


def heads(path: str) -> list[str]:
    """The heads that a pattern may have that matches the path, from the shortest."""
    folders = _folders(path)[:MAX_UNITS]
    return [folders[:end] for end in range(len(folders) + 1)]


def _folders(text: str) -> str:
    """What it begins with that is a folder's path, without a slash at the end."""
    found = _FOLDERS.match(text)
    return found[0] if found else ""


class State(dict[str, "State"]):
    """What is alive of the asked pattern after a plain part, and where a further character leads.

    `opens` has, by the key of a shape, whether a pattern overlaps; `rests` and `rests_in_name`
    have the end of the witness behind a head, or None if there is no witness. `stays` says that
    nothing that goes on with the name leads elsewhere; None: not yet known.
    """

    __slots__ = ("alive", "beside", "opens", "rests", "rests_in_name", "stays")

    def __init__(self, beside: Beside, alive: int, rests: dict[str, str | None]) -> None:
        self.beside = beside
        self.alive = alive
        self.stays: bool | None = None
        self.opens: dict[str, bool] = {}
        self.rests = rests  # those states share them that come to the same if a name ends here
        self.rests_in_name: dict[str, str | None] = {}

    def __missing__(self, char: str) -> State:
        return self.beside.step(self, char)


class _Unread(State):
    """What cannot be read for all of a shape at once: each of its patterns is compared."""

    def __missing__(self, char: str) -> State:
        return self


class _Starts(dict[str, State]):
    """What is alive of the asked pattern behind what stands before a plain part."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside

    def __missing__(self, before: str) -> State:
        state = self[before] = self._beside.start(before)
        return state


_read = State.__getitem__
_opens = attrgetter("opens")


class Beside:
    """A pattern that is asked about many; make it with `beside`."""

    def __init__(self, asked: Pattern) -> None:
        self._asked = asked
        self.automaton = asked.automaton
        self._forget()

    def after(self, before: str, plain: str) -> State:
        """What a plain part leads to behind what stands before it."""
        return reduce(_read, plain, self._starts[before])

    def after_each(self, state: State, plains: Iterable[str]) -> list[State]:
        """What each of these leads on to."""
        return list(map(reduce, repeat(_read), plains, repeat(state)))

    def stays(self, state: State, *, in_name: bool) -> bool:
        """Whether whatever follows leads to the same state; `in_name`: no slash follows."""
        if isinstance(state, _Unread):
            return False
        if state.stays is None:
            alive = state.alive
            state.stays = all(self.automaton.advance(alive, c) == alive for c in FOLDER_CHARS)
        return state.stays and (in_name or state["/"].alive == state.alive)

    def known(self, states: Iterable[State], keys: Iterable[str]) -> list[bool | None]:
        """Whether patterns of these shapes overlap after these states; None: not yet known."""
        return list(map(dict.get, map(_opens, states), keys))

    def opens(self, state: State, pattern: StoredPattern) -> bool:
        """Whether the pattern overlaps, its plain part having led to the state.

        Raises TooComplex.
        """
        if isinstance(state, _Unread):
            return self._compare(pattern) is not None
        rest = self._rest(state, pattern) if state.alive else None
        found = state.opens[pattern.shape.key] = rest is not None
        return found

    def witness(self, pattern: StoredPattern) -> str | None:
        """The shortest path of both; None if there is none. Raises TooComplex.

        Of a path that would take too long to find: the asked pattern's text.
        """
        state = self.after(pattern.shape.before, pattern.plain)
        if not pattern.shape.before:
            rest = self._rest(state, pattern) if state.alive else None
            return None if rest is None else pattern.plain + rest
        if not self.opens(state, pattern):
            return None
        glob = compile_pattern(pattern.text)
        try:
            return overlaps([self._asked], [glob]).witness
        except TooComplex:
            return self._asked.text  # there is one: a shorter fellow of its shape has proved it

    def _rest(self, state: State, pattern: StoredPattern) -> str | None:
        """What the witness ends in behind a head; None if there is no witness."""
        shape = pattern.shape
        rests = state.rests_in_name if shape.in_name else state.rests
        if shape.key not in rests:
            rests[shape.key] = self._compare(pattern)
        return rests[shape.key]

    def _compare(self, pattern: StoredPattern) -> str | None:
        glob = _compiled(pattern.text)
        if glob is None:
            return None
        try:
            witness = overlaps([self._asked], [glob]).witness
        except TooComplex as refused:
            texts = f"{self._asked.text[:80]} beside {pattern.text[:80]}"
            raise TooComplex(f"{texts}: {refused}") from refused
        self._make_room()
        return None if witness is None else witness[len(pattern.plain) :]

    def step(self, state: State, char: str) -> State:
        """Where one more character of a folder's path leads."""
        one = self.automaton
        slash = char == "/"
        alive = one.enter(state.alive & one.ends) if slash else one.advance(state.alive, char)
        following = state[char] = self._state_of(alive)
        return following

    def start(self, before: str) -> State:
        """What may be alive behind all that `before` matches."""
        one = self.automaton
        if not before:
            return self._state_of(one.read(one.start, ""))
        glob = _compiled(before + _HOLE)
        if glob is None:
            return self._state_of(0)
        (passed, _), (passed_by_any, _) = glob.automaton.steps[_HOLE], glob.automaton.other_step
        hole = passed & ~passed_by_any
        try:
            found = overlaps([self._asked], [glob]).certificate
        except TooComplex:
            return _Unread(self, 0, {})
        # No folder gets beyond the hole, so the search has visited all that leads there.
        alive = 0
        for state in found.states if found else ():
            [(_, asked)], [(_, places)] = state.left, state.right
            alive |= asked if places & hole else 0
        return self._state_of(alive)

    def _state_of(self, alive: int) -> State:
        state = self._states.get(alive)
        if state is None:
            self._make_room()
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
        self._starts = _Starts(self)


@lru_cache(maxsize=16)
def beside(asked: str) -> Beside:
    """A pattern to be asked about many, with what it remembers."""
    return Beside(compile_pattern(asked))


def _compiled(text: str) -> Pattern | None:
    """The pattern compiled. None outside the scope language, from a file made elsewhere."""
    try:
        return compile_pattern(text)
    except PatternRefused:
        return None
