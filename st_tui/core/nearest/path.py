"""The path nearest to a requested one that a pattern accepts, exactly, by edit distance.

Distance is the number of characters inserted, deleted or replaced. The paths in question are those
that a folder can have: `/`, or segments of ASCII letters, digits, `-` and `_` (see `core.drafts`).

It is a search for the shortest way through the places (how much of the request is used up, what
the automaton has alive): a character kept costs nothing, an edit costs one. So no path is listed,
only places are met, and they are counted: a search that would meet too many ends without an answer.
Of many patterns few are ever walked: what a pattern begins with tells how near it can be at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple, TypeAlias

from st_tui.core.drafts import leading_to, stem
from st_tui.core.nearest.edit_distance import distance_from, least_distance_from
from st_tui.core.patterns import Pattern, literal_prefix

CAP = 20_000
"""The most places that a search meets before it gives up: some hundredths of a second."""
_LOOKS = 200_000
"""How often a pattern is asked about a folder at most: the folders after that are left out."""

_NO_NAME = re.compile(r"/\*\*(?=/|$)")
_ONE = re.compile(r"\[[^]]*\]|\?")
_CHOICE = re.compile(r"\{([^}]*)\}")
# The x comes first because any character may stand there where a pattern says `*`.
_FOLDER_CHARACTERS = tuple(dict.fromkeys(f"x{ascii_lowercase}{digits}-_{ascii_uppercase}"))

_NOTHING, _ROOT, _SLASH, _NAME = range(4)  # what was read last; the root is the first slash

_Place: TypeAlias = tuple[int, int, int]  # index of the pattern, what it has alive, what was read
_Trail: TypeAlias = "tuple[_Trail, str] | None"
_Reached: TypeAlias = tuple[_Place, int, _Trail]  # a place, how much of the path is used, and how


class NearPath(NamedTuple):
    """A path, how many characters it is away, and the index of a pattern that accepts it."""

    path: str
    distance: int
    pattern: int


def nearest_folder(globs: Sequence[Pattern], path: str, folders: Iterable[str]) -> NearPath | None:
    """The nearest of these folders that a pattern accepts; the first of those equally near."""
    best: NearPath | None = None
    accepting_one = _Accepting(globs)
    distance_to = distance_from(path)
    for folder in folders:
        if best is not None and abs(len(folder) - len(path)) >= best.distance:
            continue
        accepting = accepting_one.of(folder)
        if accepting is not None:
            distance = distance_to(folder)
            if best is None or distance < best.distance:
                best = NearPath(folder, distance, accepting)
    return best


def next_of_kin(globs: Sequence[Pattern], path: str, folders: Iterable[str]) -> NearPath | None:
    """Of the accepted folders that share the most first segments with the path, the nearest."""
    kin: dict[int, list[str]] = {}
    for folder in folders:
        kin.setdefault(_shared(path, folder), []).append(folder)
    nearest = (nearest_folder(globs, path, kin[shared]) for shared in sorted(kin, reverse=True))
    return next((found for found in nearest if found is not None), None)


def nearest_path(
    globs: Sequence[Pattern], path: str, *, within: int | None = None, cap: int = CAP
) -> NearPath | None:
    """The nearest path that a pattern accepts, whether or not there is such a folder.

    None if there is none `within` that distance, or none was found before `cap` places were met.
    """
    walk = _Walk(globs, path, cap)
    least = least_distance_from(path)
    bounds = [(least(*_outline(glob.text)), index) for index, glob in enumerate(globs)]
    waiting = sorted(bounds, reverse=True)  # the nearest last
    reached: list[_Reached] = []
    distance = 0
    try:
        while (reached or waiting) and (within is None or distance <= within):
            ended, reached = walk.further(reached)
            while ended is None and waiting and waiting[-1][0] == distance:
                joining = walk.catch_up(waiting.pop()[1], distance)
                ended, following = walk.further(joining)
                reached += following
            if ended is not None:
                (index, *_), _, trail = ended
                return NearPath(_spelled(trail), distance, index)
            distance += 1
    except _CapReached:
        pass
    return None


class _CapReached(Exception):
    """More places would be met than may be."""


class _Accepting:
    """Which of many patterns accepts a folder: asked are those with a stem that leads to it."""

    def __init__(self, globs: Sequence[Pattern]) -> None:
        self._globs = globs
        self._looks = _LOOKS
        self._by_stem: dict[str, list[int]] = {}
        for index, glob in enumerate(globs):
            self._by_stem.setdefault(stem(glob.text), []).append(index)

    def of(self, folder: str) -> int | None:
        """The index of the first pattern that accepts it; None if none does, or after `_LOOKS`."""
        found = None
        for place in leading_to(folder):
            indices = self._by_stem.get(place, ())
            self._looks -= len(indices)
            if self._looks < 0:
                return None
            for index in indices:
                if found is not None and index > found:
                    break
                if self._globs[index].matches(folder):
                    found = index
        return found


class _Walk:
    """Patterns read character by character beside the path; what was met is kept."""

    def __init__(self, globs: Sequence[Pattern], path: str, cap: int) -> None:
        self._globs = globs
        self._automata = [glob.automaton for glob in globs]
        self._path = path
        self._room = cap
        self._met: set[tuple[_Place, int]] = set()
        self._characters: dict[int, list[str]] = {}
        self._known: dict[_Place, list[tuple[str, _Place]]] = {}

    def catch_up(self, index: int, distance: int) -> list[_Reached]:
        """What a pattern reaches at this distance, before which none of its paths can be."""
        reached: list[_Reached] = [((index, 0, _NOTHING), 0, None)]
        for _ in range(distance):
            _, reached = self.further(reached)
        return reached

    def further(self, reached: list[_Reached]) -> tuple[_Reached | None, list[_Reached]]:
        """What ends here, if anything; else all that is reached by one more edit.

        Raises _CapReached.
        """
        path, met = self._path, self._met
        following: list[_Reached] = []
        for one in reached:  # grows by what costs nothing
            place, used, trail = one
            if (place, used) in met:
                continue
            if len(met) == self._room:
                raise _CapReached
            met.add((place, used))
            rest = used < len(path)
            if not rest and self.accepts(place):
                return one, []
            if rest and (kept := self.step(place, path[used])) is not None:
                reached.append((kept, used + 1, (trail, path[used])))
            # Of paths equally near, the one with the fewest invented characters comes first.
            if rest:
                following.append((place, used + 1, trail))
            for character, after in self.steps(place):
                if rest:
                    following.append((after, used + 1, (trail, character)))
                following.append((after, used, (trail, character)))
        return None, following

    def accepts(self, place: _Place) -> bool:
        """Whether a path may end here."""
        index, alive, read = place
        if read == _ROOT:
            return self._globs[index].matches("/")
        automaton = self._automata[index]
        return read == _NAME and automaton.accepts(alive & automaton.ends, "a name")

    def step(self, place: _Place, character: str) -> _Place | None:
        """Where a character leads; None if no path goes on with it."""
        index, alive, read = place
        automaton = self._automata[index]
        if character == "/":
            if read == _NOTHING:
                return index, automaton.enter(automaton.read(automaton.start, "")), _ROOT
            ends = alive & automaton.ends if read == _NAME else 0
            return (index, automaton.enter(ends), _SLASH) if ends else None
        if read == _NOTHING or character not in _FOLDER_CHARACTERS:
            return None
        alive = automaton.advance(alive, character)
        return (index, alive, _NAME) if alive else None

    def steps(self, place: _Place) -> list[tuple[str, _Place]]:
        """All places that one character leads to, each with one character that does."""
        known = self._known.get(place)
        if known is None:
            found: dict[_Place, str] = {}
            index = place[0]
            if index not in self._characters:
                self._characters[index] = _telling(self._globs[index])
            for character in self._characters[index]:
                following = self.step(place, character)
                if following is not None:
                    found.setdefault(following, character)
            known = [(character, following) for following, character in found.items()]
            self._known[place] = known
        return known


def _shared(one: str, other: str) -> int:
    """How many segments the paths have in common before they part."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _outline(pattern: str) -> tuple[str, int]:
    """What every path of a pattern begins with, and how many characters follow at least."""
    plain = literal_prefix(pattern)
    if plain == pattern:
        return pattern, 0
    beginning = plain.rstrip("/")  # `/a/**` opens `/a`
    rest = _NO_NAME.sub("", pattern[len(beginning) :])
    rest = _ONE.sub("x", _CHOICE.sub(lambda choice: min(choice[1].split(","), key=len), rest))
    return beginning, len(rest.replace("*", ""))


def _telling(glob: Pattern) -> list[str]:
    """The characters to try: those that the pattern tells apart, and one for all the others."""
    steps = glob.automaton.steps
    others = [character for character in _FOLDER_CHARACTERS if character not in steps]
    return [*others[:1], *(c for c in _FOLDER_CHARACTERS if c in steps), "/"]


def _spelled(trail: _Trail) -> str:
    characters = []
    while trail is not None:
        trail, character = trail
        characters.append(character)
    return "".join(reversed(characters))
