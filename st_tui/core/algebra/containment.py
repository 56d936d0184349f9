"""Questions about all paths at once: is one set of patterns inside another, do two overlap?

**The paths** in question are those that a folder can have: `/`, and `/` plus one or more segments
of ASCII letters, digits, `-` and `_` with slashes between. (`decide` answers for any text. But two
scopes are no different because of a path that no folder can have.)

**The answer** is exact. It comes with a witness, which is a shortest path, or with a certificate
that there is none: see `product` for the search, and `certificate` for a check that trusts no
search.

**The cost** is capped. A pattern such as `/*a????????????????` has 2**k states: rather than let an
input take the machine, `Budget` counts steps and raises `TooComplex`. A witness that is a folder is
preferred, but the look at folders has a cap of its own: beyond it, any witness will do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from st_tui.core.algebra.budget import Budget
from st_tui.core.algebra.product import ProductState, Relation, minterms, search
from st_tui.core.patterns import Pattern


class Certificate(NamedTuple):
    """Why a relation holds: an inductive invariant of the product.

    That is a set of states to which every path leads, and none of which breaks the relation.
    """

    relation: Relation
    left: tuple[str, ...]
    right: tuple[str, ...]
    states: frozenset[ProductState]


class Judgement(NamedTuple):
    """A verdict with its reason: a witness path, or a certificate that there is none.

    `exists` says that the witness is one of the folders that were given.
    """

    holds: bool
    witness: str | None
    exists: bool
    certificate: Certificate | None


def contains(
    outer: Sequence[Pattern],
    inner: Sequence[Pattern],
    folders: Iterable[str] = (),
    budget: Budget | None = None,
) -> Judgement:
    """Whether every path of `inner` is one of `outer`; if not, the witness is one that is not.

    A witness among `folders` is preferred. Raises TooComplex beyond the budget.
    """
    return _judge(Relation.INSIDE, inner, outer, folders, budget)


def overlaps(
    left: Sequence[Pattern],
    right: Sequence[Pattern],
    folders: Iterable[str] = (),
    budget: Budget | None = None,
) -> Judgement:
    """Whether some path is of both; if so, the witness is one.

    A witness among `folders` is preferred. Raises TooComplex beyond the budget.
    """
    return _judge(Relation.APART, left, right, folders, budget)


def equivalent(
    left: Sequence[Pattern], right: Sequence[Pattern], folders: Sequence[str] = ()
) -> tuple[Judgement, Judgement]:
    """Whether the same paths are of both: they are if each contains the other, as judged."""
    budget = Budget()
    return contains(left, right, folders, budget), contains(right, left, folders, budget)


def no_folder_matches(pattern: Pattern) -> bool:
    """Whether the pattern matches no path that a folder can have.

    This is reachability in one automaton, so it needs neither product nor cap: what matters is
    which positions some path makes active, and not which of them are active together.
    """
    if pattern.matches("/"):
        return False
    one = pattern.automaton
    letters = [(char, one.states_reading(char)) for char in minterms([one], Budget())]
    begun = new = one.enter_root()  # positions found active at the start of a segment
    inside = 0  # positions found active after a letter of a segment
    while new:
        after = 0
        for char, reading in letters:
            if new & reading:
                after |= one.advance(new, char)
        after &= ~inside
        inside |= after
        if after & one.accepting:
            return False
        next_begun = one.enter(after & one.ends) & ~begun
        begun |= next_begun
        new = after | next_begun
    return True


def _judge(
    relation: Relation,
    left: Sequence[Pattern],
    right: Sequence[Pattern],
    folders: Iterable[str],
    budget: Budget | None,
) -> Judgement:
    """Search for a path that breaks the relation.

    If there is none, the left is inside the right, or the two do not overlap.
    """
    budget = budget or Budget()
    holds = relation is Relation.INSIDE
    found = search(relation, left, right, budget)
    if isinstance(found, frozenset):
        texts = tuple(one.text for one in left), tuple(one.text for one in right)
        return Judgement(holds, None, False, Certificate(relation, *texts, found))
    existing = _among_folders(relation, left, right, folders, budget)
    return Judgement(not holds, existing or found, existing is not None, None)


def _among_folders(
    relation: Relation,
    left: Sequence[Pattern],
    right: Sequence[Pattern],
    folders: Iterable[str],
    budget: Budget,
) -> str | None:
    """The shortest folder that breaks the relation, of as many folders as may be looked at."""
    shortest = None
    for path in folders:
        if shortest is not None and (len(path), path) >= (len(shortest), shortest):
            continue
        if not budget.may_look((len(left) + len(right)) * (4 + len(path))):
            break
        if relation.broken_by(path, left, right):
            shortest = path
    return shortest
