"""The path nearest to a requested one that a pattern accepts, exactly, by edit distance.

The distance is the number of characters inserted, deleted or replaced: `/comon/db` is 1 away from
`/common/**`, at `/common/db`. The paths in question are those that a folder can have: `/`, or
segments of ASCII letters, digits, `-` and `_` (see `core.drafts`).

The search is a shortest-path search in the product of requested path and automaton. A node is how
much of the requested path is used up, and the state in which reading has left a pattern. To keep a
character costs nothing, an edit costs one; so the nodes at each distance are all reached from those
at the distance before (0-1 breadth-first search). Nodes are counted: a search that would meet too
many ends without an answer.

Few of many patterns are ever searched. The beginning of a pattern and the least length of its paths
give a lower bound of their distance. A pattern joins when the search reaches that distance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple, TypeAlias

from st_tui.core.drafts import leading_to
from st_tui.core.nearest.edit_distance import distance_from, least_distance_from
from st_tui.core.patterns import FOLDER_CHARS, Pattern, literal_folder, literal_prefix
from st_tui.core.patterns.tree import min_length

CAP = 20_000
"""The most nodes that a search meets before it gives up: some hundredths of a second."""
_TRIES = 200_000
"""How often a pattern is tried on a folder at most; the folders after that are left out."""

# The x comes first because any character may stand there where a pattern says `*`.
_FOLDER_CHARACTERS = tuple(dict.fromkeys(f"x{ascii_lowercase}{digits}-_{ascii_uppercase}"))

_NOTHING, _ROOT, _SLASH, _NAME = range(4)  # what was read last; the root is the first slash

_State: TypeAlias = tuple[int, int, int]  # index of the pattern, its active set, what was read last
_Trail: TypeAlias = "tuple[_Trail, str] | None"  # the characters that led there, the last first
_Node: TypeAlias = tuple[_State, int, _Trail]  # a state, how much of the path is used, and how


class NearPath(NamedTuple):
    """A path, how many characters it is away, and the index of a pattern that accepts it."""

    path: str
    distance: int
    pattern: int


def nearest_folder(
    patterns: Sequence[Pattern], path: str, folders: Iterable[str]
) -> NearPath | None:
    """The nearest of these folders that a pattern accepts; the first of those equally near."""
    best: NearPath | None = None
    accepting = _Accepting(patterns)
    distance_to = distance_from(path)
    for folder in folders:
        if best is not None and abs(len(folder) - len(path)) >= best.distance:
            continue
        pattern = accepting.first(folder)
        if pattern is not None:
            distance = distance_to(folder)
            if best is None or distance < best.distance:
                best = NearPath(folder, distance, pattern)
    return best


def nearest_relative(
    patterns: Sequence[Pattern], path: str, folders: Iterable[str]
) -> NearPath | None:
    """The nearest accepted folder among those that share the most first segments with the path.

    For `/app/db` that is `/app/cache-of-db` rather than `/api/db`.
    """
    by_shared: dict[int, list[str]] = {}
    for folder in folders:
        by_shared.setdefault(_shared_segments(path, folder), []).append(folder)
    most_first = sorted(by_shared, reverse=True)
    nearest = (nearest_folder(patterns, path, by_shared[shared]) for shared in most_first)
    return next((found for found in nearest if found is not None), None)


def nearest_path(
    patterns: Sequence[Pattern], path: str, *, within: int | None = None, cap: int = CAP
) -> NearPath | None:
    """The nearest path that a pattern accepts, whether or not there is such a folder.

    None if there is none `within` that distance, or none was found before `cap` nodes were met.
    """
    search = _Search(patterns, path, cap)
    least = least_distance_from(path)
    bounds = [(least(*_outline(one)), index) for index, one in enumerate(patterns)]
    waiting = sorted(bounds, reverse=True)  # the nearest last
    nodes: list[_Node] = []
    distance = 0
    try:
        while (nodes or waiting) and (within is None or distance <= within):
            accepted, nodes = search.expand(nodes)
            while accepted is None and waiting and waiting[-1][0] == distance:
                joining = search.nodes_of(waiting.pop()[1], distance)
                accepted, following = search.expand(joining)
                nodes += following
            if accepted is not None:
                (index, *_), _, trail = accepted
                return NearPath(_spelled(trail), distance, index)
            distance += 1
    except _CapReached:
        pass
    return None


class _CapReached(Exception):
    """The search would meet more nodes than its cap allows."""


class _Accepting:
    """Finds the pattern that accepts a folder.

    Only patterns are tried whose literal folder is the folder itself or one above it.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = patterns
        self._tries_left = _TRIES
        self._by_folder: dict[str, list[int]] = {}
        for index, one in enumerate(patterns):
            self._by_folder.setdefault(literal_folder(one.text), []).append(index)

    def first(self, folder: str) -> int | None:
        """The index of the first pattern that accepts it; None if none does, or after `_TRIES`."""
        found = None
        for above in leading_to(folder):
            indices = self._by_folder.get(above, ())
            self._tries_left -= len(indices)
            if self._tries_left < 0:
                return None
            for index in indices:
                if found is not None and index > found:
                    break
                if self._patterns[index].matches(folder):
                    found = index
        return found


class _Search:
    """The nodes that were met, and the steps between states, each worked out once."""

    def __init__(self, patterns: Sequence[Pattern], path: str, cap: int) -> None:
        self._patterns = patterns
        self._automata = [one.automaton for one in patterns]
        self._path = path
        self._cap = cap
        self._met: set[tuple[_State, int]] = set()
        self._characters: dict[int, list[str]] = {}
        self._steps: dict[_State, list[tuple[str, _State]]] = {}

    def nodes_of(self, index: int, distance: int) -> list[_Node]:
        """The nodes of one pattern at a distance. Its paths may not be nearer than that."""
        nodes: list[_Node] = [((index, 0, _NOTHING), 0, None)]
        for _ in range(distance):
            _, nodes = self.expand(nodes)
        return nodes

    def expand(self, nodes: list[_Node]) -> tuple[_Node | None, list[_Node]]:
        """The first of these nodes whose path is accepted; without one, the nodes one edit further.

        `nodes` has all nodes at one distance: those that cost nothing to reach are added to it.
        Raises _CapReached.
        """
        path, met = self._path, self._met
        following: list[_Node] = []
        for node in nodes:  # grows meanwhile
            state, used, trail = node
            if (state, used) in met:
                continue
            if len(met) == self._cap:
                raise _CapReached
            met.add((state, used))
            has_more = used < len(path)
            if not has_more and self._accepts(state):
                return node, []
            if has_more and (kept := self._step(state, path[used])) is not None:
                nodes.append((kept, used + 1, (trail, path[used])))
            # Of paths equally near, the one with the fewest invented characters comes first:
            # a deletion goes before a replacement and an insertion.
            if has_more:
                following.append((state, used + 1, trail))
            for character, after in self._all_steps(state):
                if has_more:
                    following.append((after, used + 1, (trail, character)))
                following.append((after, used, (trail, character)))
        return None, following

    def _accepts(self, state: _State) -> bool:
        """Whether a path may end in this state."""
        index, active, read = state
        if read == _ROOT:
            return self._patterns[index].matches("/")
        automaton = self._automata[index]
        return read == _NAME and automaton.accepts(active & automaton.ends, "a name")

    def _step(self, state: _State, character: str) -> _State | None:
        """The state after a character; None if no path goes on with it."""
        index, active, read = state
        automaton = self._automata[index]
        if character == "/":
            if read == _NOTHING:
                return index, automaton.enter_root(), _ROOT
            ends = active & automaton.ends if read == _NAME else 0
            return (index, automaton.enter(ends), _SLASH) if ends else None
        if read == _NOTHING or character not in FOLDER_CHARS:
            return None
        active = automaton.advance(active, character)
        return (index, active, _NAME) if active else None

    def _all_steps(self, state: _State) -> list[tuple[str, _State]]:
        """Every state that one character leads to, each with the first character that does."""
        steps = self._steps.get(state)
        if steps is None:
            found: dict[_State, str] = {}
            index = state[0]
            if index not in self._characters:
                self._characters[index] = _characters_to_try(self._patterns[index])
            for character in self._characters[index]:
                following = self._step(state, character)
                if following is not None:
                    found.setdefault(following, character)
            steps = [(character, following) for following, character in found.items()]
            self._steps[state] = steps
        return steps


def _shared_segments(one: str, other: str) -> int:
    """How many segments the paths have in common before they part."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _outline(pattern: Pattern) -> tuple[str, int]:
    """What every path of a pattern begins with, and how many characters follow at least."""
    literal = literal_prefix(pattern.text)
    if literal == pattern.text:
        return literal, 0
    beginning = literal.rstrip("/")  # `/a/**` opens `/a`
    return beginning, min_length(pattern.segments) - len(beginning)


def _characters_to_try(pattern: Pattern) -> list[str]:
    """Those that the pattern mentions, one that stands for all the others, and the slash."""
    steps = pattern.automaton.steps
    others = [character for character in _FOLDER_CHARACTERS if character not in steps]
    return [*others[:1], *(c for c in _FOLDER_CHARACTERS if c in steps), "/"]


def _spelled(trail: _Trail) -> str:
    characters = []
    while trail is not None:
        trail, character = trail
        characters.append(character)
    return "".join(reversed(characters))
