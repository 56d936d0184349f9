"""Near misses: the smallest changes that would turn a denial into a yes.

    dev:/comon/db denied for path    ->    allowed with the path /common/db

The first reason for the denial is mended, then `decide` is asked again, and so on until it allows.
So a near miss has exactly the changes that are needed together: one if one thing is wrong, several
if several are. Where a reason can be mended in several ways (another path, a folder that exists,
another environment) there is a near miss for each. There is none where nothing helps: where the
token's scopes open no folder, say, or where no path was found within the search's cap.
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
from st_tui.core.nearest.path import CAP, nearest_folder, nearest_path, nearest_relative
from st_tui.core.patterns import Pattern, pattern_or_none


class Change(StrEnum):
    """What is changed: the token's switch (ACTIVE), or one field of the request."""

    TIME = "time"
    ACTIVE = "active"
    IP = "ip"
    ENVIRONMENT = "environment"
    PATH = "path"
    OPERATION = "operation"
    ENDPOINT = "endpoint"


class NearMiss(NamedTuple):
    """Changes that together are enough: `decide(token, request)` allows.

    `token` and `request` are those asked about with the changes made. `distance` is how many
    characters the paths are apart; `exists` says that the request's path is that of a known folder.
    """

    token: ServiceToken
    request: AccessRequest
    changes: tuple[Change, ...] = ()
    distance: int = 0
    exists: bool = False


def nearest_misses(
    token: ServiceToken,
    request: AccessRequest,
    folders: Mapping[str, Sequence[str]] | None = None,
    *,
    cap: int = CAP,
) -> tuple[NearMiss, ...]:
    """The near misses of a denial: fewest changes first, then the nearest path. Pure.

    `folders` are the paths of each environment's folders. A folder that is as near as any path is
    preferred. If there is none, the nearest relative comes as well (see `nearest_relative`).
    If the request is allowed already, there are none. `cap` bounds each search for a path.
    """
    denied, folders = NearMiss(token, request), folders or {}
    misses = [
        miss._replace(exists=miss.request.path in folders.get(miss.request.environment, ()))
        for miss in _until_allowed(denied, folders, cap)
        if miss.changes
    ]
    return tuple(sorted(misses, key=lambda miss: (len(miss.changes), miss.distance)))


def _until_allowed(
    miss: NearMiss, folders: Mapping[str, Sequence[str]], cap: int
) -> Iterator[NearMiss]:
    """Every way to go on changing until `decide` allows."""
    reason = decide(miss.token, miss.request).reason
    if reason is Reason.ALLOWED:
        yield miss
        return
    for better in _without(reason, miss, folders, cap):
        yield from _until_allowed(better, folders, cap)


def _without(
    reason: Reason, miss: NearMiss, folders: Mapping[str, Sequence[str]], cap: int
) -> Iterator[NearMiss]:
    """Every change of the request or the token that removes this reason for the denial."""
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
        environment = _covering_environment(miss) or _nearest_environment(miss, cap)
        if environment is not None:
            yield _changed(miss, Change.ENVIRONMENT, request._replace(environment=environment))
    elif reason is Reason.PATH:
        yield from _other_paths(miss, folders.get(request.environment, ()), cap)
        environment = _covering_environment(miss)
        if environment is not None:
            yield _changed(miss, Change.ENVIRONMENT, request._replace(environment=environment))
    elif reason is Reason.PERMISSION:
        for permission in Permission:
            if permission in token.permissions:
                yield _changed(miss, Change.OPERATION, request._replace(operation=permission))
    elif reason is Reason.RAW_E2EE:
        yield _changed(miss, Change.ENDPOINT, request._replace(endpoint=Endpoint.E2EE))


def _changed(miss: NearMiss, change: Change, request: AccessRequest) -> NearMiss:
    return miss._replace(request=request, changes=(*miss.changes, change))


def _other_paths(miss: NearMiss, folders: Sequence[str], cap: int) -> Iterator[NearMiss]:
    """With the nearest path: a folder if one is as near, else the nearest relative as well."""
    request = miss.request
    _, patterns = _granting(s for s in miss.token.scopes if s.environment == request.environment)
    folder = nearest_folder(patterns, request.path, folders)
    nearer = nearest_path(
        patterns, request.path, within=None if folder is None else folder.distance - 1, cap=cap
    )
    if nearer is not None:
        folder = nearest_relative(patterns, request.path, folders)
    for found in (nearer, folder):
        if found is not None:
            changed = _changed(miss, Change.PATH, request._replace(path=found.path))
            yield changed._replace(distance=found.distance)


def _covering_environment(miss: NearMiss) -> str | None:
    """The first environment in which a scope matches the requested path."""
    scopes, patterns = _granting(miss.token.scopes)
    pairs = zip(scopes, patterns, strict=True)
    return next((s.environment for s, pattern in pairs if pattern.matches(miss.request.path)), None)


def _nearest_environment(miss: NearMiss, cap: int) -> str | None:
    """The environment with the path nearest to the requested one."""
    scopes, patterns = _granting(miss.token.scopes)
    found = nearest_path(patterns, miss.request.path, cap=cap)
    return None if found is None else scopes[found.pattern].environment


def _granting(scopes: Iterable[Scope]) -> tuple[list[Scope], list[Pattern]]:
    """The scopes that grant anything, and their patterns."""
    granting, patterns = [], []
    for scope in scopes:
        pattern = pattern_or_none(scope.secret_path)
        if pattern is not None:
            granting.append(scope)
            patterns.append(pattern)
    return granting, patterns


def _nearest_address(blocks: Sequence[IpRange], ip: int | None) -> int:
    """The trusted address nearest to this one, of the same family (IPv4, IPv6) if there is any.

    For "from anywhere", None, it is the first address of the first block.
    """
    if ip is None:
        return blocks[0].first
    candidates = [end for _, first, last in blocks for end in (first, last)]
    return min(candidates, key=lambda end: ((end < IPV6) != (ip < IPV6), abs(end - ip)))
