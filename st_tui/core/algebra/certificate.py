"""Check a certificate without trusting the search that made it.

A certificate is an inductive invariant of the product of two sets of patterns (R. W. Floyd,
"Assigning meanings to programs", 1967). It is a set of states with the claim: "every path leads to
one of these, and none of them breaks the relation." It is believed if these four hold:

- the root path does not break the relation,
- the state after the leading slash is in the set,
- from each state in the set, each character that a path can have leads to a state in the set,
- no state in the set breaks the relation.

A state from which nothing can break the relation any more may be missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from st_tui.core.algebra.budget import Budget
from st_tui.core.algebra.containment import Certificate
from st_tui.core.algebra.product import ActiveSets, ProductState, Relation
from st_tui.core.patterns import FOLDER_CHARS, Pattern, compile_pattern

_STEPS: Final = 3_000_000


def checking_budget() -> Budget:
    """What checking all certificates of a file may cost: a second at most."""
    return Budget(_STEPS)


def check(certificate: Certificate, budget: Budget | None = None) -> bool:
    """Whether the certificate proves what it claims.

    Raises PatternRefused if a text is outside the scope language, and TooComplex beyond the budget.
    """
    budget = budget or checking_budget()
    relation, states = certificate.relation, certificate.states
    budget.spend(sum(200 + 5 * len(text) for text in (*certificate.left, *certificate.right)))
    left = [compile_pattern(text) for text in certificate.left]
    right = [compile_pattern(text) for text in certificate.right]
    letters = _letters([*left, *right])

    def is_missing(state: ProductState) -> bool:
        """Whether the set should have this state and has not."""
        matters = state.left and (relation is Relation.INSIDE or state.right)
        return bool(matters) and state not in states

    if _breaks(relation, *(any(one.matches("/") for one in side) for side in (left, right))):
        return False
    if is_missing(ProductState(True, _after_root(left), _after_root(right))):
        return False
    for state in states:
        budget.spend(len(letters) * (6 + 4 * (len(state.left) + len(state.right))))
        if not (_known(left, state.left) and _known(right, state.right)):
            return False
        can_end = not state.after_slash
        if can_end and _breaks(relation, _accepts(left, state.left), _accepts(right, state.right)):
            return False
        for char in letters + "/" if can_end else letters:
            sides = _step(left, state.left, char), _step(right, state.right, char)
            if is_missing(ProductState(char == "/", *sides)):
                return False
    return True


def _breaks(relation: Relation, path_of_left: bool, path_of_right: bool) -> bool:
    """As `Relation.broken`, stated again: nothing that the search goes by is trusted here."""
    return path_of_left and path_of_right == (relation is Relation.APART)


def _letters(patterns: Sequence[Pattern]) -> str:
    """A character of each minterm, found by trying all characters."""
    classes = {
        tuple(one.automaton.steps.get(char, one.automaton.other_step) for one in patterns): char
        for char in FOLDER_CHARS
    }
    return "".join(classes.values())


def _after_root(patterns: Sequence[Pattern]) -> ActiveSets:
    entered = [one.automaton.enter_root() for one in patterns]
    return tuple((index, active) for index, active in enumerate(entered) if active)


def _known(patterns: Sequence[Pattern], sets: ActiveSets) -> bool:
    """Whether each active set is of a pattern that there is: a file may say anything."""
    return all(0 <= index < len(patterns) for index, _ in sets)


def _step(patterns: Sequence[Pattern], sets: ActiveSets, char: str) -> ActiveSets:
    after = []
    for index, active in sets:
        automaton = patterns[index].automaton
        if char == "/":
            following = automaton.enter(active & automaton.ends)
        else:
            following = automaton.advance(active, char)
        if following:
            after.append((index, following))
    return tuple(after)


def _accepts(patterns: Sequence[Pattern], sets: ActiveSets) -> bool:
    """Whether a path that ends here is one of the patterns'."""
    return any(active & patterns[index].automaton.accepting for index, active in sets)
