"""Compares sets of grants: what one allows and another does not, and what both allow.

Grants are scopes with the permissions that hold for all of them, as a token or a draft has them.
Expirations, switches and trusted IPs are not compared: they say when, not what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, Protocol, TypeVar

from st_tui.core.algebra.budget import Budget
from st_tui.core.algebra.containment import Certificate, contains, overlaps
from st_tui.core.model import Permission, Scope
from st_tui.core.patterns import Pattern, compile_cost, pattern_or_none
from st_tui.core.patterns.tree import folder_names

_STEPS: Final = 300_000
"""For a comparison of all scopes on both sides: more than for one question."""


class Grants(Protocol):
    """Whatever has scopes and permissions: a service token, a draft, a boundary."""

    @property
    def scopes(self) -> tuple[Scope, ...]: ...
    @property
    def permissions(self) -> frozenset[Permission]: ...


class Boundary(NamedTuple):
    """Grants that are no token's, such as the limits that one has to keep."""

    scopes: tuple[Scope, ...]
    permissions: frozenset[Permission] = frozenset(Permission)


class Surplus(NamedTuple):
    """A scope that opens more than the other side for these operations.

    The witness is a path that shows it; `exists` says that the path is a folder now.
    """

    scope: Scope
    operations: tuple[Permission, ...]
    witness: str
    exists: bool


class Inside(NamedTuple):
    """A scope that lies inside the scopes of the other side, with the proof."""

    scope: Scope
    certificate: Certificate


class Meeting(NamedTuple):
    """A path on which both sides allow these operations, and a scope of each that matches it."""

    scope: Scope
    other: Scope
    operations: tuple[Permission, ...]
    witness: str
    exists: bool


class Apart(NamedTuple):
    """An environment in which no path is opened by both sides, with the proof."""

    environment: str
    certificate: Certificate


class Comparison(NamedTuple):
    """What the new grants gain and lose; nothing on either side means: they allow the same."""

    gains: tuple[Surplus, ...]
    losses: tuple[Surplus, ...]


def compare(old: Grants, new: Grants, folders: Mapping[str, Sequence[str]]) -> Comparison:
    """Gains and losses of `new` beside `old`; `folders` gives each environment's paths.

    Raises TooComplex if that would take too long.
    """
    if (set(old.scopes), old.permissions) == (set(new.scopes), new.permissions):
        return Comparison((), ())  # however intricate their patterns are
    budget = _budget_for(old.scopes, new.scopes)
    return Comparison(
        surplus(new, old, folders, budget)[0],
        surplus(old, new, folders, budget)[0],
    )


def surplus(
    grants: Grants,
    boundary: Grants,
    folders: Mapping[str, Sequence[str]],
    budget: Budget | None = None,
) -> tuple[tuple[Surplus, ...], tuple[Inside, ...]]:
    """What the grants allow outside the boundary, scope by scope, and what is proved inside.

    Raises TooComplex if that would take too long.
    """
    budget = budget or _budget_for(grants.scopes, boundary.scopes)
    outside: list[Surplus] = []
    inside: list[Inside] = []
    shared = tuple(sorted(grants.permissions & boundary.permissions))
    lacking = tuple(sorted(grants.permissions - boundary.permissions))
    bounds = _regions(boundary.scopes)
    for scope in dict.fromkeys(grants.scopes):
        here = folders.get(scope.environment, ())
        pattern = granting(scope)
        if pattern is None:
            continue
        if lacking:
            anywhere = contains((), (pattern,), here, budget)
            if anywhere.witness is not None:
                outside.append(Surplus(scope, lacking, anywhere.witness, anywhere.exists))
        if not shared:
            continue
        if scope in boundary.scopes:
            near = [pattern]  # enough, however intricate the others are
        else:
            region = _region(scope, pattern)
            near = [other for its_region, other in bounds if _may_meet(its_region, region)]
        judgement = contains(near, [pattern], here, budget)
        if judgement.certificate is not None:
            inside.append(Inside(scope, judgement.certificate))
        elif judgement.witness is not None:
            outside.append(Surplus(scope, shared, judgement.witness, judgement.exists))
    return tuple(outside), tuple(inside)


def overlap(
    one: Grants, other: Grants, folders: Mapping[str, Sequence[str]]
) -> tuple[Meeting | None, tuple[Apart, ...]]:
    """What both sides allow, and the environments of both in which they are proved to meet nowhere.

    The meeting is on a folder if there is one on which they meet, else on a shortest path. Raises
    TooComplex if that would take too long.
    """
    budget = _budget_for((*one.scopes, *other.scopes), ())
    shared = tuple(sorted(one.permissions & other.permissions))
    meetings: list[Meeting] = []
    apart: list[Apart] = []
    for environment in _environments(one) & _environments(other) if shared else ():
        ours, theirs = (_patterns(side, environment) for side in (one, other))
        here = folders.get(environment, ())
        judgement = overlaps(list(ours.values()), list(theirs.values()), here, budget)
        if judgement.certificate is not None:
            apart.append(Apart(environment, judgement.certificate))
        elif (path := judgement.witness) is not None:
            mine, its = (
                next(scope for scope, pattern in side.items() if pattern.matches(path))
                for side in (ours, theirs)
            )
            meetings.append(Meeting(mine, its, shared, path, judgement.exists))
    return most_telling(meetings), tuple(sorted(apart))


Shown = TypeVar("Shown", bound=Surplus | Meeting)


def most_telling(found: Iterable[Shown]) -> Shown | None:
    """The one to show a person: on a folder that exists if any is, and with the shortest path."""
    return min(found, key=lambda one: (not one.exists, len(one.witness), one.witness), default=None)


def redundant(scopes: Sequence[Scope], steps: int = _STEPS) -> dict[int, tuple[int, ...]]:
    """The scopes that open nothing of their own: index of each, and of those that open all of it.

    All of them can go together: of two equal scopes, only one is redundant. Raises TooComplex.
    """
    budget = _budget_for(scopes, scopes, steps)
    left = {i: pattern for i, scope in enumerate(scopes) if (pattern := granting(scope))}
    regions = {i: _region(scopes[i], pattern) for i, pattern in left.items()}
    found: dict[int, tuple[int, ...]] = {}

    def opened(index: int, by: Sequence[int]) -> bool:
        return contains([left[i] for i in by], [left[index]], (), budget).holds

    # Those inside a single other scope go first: of `/a`, `/b` and `/[ab]` the last one is kept.
    for together in (False, True):
        for index in sorted(left, reverse=True):
            own = regions[index]
            others = [i for i, one in regions.items() if i != index and _may_meet(one, own)]
            if others and opened(index, others):
                alone = next(([i] for i in others if opened(index, [i])), others)
                if together or len(alone) == 1:
                    found[index] = tuple(alone)
                    del left[index], regions[index]
    return dict(sorted(found.items()))


def granting(scope: Scope) -> Pattern | None:
    """The scope's pattern; None if it is outside the language: such a scope grants nothing."""
    return pattern_or_none(scope.secret_path)


def _environments(grants: Grants) -> set[str]:
    return {scope.environment for scope in grants.scopes}


def _patterns(grants: Grants, environment: str) -> dict[Scope, Pattern]:
    """Each scope of an environment that grants anything, with its pattern."""
    return {
        scope: pattern
        for scope in grants.scopes
        if scope.environment == environment and (pattern := granting(scope)) is not None
    }


def _budget_for(one: Sequence[Scope], other: Sequence[Scope], steps: int = _STEPS) -> Budget:
    """What is left once each scope is compiled, and put beside each of the other side.

    Raises TooComplex before anything is compiled.
    """
    budget = Budget(steps)
    budget.spend(sum(compile_cost(scope.secret_path) for scope in {*one, *other}))
    budget.spend(2 * len(one) * len(other))
    return budget


_Region = tuple[str | None, ...]
"""A scope's environment and its folder names down to the first `**`; see `folder_names`."""


@lru_cache(maxsize=2)
def _regions(scopes: tuple[Scope, ...]) -> tuple[tuple[_Region, Pattern], ...]:
    """A boundary's regions and patterns, remembered: one draft after another is held against it."""
    return tuple(
        (_region(scope, pattern), pattern)
        for scope in dict.fromkeys(scopes)
        if (pattern := granting(scope)) is not None
    )


def _region(scope: Scope, pattern: Pattern) -> _Region:
    return scope.environment, *folder_names(pattern.segments)


def _may_meet(one: _Region, other: _Region) -> bool:
    """Whether a path may be in both regions. False is a proof that none is: two names differ."""
    for name, its in zip(one, other, strict=False):
        if name != its and name is not None and its is not None:
            return False
    return True
