"""The nearest miss: the smallest change that would turn a denial into a yes.

The way there goes down the order of `Reason`: what stands in the way first is mended first, then
`decide` is asked again, and so on until it allows. So a `Miss` holds exactly the changes that are
needed together: one if one thing is wrong, several if several are, and none too many. Where a
denial can be mended in different ways (another path, a folder that exists, another environment)
there is a miss for each. There is none where nothing helps: a token whose scopes open no folder,
say, or a path that was not found within the search's cap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from st_tui.core.access import decide
from st_tui.core.addresses import IPV6
from st_tui.core.model import (
    AccessRequest,
    Endpoint,
    IpRange,
    Permission,
    Reason,
    Scope,
    ServiceToken,
)
from st_tui.core.nearest.path import CAP, nearest_folder, nearest_path, next_of_kin
from st_tui.core.patterns import Pattern, PatternRefused, compile_pattern


class Change(StrEnum):
    """What a miss changes: the token's switch, or one field of the request."""

    TIME = "time"
    ACTIVE = "active"
    IP = "ip"
    ENVIRONMENT = "environment"
    PATH = "path"
    OPERATION = "operation"
    ENDPOINT = "endpoint"


class Miss(NamedTuple):
    """Changes that together are enough: `decide(token, request)` allows.

    The token is the one asked about, switched on if need be. `distance` counts the characters
    between the paths; `exists` says that the request's path is that of a known folder.
    """

    token: ServiceToken
    request: AccessRequest
    changes: tuple[Change, ...] = ()
    distance: int = 0
    exists: bool = False


def nearest(
    token: ServiceToken,
    request: AccessRequest,
    folders: Mapping[str, Sequence[str]] | None = None,
    *,
    cap: int = CAP,
) -> tuple[Miss, ...]:
    """The nearest misses of a denial: fewest changes first, then the nearest path. Pure.

    `folders` are the paths of each environment's folders. One of them is preferred where it is as
    near as any path; where none is, the one next of kin is told as well: the nearest of those that
    share the most first segments.
    Nothing for what is allowed already.
    """
    denied, folders = Miss(token, request), folders or {}
    ways = [
        miss._replace(exists=miss.request.path in folders.get(miss.request.environment, ()))
        for miss in _mended(denied, folders, cap)
        if miss.changes
    ]
    return tuple(sorted(ways, key=lambda miss: (len(miss.changes), miss.distance)))


def _mended(miss: Miss, folders: Mapping[str, Sequence[str]], cap: int) -> Iterator[Miss]:
    reason = decide(miss.token, miss.request).reason
    if reason is Reason.ALLOWED:
        yield miss
        return
    for better in _without(reason, miss, folders, cap):
        yield from _mended(better, folders, cap)


def _without(
    reason: Reason, miss: Miss, folders: Mapping[str, Sequence[str]], cap: int
) -> Iterator[Miss]:
    """The same without this reason, in every way there is."""
    token, request = miss.token, miss.request
    if reason is Reason.EXPIRED and token.expires_at is not None:
        yield _changed(miss, Change.TIME, request._replace(now=token.expires_at - 1))
    elif reason is Reason.INACTIVE:
        active = miss._replace(token=token._replace(is_active=True))
        yield _changed(active, Change.ACTIVE, request)
    elif reason is Reason.IP and token.trusted_ips:
        ip = _nearest_address(token.trusted_ips, request.ip)
        yield _changed(miss, Change.IP, request._replace(ip=ip))
    elif reason is Reason.ENVIRONMENT:
        environment = _covering(miss) or _nearest_environment(miss, cap)
        if environment is not None:
            yield _changed(miss, Change.ENVIRONMENT, request._replace(environment=environment))
    elif reason is Reason.PATH:
        yield from _other_paths(miss, folders.get(request.environment, ()), cap)
        environment = _covering(miss)
        if environment is not None:
            yield _changed(miss, Change.ENVIRONMENT, request._replace(environment=environment))
    elif reason is Reason.PERMISSION:
        for permission in Permission:
            if permission in token.permissions:
                yield _changed(miss, Change.OPERATION, request._replace(operation=permission))
    elif reason is Reason.RAW_E2EE:
        yield _changed(miss, Change.ENDPOINT, request._replace(endpoint=Endpoint.E2EE))


def _changed(miss: Miss, change: Change, request: AccessRequest) -> Miss:
    return miss._replace(request=request, changes=(*miss.changes, change))


def _other_paths(miss: Miss, folders: Sequence[str], cap: int) -> Iterator[Miss]:
    """The nearest path of all, a folder if one is as near; else the folder next of kin as well."""
    request = miss.request
    _, globs = _patterns(s for s in miss.token.scopes if s.environment == request.environment)
    folder = nearest_folder(globs, request.path, folders)
    nearer = nearest_path(
        globs, request.path, within=None if folder is None else folder.distance - 1, cap=cap
    )
    if nearer is not None:
        folder = next_of_kin(globs, request.path, folders)
    for found in (nearer, folder):
        if found is not None:
            changed = _changed(miss, Change.PATH, request._replace(path=found.path))
            yield changed._replace(distance=found.distance)


def _covering(miss: Miss) -> str | None:
    """The first environment in which a scope covers the requested path."""
    scopes, globs = _patterns(miss.token.scopes)
    pairs = zip(scopes, globs, strict=True)
    return next((s.environment for s, glob in pairs if glob.matches(miss.request.path)), None)


def _nearest_environment(miss: Miss, cap: int) -> str | None:
    """The environment with the path nearest to the requested one."""
    scopes, globs = _patterns(miss.token.scopes)
    found = nearest_path(globs, miss.request.path, cap=cap)
    return None if found is None else scopes[found.pattern].environment


def _patterns(scopes: Iterable[Scope]) -> tuple[list[Scope], list[Pattern]]:
    """The scopes that grant anything, and their patterns."""
    granting, globs = [], []
    for scope in scopes:
        try:
            globs.append(compile_pattern(scope.secret_path))
        except PatternRefused:
            continue
        granting.append(scope)
    return granting, globs


def _nearest_address(blocks: Sequence[IpRange], ip: int | None) -> int:
    """The trusted address nearest to this one, of its own family if there is any.

    For "from anywhere" it is the first of the first block.
    """
    if ip is None:
        return blocks[0].first
    candidates = [end for _, first, last in blocks for end in (first, last)]
    return min(candidates, key=lambda end: ((end < IPV6) != (ip < IPV6), abs(end - ip)))
