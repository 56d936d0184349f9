"""Questions about all paths at once: is one set of patterns inside another, do two overlap?

**The language.** Every question ranges over the paths that a folder can have: `/`, and `/` plus
one or more segments of ASCII letters, digits, `-` and `_` with slashes between. (`decide` answers
for any text; what no folder can be called is no reason to call two scopes different.)

**The answer** is exact. Both sides run through one path side by side, as the pairs of what is alive
in each; there are finitely many pairs, and a breadth-first search visits them, so a witness has as
few characters as any has. When the search finds none, the pairs it visited are the proof: see
`core.certificate`, which checks them without believing anything said here.

**The cost** is capped. A pattern such as `/*a????????????????` has 2**k pairs: rather than let an
input take the machine, `Work` counts steps and raises `TooComplex`. The steps are weighed so that
each takes about as long as any other, whatever the patterns. Looking for a folder that serves as
the witness has a cap of its own: beyond it, the witness that was found stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from st_tui.core.errors import Refusal
from st_tui.core.patterns import FOLDER_CHARS, Automaton, Pattern

_STEPS: Final = 200_000
"""A step takes up to a fifth of a microsecond, one read of one pattern about six steps."""
_LOOKS: Final = 100_000
"""A look is one pattern reading one character of a folder's path: up to half a microsecond."""


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

    def __init__(self, steps: int = _STEPS, looks: int = _LOOKS) -> None:
        self._left = steps
        self._looks = looks

    def spend(self, steps: int) -> None:
        """Count steps; TooComplex if there are none left."""
        self._left -= steps
        if self._left < 0:
            raise TooComplex(
                "These patterns are too intricate to compare: "
                "use fewer wildcards in one segment, or fewer scopes."
            )

    def may_look(self, looks: int) -> bool:
        """Count looks at folders; False if there are none left: a verdict stands without them."""
        self._looks -= looks
        return self._looks >= 0


def contains(
    outer: Sequence[Pattern],
    inner: Sequence[Pattern],
    folders: Iterable[str] = (),
    work: Work | None = None,
) -> Answer:
    """Whether every path of `inner` is one of `outer`; if not, the witness is one that is not."""
    return _answer(Relation.INSIDE, inner, outer, folders, work, holds=True)


def overlaps(
    left: Sequence[Pattern],
    right: Sequence[Pattern],
    folders: Iterable[str] = (),
    work: Work | None = None,
) -> Answer:
    """Whether some path is of both; if so, the witness is one."""
    return _answer(Relation.APART, left, right, folders, work, holds=False)


def equivalent(
    left: Sequence[Pattern], right: Sequence[Pattern], folders: Sequence[str] = ()
) -> tuple[Answer, Answer]:
    """Whether the same paths are of both: they are if each contains the other, as answered."""
    work = Work()
    return contains(left, right, folders, work), contains(right, left, folders, work)


def no_folder_matches(glob: Pattern) -> bool:
    """Whether no path of a folder is one of this pattern.

    That needs no pairs and so no cap: of one pattern alone, the places that any path leads to are
    the union of those that each leads to.
    """
    if glob.matches("/"):
        return False
    one = glob.automaton
    letters = [(char, one.leading(char)) for char in _telling_apart([one], Work())]
    begun = fresh = one.enter(one.read(one.start, ""))  # places a segment begins at, as yet known
    inside = 0  # and those with a letter of it read
    while fresh:
        after = 0
        for char, leading in letters:
            if fresh & leading:
                after |= one.advance(fresh, char)
        after &= ~inside
        inside |= after
        if after & one.accepting:
            return False
        next_begun = one.enter(after & one.ends) & ~begun
        begun |= next_begun
        fresh = after | next_begun
    return True


def _answer(
    relation: Relation,
    left: Sequence[Pattern],
    right: Sequence[Pattern],
    folders: Iterable[str],
    work: Work | None,
    *,
    holds: bool,
) -> Answer:
    """Search for a path that breaks the relation; `holds` is the verdict if there is none."""
    work = work or Work()
    found = _search(relation, left, right, work)
    if isinstance(found, frozenset):
        texts = tuple(glob.text for glob in left), tuple(glob.text for glob in right)
        return Answer(holds, None, False, Certificate(relation, *texts, found))
    existing = _existing(relation, left, right, folders, work)
    return Answer(not holds, existing or found, existing is not None, None)


def _existing(
    relation: Relation,
    left: Sequence[Pattern],
    right: Sequence[Pattern],
    folders: Iterable[str],
    work: Work,
) -> str | None:
    """The shortest of the folders that breaks the relation, of as many as may be looked at."""
    shortest = None
    for path in folders:
        if shortest is not None and (len(path), path) >= (len(shortest), shortest):
            continue
        if not work.may_look((len(left) + len(right)) * (4 + len(path))):
            break
        if _breaks(relation, left, right, path):
            shortest = path
    return shortest


def _breaks(
    relation: Relation, left: Sequence[Pattern], right: Sequence[Pattern], path: str
) -> bool:
    return any(glob.matches(path) for glob in left) and relation.broken(
        True, any(glob.matches(path) for glob in right)
    )


def _search(
    relation: Relation, left: Sequence[Pattern], right: Sequence[Pattern], work: Work
) -> str | frozenset[State]:
    """The shortest path that breaks the relation, or every state that was reached."""
    if _breaks(relation, left, right, "/"):
        return "/"
    letters = "/" + _telling_apart([glob.automaton for glob in (*left, *right)], work)
    mine, yours = _Reader(left, letters, work), _Reader(right, letters, work)
    apart = relation is Relation.APART
    first = mine.first, yours.first
    came_from: dict[tuple[int, int], tuple[tuple[int, int], int] | None] = {first: None}
    waiting = [first] if first[0] and (first[1] or not apart) else []
    for state in waiting:  # grows while it is read: breadth first
        work.spend(6 + len(letters) // 2)
        here, there = state
        known = yours.rows[there]
        for letter, reached in enumerate(mine.row(here)):
            if not reached:
                continue
            other = known[letter]
            if other < 0:
                other = yours.read(there, letter)
            if apart and not other:
                continue
            following = reached, other
            if following in came_from:
                continue
            came_from[following] = state, letter
            if relation.broken(mine.ends[reached], yours.ends[other]):
                return _path_to(following, came_from, letters)
            waiting.append(following)
    return frozenset(
        State(mine.fresh[here], mine.sides[here], yours.sides[there]) for here, there in waiting
    )


class _Reader:
    """One side being read: whatever may be alive of it gets a number, 0 if nothing is.

    Two sides meet in many combinations; each is read once. `rows` has what follows each number
    after each of the letters, -1 where that has not been read.
    """

    def __init__(self, globs: Sequence[Pattern], letters: str, work: Work) -> None:
        self.sides: list[Side] = []
        self.fresh: list[bool] = []
        self.ends: list[bool] = []  # whether a path may end here
        self.rows: list[list[int]] = []
        self._automata = [glob.automaton for glob in globs]
        self._accepting = [one.accepting for one in self._automata]
        self._letters = letters  # the first is the slash
        # For each letter and pattern, the places that it leads on from.
        self._leading = [[one.ends for one in self._automata]]
        self._leading += [[one.leading(char) for one in self._automata] for char in letters[1:]]
        self._work = work
        self._numbers: tuple[dict[Side, int], dict[Side, int]] = {}, {}
        # Of a long pattern, the set of what is alive is a long number.
        self._cost = 2 + max((one.ends.bit_length() for one in self._automata), default=0) // 256
        self._number((), fresh=False)
        root = tuple(
            (index, alive)
            for index, one in enumerate(self._automata)
            if (alive := one.enter(one.read(one.start, "")))
        )
        self.first = self._number(root, fresh=True) if root else 0

    def row(self, number: int) -> list[int]:
        """What follows after each of the letters."""
        row = self.rows[number]
        if -1 in row:
            for letter, known in enumerate(row):
                if known < 0:
                    self.read(number, letter)
        return row

    def read(self, number: int, letter: int) -> int:
        """What follows after one more letter, which is then known."""
        automata, side, leading = self._automata, self.sides[number], self._leading[letter]
        self._work.spend(4 + self._cost * len(side))
        if letter:
            char = self._letters[letter]
            after = [
                (index, automata[index].advance(alive, char))
                for index, alive in side
                if alive & leading[index]
            ]
        else:
            after = [
                (index, automata[index].enter(ends))
                for index, alive in side
                if (ends := alive & leading[index])
            ]
        reached = self._number(tuple(after), fresh=not letter) if after else 0
        self.rows[number][letter] = reached
        return reached

    def _number(self, side: Side, *, fresh: bool) -> int:
        numbers = self._numbers[fresh]
        number = numbers.get(side, -1)
        if number < 0:
            self._work.spend(8 + self._cost * len(side) + len(self._letters) // 4)
            number = numbers[side] = len(self.sides)
            self.sides.append(side)
            self.fresh.append(fresh)
            if len(side) == 1:
                [(index, alive)] = side
                may_end = alive & self._accepting[index]
                row = [-1 if alive & leading[index] else 0 for leading in self._leading]
            else:
                may_end = any(alive & self._accepting[index] for index, alive in side)
                row = [-1] * len(self._letters)
            if fresh:
                may_end = row[0] = 0  # no name is empty
            self.ends.append(bool(may_end))
            self.rows.append(row)
        return number


def _telling_apart(automata: Sequence[Automaton], work: Work) -> str:
    """One character for each way in which characters differ to these patterns."""
    mentioned = {unit for one in automata for unit in one.steps}
    unmentioned = next((char for char in FOLDER_CHARS if char not in mentioned), "")
    tried = [char for char in FOLDER_CHARS if char in mentioned or char == unmentioned]
    work.spend(len(tried) * len(automata) + len(mentioned) // 2)
    ways = {
        tuple(one.steps.get(char, one.other_step) for one in automata): char
        for char in reversed(tried)
    }
    return "".join(sorted(ways.values(), key=FOLDER_CHARS.index))


def _path_to(
    state: tuple[int, int],
    came_from: dict[tuple[int, int], tuple[tuple[int, int], int] | None],
    letters: str,
) -> str:
    path = []
    step = came_from[state]
    while step is not None:
        before, letter = step
        path.append(letters[letter])
        step = came_from[before]
    return "/" + "".join(reversed(path))
