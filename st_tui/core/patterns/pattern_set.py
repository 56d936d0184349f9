"""Several patterns read side by side, as a lazy DFA.

Each pattern's automaton is nondeterministic. A deterministic one, whose states are combinations of
theirs, could be exponentially larger; so its states are made when a path first leads to them, and
are forgotten when they get too many (a lazy DFA: R. Cox, "Regular expression matching in the wild",
2010). Its alphabet is the texts of segments: a path that was read before takes one look-up for each
of its segments.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol
from weakref import ref

from st_tui.core.patterns.automaton import Automaton, code_units

_REMEMBERED: Final = 512  # steps of one PatternSet, and active patterns of its states
_REMEMBERED_OF_EACH: Final = 4  # so many for each pattern, if that is more: at first all are active
_REMEMBERED_TEXT: Final = 64  # longest segment text that is kept


class HasAutomaton(Protocol):
    """A compiled pattern, as far as it is read here."""

    @property
    def automaton(self) -> Automaton: ...


class _State(dict[str, "_State"]):
    """A state of the lazy DFA: a dict from a further segment to the next state, as far as known."""

    __slots__ = ("active", "first", "owner")

    def __init__(
        self, owner: PatternSet, active: tuple[tuple[int, int], ...], first: int | None
    ) -> None:
        # Weak, so that a set that is dropped frees its automata without the garbage collector.
        self.owner = ref(owner)
        self.active = active  # index and active ends of every pattern that may yet match
        self.first = first  # index of the first pattern that matches if the path ends here

    def __missing__(self, text: str) -> _State:
        if not self.active:
            return self
        owner = self.owner()
        return self if owner is None else owner._step(self, text)


class PatternSet:
    """Several patterns as one automaton."""

    __slots__ = ("__weakref__", "_automata", "_room", "_start", "_states")

    def __init__(self, patterns: Iterable[HasAutomaton]) -> None:
        self._automata = tuple(pattern.automaton for pattern in patterns)
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
        active = tuple((index, one.start) for index, one in enumerate(self._automata))
        self._start = _State(self, active, None)

    def _step(self, state: _State, text: str) -> _State:
        units = code_units(text)
        active = []
        first = None
        for index, ends in state.active:
            automaton = self._automata[index]
            if ends := automaton.read(ends, units):
                active.append((index, ends))
                if first is None and automaton.accepts(ends, units):
                    first = index
        key = (tuple(active), first)
        following = self._states.get(key)
        if following is None:
            following = _State(self, *key)
            self._make_room(1 + len(active))
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
