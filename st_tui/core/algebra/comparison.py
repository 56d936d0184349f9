"""What one set of grants allows that another does not: tokens beside tokens, drafts, boundaries.

Grants are scopes with the permissions that hold for all of them, as a token or a draft has them.
Ends, switches and trusted IPs are not compared: they say when, not what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Final, NamedTuple, Protocol, TypeVar

from st_tui.core.algebra.containment import Certificate, Work, contains, overlaps
from st_tui.core.model import Permission, Scope
from st_tui.core.patterns import Pattern, PatternRefused, compile_pattern, is_plain

_STEPS: Final = 300_000
"""For a comparison of all scopes on both sides: more than for one question."""

_Place = tuple[str | None, ...]


class Grants(Protocol):
    """Whatever has scopes and permissions: a service token, a draft, a boundary."""

    @property
    def scopes(self) -> tuple[Scope, ...]: ...
    @property
    def permissions(self) -> frozenset[Permission]: ...


class Boundary(NamedTuple):
    """Grants of nobody in particular: what a token is to stay inside."""

    scopes: tuple[Scope, ...]
    permissions: frozenset[Permission] = frozenset(Permission)


class Surplus(NamedTuple):
    """A scope that opens more than the other side: one path, as short as any, shows it.

    `operations` are those for which it does; `exists` says that the path is a folder now.
    """

    scope: Scope
    operations: tuple[Permission, ...]
    witness: str
    exists: bool


class Inside(NamedTuple):
    """A scope that opens nothing more than the other side, with the proof."""

    scope: Scope
    certificate: Certificate


class Meeting(NamedTuple):
    """What two sides both allow, by a scope of each: these operations on a path."""

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
    work = _work_on(old.scopes, new.scopes)
    return Comparison(
        surplus(new, old, folders, work)[0],
        surplus(old, new, folders, work)[0],
    )


def surplus(
    grants: Grants,
    boundary: Grants,
    folders: Mapping[str, Sequence[str]],
    work: Work | None = None,
) -> tuple[tuple[Surplus, ...], tuple[Inside, ...]]:
    """What the grants allow outside the boundary, scope by scope, and what is proved inside.

    Raises TooComplex if that would take too long.
    """
    work = work or _work_on(grants.scopes, boundary.scopes)
    out: list[Surplus] = []
    inside: list[Inside] = []
    shared = grants.permissions & boundary.permissions
    lacking = tuple(sorted(grants.permissions - shared))
    bounds = _bounds(boundary.scopes)
    for scope in dict.fromkeys(grants.scopes):
        here = folders.get(scope.environment, ())
        glob = granting(scope)
        if glob is None:
            continue
        place = _place(scope)
        around = [other for there, other in bounds if _may_meet(there, place)]
        if lacking:
            anywhere = contains((), (glob,), here, work)
            if anywhere.witness is not None:
                out.append(Surplus(scope, lacking, anywhere.witness, anywhere.exists))
        if not shared:
            continue
        answer = contains([glob] if glob in around else around, [glob], here, work)
        if answer.certificate is not None:
            inside.append(Inside(scope, answer.certificate))
        elif answer.witness is not None:
            out.append(Surplus(scope, tuple(sorted(shared)), answer.witness, answer.exists))
    return tuple(out), tuple(inside)


def overlap(
    one: Grants, other: Grants, folders: Mapping[str, Sequence[str]]
) -> tuple[Meeting | None, tuple[Apart, ...]]:
    """What both sides allow, on a folder or else on a path as short as any; and the environments
    of both in which they are proved to meet nowhere.

    Raises TooComplex if that would take too long.
    """
    work = _work_on((*one.scopes, *other.scopes), ())
    shared = tuple(sorted(one.permissions & other.permissions))
    met: list[Meeting] = []
    apart: list[Apart] = []
    for environment in _environments(one) & _environments(other) if shared else ():
        ours, theirs = (_globs(side, environment) for side in (one, other))
        here = folders.get(environment, ())
        answer = overlaps(list(ours.values()), list(theirs.values()), here, work)
        if answer.certificate is not None:
            apart.append(Apart(environment, answer.certificate))
        elif (path := answer.witness) is not None:
            mine, its = (
                next(scope for scope, glob in side.items() if glob.matches(path))
                for side in (ours, theirs)
            )
            met.append(Meeting(mine, its, shared, path, answer.exists))
    return shortest(met), tuple(sorted(apart))


Shown = TypeVar("Shown", bound=Surplus | Meeting)


def shortest(found: Iterable[Shown]) -> Shown | None:
    """The one to show a person: on a folder that exists if any is, and with the shortest path."""
    return min(found, key=lambda one: (not one.exists, len(one.witness), one.witness), default=None)


def redundant(scopes: Sequence[Scope], steps: int = _STEPS) -> dict[int, tuple[int, ...]]:
    """The scopes that open nothing of their own: index of each, and of those that open it all.

    The others stand without them: two equal scopes are not both redundant. Raises TooComplex.
    """
    work = _work_on(scopes, scopes, steps)
    left = {i: glob for i, scope in enumerate(scopes) if (glob := granting(scope))}
    places = [_place(scope) for scope in scopes]
    found: dict[int, tuple[int, ...]] = {}

    def opened(index: int, by: Sequence[int]) -> bool:
        return contains([left[i] for i in by], [left[index]], (), work).holds

    # Those inside a single other scope go first: of `/a`, `/b` and `/[ab]` the last one is kept.
    for together in (False, True):
        for index in sorted(left, reverse=True):
            others = [i for i in left if i != index and _may_meet(places[i], places[index])]
            if others and opened(index, others):
                alone = next(([i] for i in others if opened(index, [i])), others)
                if together or len(alone) == 1:
                    found[index] = tuple(alone)
                    del left[index]
    return dict(sorted(found.items()))


def _environments(grants: Grants) -> set[str]:
    return {scope.environment for scope in grants.scopes}


def _globs(grants: Grants, environment: str) -> dict[Scope, Pattern]:
    """Each scope of an environment that grants anything, with its pattern."""
    return {
        scope: glob
        for scope in grants.scopes
        if scope.environment == environment and (glob := granting(scope)) is not None
    }


def _work_on(one: Sequence[Scope], other: Sequence[Scope], steps: int = _STEPS) -> Work:
    """What is left of the work when each scope was read and put beside each of the other side."""
    work = Work(steps)
    work.spend(sum(_reading(scope.secret_path) for scope in {*one, *other}))
    work.spend(2 * len(one) * len(other))
    return work


def _reading(pattern: str) -> int:
    """The steps that compiling a pattern takes as long as; a class names very many characters."""
    return 30 + 5 * len(pattern) + 60 * ("[" in pattern)


@lru_cache(maxsize=2)
def _bounds(scopes: tuple[Scope, ...]) -> tuple[tuple[_Place, Pattern], ...]:
    """A boundary's places and patterns: remembered, for scope after scope is held against it."""
    return tuple(
        (_place(scope), glob)
        for scope in dict.fromkeys(scopes)
        if (glob := granting(scope)) is not None
    )


def _place(scope: Scope) -> _Place:
    """The environment, and the names of the folders down to the first `**`; None: any of many."""
    down = takewhile("**".__ne__, scope.secret_path.split("/")[1:])
    return scope.environment, *(name if is_plain(name) else None for name in down)


def _may_meet(one: _Place, other: _Place) -> bool:
    """Of the places of two scopes; False only if no path is of both: a name differs."""
    for name, its in zip(one, other, strict=False):
        if name != its and name is not None and its is not None:
            return False
    return True


def granting(scope: Scope) -> Pattern | None:
    """The scope's pattern; None if it is outside the language: such a scope grants nothing."""
    try:
        return compile_pattern(scope.secret_path)
    except PatternRefused:
        return None
