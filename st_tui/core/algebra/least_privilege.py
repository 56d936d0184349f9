"""The narrowest scopes that still cover what a token was used for, with the proofs.

**Narrowest** is meant literally: the folders of the recorded accesses and no others. Siblings are
written as one choice, `/x/{a,b}`, which keeps the list short and opens nothing else; `/x/*` is
never proposed, however many of its folders were used. Permissions hold for all scopes of a token,
so a folder that was only read is writable too where another was written: two tokens may do better.

**Nothing is believed.** A scope is proposed only with the certificate that it lies inside the old
ones, and an access counts as covered only if `decide` allows it with what is proposed. An access is
left out if no folder can have its path (somebody asked for `/x/*` by that very text), if its
environment is gone, or if the old scopes do not allow it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from st_tui.core.access import decide
from st_tui.core.algebra.comparison import Boundary, Grants, Inside, surplus
from st_tui.core.drafts import folder_path
from st_tui.core.errors import Refusal
from st_tui.core.model import AccessRequest, Permission, Scope, ServiceToken, Use

_LONGEST_CHOICE = 200
"""Characters of a pattern with a choice: a longer one would be hard to read, and slow to prove."""

_MOST_SCOPES = 500
"""Nobody would look through more of them, and to decide by thousands is slow."""

_STOPS_SHOWN = 3


class Stop(NamedTuple):
    """A path at which these operations would stop working; `exists`: it is a folder now."""

    environment: str
    path: str
    operations: tuple[Permission, ...]
    exists: bool

    def __str__(self) -> str:
        return f"{' and '.join(self.operations)} {self.environment}:{self.path}"


class Narrowed(NamedTuple):
    """Scopes and permissions for what was used, each scope proved to lie inside the old ones.

    `stops` has up to three paths that would stop working; if it is empty, nothing is narrower.
    """

    scopes: tuple[Scope, ...]
    permissions: frozenset[Permission]
    covered: tuple[Use, ...]
    left_out: tuple[Use, ...]
    stops: tuple[Stop, ...]
    proofs: tuple[Inside, ...]

    @property
    def accesses(self) -> int:
        """How many recorded accesses are covered."""
        return sum(use.times for use in self.covered)


def narrow(old: Grants, uses: Iterable[Use], folders: Mapping[str, Sequence[str]]) -> Narrowed:
    """The least that the grants could be, judged by these recorded uses.

    `folders` gives the paths of each environment there is, the root among them. Raises Refusal if
    no use is recorded or too many folders were used, and TooComplex if the proofs would take too
    long.
    """
    recorded = sorted(uses)
    fitting = [
        use
        for use in recorded
        if use.environment in folders
        and _is_folder_path(use.path)
        and use.operation in _allowed(old, use.environment, use.path)
    ]
    if not fitting:
        raise Refusal(
            "Nothing recorded: the audit log has no access to a folder that was allowed to this "
            "token, so nobody knows what it needs."
        )
    permissions = frozenset(use.operation for use in fitting)
    scopes = tuple(_exact(fitting))
    if len(scopes) > _MOST_SCOPES:
        raise Refusal(
            f"This token was used in so many folders that it would take {len(scopes)} scopes to "
            f"name them, and {_MOST_SCOPES} is the most: make it several tokens."
        )
    proofs = tuple(
        proof
        for scope in scopes
        for proof in surplus(Boundary((scope,), permissions), old, folders)[1]
    )
    new = Boundary(tuple(proof.scope for proof in proofs), permissions)
    covered: list[Use] = []
    left_out: list[Use] = []
    for use in recorded:
        works = use.operation in _allowed(new, use.environment, use.path)
        (covered if works else left_out).append(use)
    return Narrowed(*new, tuple(covered), tuple(left_out), _stops(old, new, folders), proofs)


def _is_folder_path(path: str) -> bool:
    try:
        return folder_path(path) == path
    except Refusal:
        return False


def _allowed(grants: Grants, environment: str, path: str) -> tuple[Permission, ...]:
    """What `decide` allows there, by scopes and permissions alone."""
    token = ServiceToken("", "", grants.scopes, grants.permissions)
    return tuple(
        operation
        for operation in Permission
        if decide(token, AccessRequest(environment, path, operation, now=0)).allowed
    )


def _exact(uses: Iterable[Use]) -> Iterator[Scope]:
    """Scopes that open the folders of these uses and no others, siblings together."""
    siblings: dict[Scope, set[str]] = {}
    for use in uses:
        parent, _, name = use.path.rpartition("/")
        siblings.setdefault(Scope(use.environment, parent), set()).add(name)
    for (environment, parent), names in sorted(siblings.items()):
        together: list[str] = []
        for name in sorted(names):
            if not name:
                yield Scope(environment, "/")  # the root has no name to be chosen by
                continue
            if together and len(_pattern(parent, [*together, name])) > _LONGEST_CHOICE:
                yield Scope(environment, _pattern(parent, together))
                together = []
            together.append(name)
        if together:
            yield Scope(environment, _pattern(parent, together))


def _pattern(parent: str, names: Sequence[str]) -> str:
    words = ",".join(names)
    return f"{parent}/{words}" if len(names) == 1 else f"{parent}/{{{words}}}"


def _stops(old: Grants, new: Grants, folders: Mapping[str, Sequence[str]]) -> tuple[Stop, ...]:
    """Paths where something would stop working: closed altogether first, then the shortest."""

    def stop(environment: str, path: str, *, exists: bool) -> Stop:
        still = _allowed(new, environment, path)
        lost = (op for op in _allowed(old, environment, path) if op not in still)
        return Stop(environment, path, tuple(lost), exists)

    there = [
        stop(environment, path, exists=True)
        for environment in {scope.environment for scope in old.scopes}
        for path in folders.get(environment, ())
    ]
    lost = sorted(
        (one for one in there if one.operations),
        key=lambda one: (-len(one.operations), len(one.path), one.path, one.environment),
    )
    if len(lost) < _STOPS_SHOWN:
        witnesses = [
            (one.scope.environment, one.witness)
            for one in surplus(old, new, folders)[0]
            if not one.exists
        ]
        lost += [stop(*witness, exists=False) for witness in dict.fromkeys(witnesses)]
    return tuple(lost[:_STOPS_SHOWN])
