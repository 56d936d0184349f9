"""The path nearest to a requested one that a pattern accepts, exactly, by edit distance.

Distance is the number of characters inserted, deleted or replaced. The paths in question are those
that a folder can have: `/`, or segments of ASCII letters, digits, `-` and `_` (see `core.drafts`).

It is a search for the shortest way through the places (how much of the request is used up, what
the automaton has alive): a character kept costs nothing, an edit costs one. So no path is listed,
only places are met, and they are counted: a search that would meet too many ends without an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple, TypeAlias

from st_tui.core.edit_distance import distance_from
from st_tui.core.globs import Glob

CAP = 20_000
"""The most places that a search meets before it gives up: some hundredths of a second."""

# The x comes first because any character may stand there where a pattern says `*`.
_FOLDER_CHARACTERS = tuple(dict.fromkeys(f"x{ascii_lowercase}{digits}-_{ascii_uppercase}"))

_NOTHING, _ROOT, _SLASH, _NAME = range(4)  # what was read last; the root is the first slash

_Place: TypeAlias = tuple[int, int, int]  # index of the pattern, what it has alive, what was read
_Trail: TypeAlias = "tuple[_Trail, str] | None"


class NearPath(NamedTuple):
    """A path, how many characters it is away, and the index of a pattern that accepts it."""

    path: str
    distance: int
    pattern: int


def nearest_folder(globs: Sequence[Glob], path: str, folders: Iterable[str]) -> NearPath | None:
    """The nearest of these folders that a pattern accepts; the first of those equally near."""
    best: NearPath | None = None
    distance_to = distance_from(path)
    for folder in folders:
        if best is not None and abs(len(folder) - len(path)) >= best.distance:
            continue
        accepting = next((index for index, glob in enumerate(globs) if glob.matches(folder)), None)
        if accepting is not None:
            distance = distance_to(folder)
            if best is None or distance < best.distance:
                best = NearPath(folder, distance, accepting)
    return best


def next_of_kin(globs: Sequence[Glob], path: str, folders: Iterable[str]) -> NearPath | None:
    """Of the accepted folders that share the most first segments with the path, the nearest."""
    accepted = [folder for folder in folders if any(glob.matches(folder) for glob in globs)]
    most = max((_shared(path, folder) for folder in accepted), default=0)
    return nearest_folder(globs, path, [one for one in accepted if _shared(path, one) == most])


def nearest_path(
    globs: Sequence[Glob], path: str, *, within: int | None = None, cap: int = CAP
) -> NearPath | None:
    """The nearest path that a pattern accepts, whether or not there is such a folder.

    None if there is none `within` that distance, or none was found before `cap` places were met.
    """
    walk = _Walk(globs)
    places: list[tuple[_Place, int, _Trail]] = [
        ((index, 0, _NOTHING), 0, None) for index in range(len(globs))
    ]
    met: set[tuple[_Place, int]] = set()
    distance = 0
    while places and (within is None or distance <= within):
        further: list[tuple[_Place, int, _Trail]] = []
        for place, used, trail in places:  # grows by what costs nothing
            if (place, used) in met:
                continue
            if len(met) == cap:
                return None
            met.add((place, used))
            rest = used < len(path)
            if not rest and walk.accepts(place):
                return NearPath(_spelled(trail), distance, place[0])
            if rest and (kept := walk.step(place, path[used])) is not None:
                places.append((kept, used + 1, (trail, path[used])))
            # Of paths equally near, the one with the fewest invented characters comes first.
            if rest:
                further.append((place, used + 1, trail))
            for character, following in walk.steps(place):
                if rest:
                    further.append((following, used + 1, (trail, character)))
                further.append((following, used, (trail, character)))
        places = further
        distance += 1
    return None


class _Walk:
    """Patterns read character by character; what was met is kept."""

    def __init__(self, globs: Sequence[Glob]) -> None:
        self._automata = [glob.automaton for glob in globs]
        self._accepts_root = [glob.matches("/") for glob in globs]
        self._characters = [_telling(glob) for glob in globs]
        self._known: dict[_Place, list[tuple[str, _Place]]] = {}

    def accepts(self, place: _Place) -> bool:
        """Whether a path may end here."""
        index, alive, read = place
        if read == _ROOT:
            return self._accepts_root[index]
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
            for character in self._characters[place[0]]:
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


def _telling(glob: Glob) -> list[str]:
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
