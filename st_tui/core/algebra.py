"""Questions about all paths at once: is one set of patterns inside another, do two overlap?

**The language.** Every question ranges over the paths that a folder can have: `/`, and `/` plus
one or more segments of ASCII letters, digits, `-` and `_` with slashes between. (`decide` answers
for any text; what no folder can be called is no reason to call two scopes different.)

**The answer** is exact. Both sides run through one path side by side, as the pairs of what is alive
in each; there are finitely many pairs, and a breadth-first search visits them, so a witness has as
few characters as any has. When the search finds none, the pairs it visited are the proof: see
`core.certificate`, which checks them without believing anything said here.

**The cost** is capped. A pattern such as `/*a????????????????` has 2**k pairs: rather than let an
input take the machine, `Work` counts steps and raises `TooComplex`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final, NamedTuple

from st_tui.core.errors import Refusal
from st_tui.core.globs import Automaton, Glob

FOLDER_CHARS: Final = ascii_lowercase + digits + ascii_uppercase + "-_"
"""What the name of a folder is made of, in the order in which a witness tries them."""

_STEPS: Final = 50_000
"""A step is one pattern reading one character: a microsecond or two."""


class Relation(StrEnum):
    """What holds between two sets of patterns."""

    INSIDE = "inside"  # every path of the left is one of the right
    APART = "apart"  # no path is both of the left and of the right

    def broken(self, left: bool, right: bool) -> bool:
        """Whether a path breaks the relation, by whether it is of the left and of the right."""
        return left and right is (self is Relation.APART)


Side = tuple[tuple[int, int], ...]
"""What is alive of a set of patterns: index and places of each pattern that may yet match."""


class State(NamedTuple):
    """Where both sides are after the beginning of a path. `fresh`: it ends in a slash."""

    fresh: bool
    left: Side
    right: Side


class Certificate(NamedTuple):
    """Why a relation holds: all states that a path can lead to, none of which breaks it."""

    relation: Relation
    left: tuple[str, ...]
    right: tuple[str, ...]
    states: frozenset[State]


class Answer(NamedTuple):
    """A verdict with its reason: a witness path, or a certificate that there is none.

    `exists` says that the witness is one of the folders that were given.
    """

    holds: bool
    witness: str | None
    exists: bool
    certificate: Certificate | None


class TooComplex(Refusal):
    """The question would take too many steps."""


class Work:
    """The steps that one question, or all parts of a larger one, may take together."""

    def __init__(self, steps: int = _STEPS) -> None:
        self._left = steps

    def spend(self, steps: int) -> None:
        """Count steps; TooComplex if there are none left."""
        self._left -= steps
        if self._left < 0:
            raise TooComplex(
                "These patterns are too intricate to compare: "
                "use fewer wildcards in one segment, or fewer scopes."
            )


def contains(
    outer: Sequence[Glob],
    inner: Sequence[Glob],
    folders: Iterable[str] = (),
    work: Work | None = None,
) -> Answer:
    """Whether every path of `inner` is one of `outer`; if not, the witness is one that is not."""
    return _answer(Relation.INSIDE, inner, outer, folders, work, holds=True)


def overlaps(
    left: Sequence[Glob],
    right: Sequence[Glob],
    folders: Iterable[str] = (),
    work: Work | None = None,
) -> Answer:
    """Whether some path is of both; if so, the witness is one."""
    return _answer(Relation.APART, left, right, folders, work, holds=False)


def equivalent(
    left: Sequence[Glob], right: Sequence[Glob], folders: Sequence[str] = ()
) -> tuple[Answer, Answer]:
    """Whether the same paths are of both: they are if each contains the other, as answered."""
    work = Work()
    return contains(left, right, folders, work), contains(right, left, folders, work)


def _answer(
    relation: Relation,
    left: Sequence[Glob],
    right: Sequence[Glob],
    folders: Iterable[str],
    work: Work | None,
    *,
    holds: bool,
) -> Answer:
    """Search for a path that breaks the relation; `holds` is the verdict if there is none."""
    found = _search(relation, left, right, work or Work())
    if isinstance(found, frozenset):
        texts = tuple(glob.text for glob in left), tuple(glob.text for glob in right)
        return Answer(holds, None, False, Certificate(relation, *texts, found))
    existing = [path for path in folders if _breaks(relation, left, right, path)]
    shortest = min(existing, key=lambda path: (len(path), path), default=None)
    return Answer(not holds, shortest or found, shortest is not None, None)


def _breaks(relation: Relation, left: Sequence[Glob], right: Sequence[Glob], path: str) -> bool:
    return relation.broken(
        any(glob.matches(path) for glob in left), any(glob.matches(path) for glob in right)
    )


def _search(
    relation: Relation, left: Sequence[Glob], right: Sequence[Glob], work: Work
) -> str | frozenset[State]:
    """The shortest path that breaks the relation, or every state that was reached."""
    if _breaks(relation, left, right, "/"):
        return "/"
    ours = [glob.automaton for glob in left]
    theirs = [glob.automaton for glob in right]
    letters = _telling_apart([*ours, *theirs], work)
    apart = relation is Relation.APART
    first = State(True, _begin(ours), _begin(theirs))
    came_from: dict[State, tuple[State, str] | None] = {first: None}
    waiting = [first] if first.left and (first.right or not apart) else []
    for state in waiting:  # grows while it is read: breadth first
        _, mine, yours = state
        work.spend(len(letters) * len(mine))
        for letter in "/" + letters if not state.fresh else letters:
            reached = _go(ours, mine, letter)
            if not reached:
                continue
            work.spend(len(yours))
            other = _go(theirs, yours, letter)
            if apart and not other:
                continue
            following = State(letter == "/", reached, other)
            if following in came_from:
                continue
            came_from[following] = (state, letter)
            if letter != "/" and relation.broken(_ends(ours, reached), _ends(theirs, other)):
                return _path_to(following, came_from)
            waiting.append(following)
    return frozenset(waiting)


def _begin(automata: Sequence[Automaton]) -> Side:
    """What is alive after the leading slash."""
    return tuple(
        (index, alive)
        for index, one in enumerate(automata)
        if (alive := one.enter(one.read(one.start, "")))
    )


def _go(automata: Sequence[Automaton], side: Side, letter: str) -> Side:
    """What is alive after one more character."""
    if letter == "/":
        return tuple(
            (index, after)
            for index, alive in side
            if (after := automata[index].enter(alive & automata[index].ends))
        )
    return tuple(
        (index, after) for index, alive in side if (after := automata[index].advance(alive, letter))
    )


def _ends(automata: Sequence[Automaton], side: Side) -> bool:
    """Whether a path may end here, after a character of a name."""
    return any(alive & automata[index].accepting for index, alive in side)


def _telling_apart(automata: Sequence[Automaton], work: Work) -> str:
    """One character for each way in which characters differ to these patterns."""
    mentioned = {unit for one in automata for unit in one.steps}
    unmentioned = next((char for char in FOLDER_CHARS if char not in mentioned), "")
    tried = [char for char in FOLDER_CHARS if char in mentioned or char == unmentioned]
    work.spend(len(tried) * len(automata) // 8)
    ways = {
        tuple(one.steps.get(char, one.other_step) for one in automata): char
        for char in reversed(tried)
    }
    return "".join(sorted(ways.values(), key=FOLDER_CHARS.index))


def _path_to(state: State, came_from: dict[State, tuple[State, str] | None]) -> str:
    letters = []
    step = came_from[state]
    while step is not None:
        before, letter = step
        letters.append(letter)
        step = came_from[before]
    return "/" + "".join(reversed(letters))
