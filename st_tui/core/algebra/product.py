"""The product of two sets of patterns, searched for a path that breaks a relation between them.

**Product construction** (M. O. Rabin and D. Scott, "Finite automata and their decision problems",
1959). Both sides read one path side by side. What is active on the left and on the right is a state
of the product; there are finitely many. The search visits them breadth first, so that the path it
finds has as few characters as any has. When it finds none, the states that it visited are the
proof: an inductive invariant, which `certificate` checks.

**Subset construction** (the same paper). The patterns of a side are nondeterministic. The side is
made deterministic as far as the search gets: the active sets of its patterns are a numbered state,
with a row of the states that follow. Two sides meet in many combinations, but each row is worked
out once.

**Minterms** (L. D'Antoni and M. Veanes, "The power of symbolic automata and transducers", 2017).
Characters that no pattern tells apart are one letter to the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from st_tui.core.algebra.budget import Budget
from st_tui.core.patterns import FOLDER_CHARS, Automaton, Pattern


class Relation(StrEnum):
    """What holds between two sets of patterns."""

    INSIDE = "inside"  # every path of the left is one of the right
    APART = "apart"  # no path is both of the left and of the right

    def broken(self, left: bool, right: bool) -> bool:
        """Whether a path breaks the relation, by whether it is of the left and of the right."""
        return left and right is (self is Relation.APART)

    def broken_by(self, path: str, left: Sequence[Pattern], right: Sequence[Pattern]) -> bool:
        """Whether this path breaks the relation."""
        return any(pattern.matches(path) for pattern in left) and self.broken(
            True, any(pattern.matches(path) for pattern in right)
        )


ActiveSets = tuple[tuple[int, int], ...]
"""Index and active set of each pattern of a side that may yet match."""


class ProductState(NamedTuple):
    """What is active on both sides after the beginning of a path, which may end in a slash."""

    after_slash: bool
    left: ActiveSets
    right: ActiveSets


_Pair = tuple[int, int]
"""A state of the product during the search: the numbers of both sides' states."""


def search(
    relation: Relation, left: Sequence[Pattern], right: Sequence[Pattern], budget: Budget
) -> str | frozenset[ProductState]:
    """The shortest path that breaks the relation, or every state that a path can lead to.

    States from which nothing can break the relation any more are left out. Raises TooComplex.
    """
    if relation.broken_by("/", left, right):
        return "/"
    letters = "/" + minterms([pattern.automaton for pattern in (*left, *right)], budget)
    mine, yours = _SubsetDfa(left, letters, budget), _SubsetDfa(right, letters, budget)
    apart = relation is Relation.APART
    initial = mine.initial, yours.initial
    came_from: dict[_Pair, tuple[_Pair, int] | None] = {initial: None}
    waiting = [initial] if initial[0] and (initial[1] or not apart) else []
    for pair in waiting:  # grows while it is read: breadth first
        budget.spend(6 + len(letters) // 2)
        here, there = pair
        their_row = yours.rows[there]
        for letter, reached in enumerate(mine.row(here)):
            if not reached:
                continue
            other = their_row[letter]
            if other < 0:
                other = yours.read(there, letter)
            if apart and not other:
                continue
            following = reached, other
            if following in came_from:
                continue
            came_from[following] = pair, letter
            if relation.broken(mine.may_end[reached], yours.may_end[other]):
                return _path_to(following, came_from, letters)
            waiting.append(following)
    return frozenset(
        ProductState(mine.after_slash[here], mine.sets[here], yours.sets[there])
        for here, there in waiting
    )


def minterms(automata: Sequence[Automaton], budget: Budget) -> str:
    """One character of each minterm: of each class of characters that all automata read alike."""
    mentioned = {char for one in automata for char in one.steps}
    unmentioned = next((char for char in FOLDER_CHARS if char not in mentioned), "")
    tried = [char for char in FOLDER_CHARS if char in mentioned or char == unmentioned]
    budget.spend(len(tried) * len(automata) + len(mentioned) // 2)
    classes = {
        tuple(one.steps.get(char, one.other_step) for one in automata): char
        for char in reversed(tried)
    }
    return "".join(sorted(classes.values(), key=FOLDER_CHARS.index))


def _path_to(pair: _Pair, came_from: dict[_Pair, tuple[_Pair, int] | None], letters: str) -> str:
    path = []
    step = came_from[pair]
    while step is not None:
        before, letter = step
        path.append(letters[letter])
        step = came_from[before]
    return "/" + "".join(reversed(path))


class _SubsetDfa:
    """One side made deterministic. Its states are numbers, 0 the one in which nothing is active.

    Each of the lists `sets`, `after_slash`, `may_end` and `rows` has an item for each state. A row
    has the state that follows after each letter, -1 where that is not worked out yet.
    """

    def __init__(self, patterns: Sequence[Pattern], letters: str, budget: Budget) -> None:
        self.sets: list[ActiveSets] = []
        self.after_slash: list[bool] = []
        self.may_end: list[bool] = []  # whether a path may end here
        self.rows: list[list[int]] = []
        self._automata = [pattern.automaton for pattern in patterns]
        self._accepting = [one.accepting for one in self._automata]
        self._letters = letters  # the first is the slash
        # For each letter and pattern, the states that read the letter.
        self._reading = [
            [one.ends for one in self._automata],
            *([one.states_reading(char) for one in self._automata] for char in letters[1:]),
        ]
        self._budget = budget
        self._numbers: tuple[dict[ActiveSets, int], dict[ActiveSets, int]] = {}, {}
        # The active set of a long pattern is a long int, and each operation on it takes longer.
        self._cost = 2 + max((one.ends.bit_length() for one in self._automata), default=0) // 256
        self._number((), after_slash=False)
        root = tuple(
            (index, active)
            for index, one in enumerate(self._automata)
            if (active := one.enter_root())
        )
        self.initial = self._number(root, after_slash=True) if root else 0

    def row(self, number: int) -> list[int]:
        """The states that follow after each of the letters."""
        row = self.rows[number]
        if -1 in row:
            for letter, known in enumerate(row):
                if known < 0:
                    self.read(number, letter)
        return row

    def read(self, number: int, letter: int) -> int:
        """Work out the state that follows after one more letter."""
        automata, sets, reading = self._automata, self.sets[number], self._reading[letter]
        self._budget.spend(4 + self._cost * len(sets))
        if letter:
            char = self._letters[letter]
            after = [
                (index, automata[index].advance(active, char))
                for index, active in sets
                if active & reading[index]
            ]
        else:
            after = [
                (index, automata[index].enter(ends))
                for index, active in sets
                if (ends := active & reading[index])
            ]
        reached = self._number(tuple(after), after_slash=not letter) if after else 0
        self.rows[number][letter] = reached
        return reached

    def _number(self, sets: ActiveSets, *, after_slash: bool) -> int:
        """The number of the state with these active sets, which may be new."""
        numbers = self._numbers[after_slash]
        number = numbers.get(sets, -1)
        if number < 0:
            self._budget.spend(8 + self._cost * len(sets) + len(self._letters) // 4)
            number = numbers[sets] = len(self.sets)
            self.sets.append(sets)
            self.after_slash.append(after_slash)
            if len(sets) == 1:
                [(index, active)] = sets
                may_end = active & self._accepting[index]
                row = [-1 if active & reading[index] else 0 for reading in self._reading]
            else:
                may_end = any(active & self._accepting[index] for index, active in sets)
                row = [-1] * len(self._letters)
            if after_slash:
                may_end = row[0] = 0  # no name is empty
            self.may_end.append(bool(may_end))
            self.rows.append(row)
        return number
