"""The one decision: may this token do that? Every door asks here, and nothing else decides."""

from __future__ import annotations

from st_tui.core.addresses import covers_every_address
from st_tui.core.model import (
    AccessRequest,
    Decision,
    Endpoint,
    IpRange,
    Reason,
    Scope,
    ScopeVerdict,
    ServiceToken,
)
from st_tui.core.patterns import Pattern, PatternSet, pattern_or_none
from st_tui.core.patterns.cache import BoundedCache

# Made once: to decide takes less than a microsecond, of which making one would take a quarter.
UNKNOWN = Decision(False, Reason.UNKNOWN, None)
EXPIRED = Decision(False, Reason.EXPIRED, None)
_ADMITTED = Decision(True, Reason.ALLOWED, None)
_INACTIVE = Decision(False, Reason.INACTIVE, None)
_IP = Decision(False, Reason.IP, None)
_ENVIRONMENT = Decision(False, Reason.ENVIRONMENT, None)
_PATH = Decision(False, Reason.PATH, None)
_PERMISSION = Decision(False, Reason.PERMISSION, None)
_RAW_E2EE = Decision(False, Reason.RAW_E2EE, None)
_RAW = Endpoint.RAW

_REMEMBERED = 4_096  # scopes, of all tokens together


def decide(token: ServiceToken, request: AccessRequest) -> Decision:
    """Whether the token may do what the request asks, why, and by which scope.

    Pure. The checks run in the order of `Reason`; the first that fails is the reason. An end is
    reached when now >= expires_at.
    """
    admitted = admits(token, request.now, request.ip)
    if admitted is not _ADMITTED:
        return admitted
    compiled = _COMPILED[token.scopes].get(request.environment)
    if compiled is None:
        return _ENVIRONMENT
    patterns, allowed = compiled
    found = patterns.first(request.path)
    if found is None:
        return _PATH
    if request.operation not in token.permissions:
        return _PERMISSION
    if request.e2ee and request.endpoint is _RAW:
        return _RAW_E2EE
    return allowed[found]


def admits(token: ServiceToken, now: int, ip: int | None) -> Decision:
    """Whether the token may ask for anything at all, at this time and from this address.

    These are the checks that `decide` begins with. A door asks them alone while it does not know
    yet what the request is about.
    """
    if token.expires_at is not None and now >= token.expires_at:
        return EXPIRED
    if not token.is_active:
        return _INACTIVE
    if token.trusted_ips is not None and not trusts(token.trusted_ips, ip):
        return _IP
    return _ADMITTED


def failing(token: ServiceToken, request: AccessRequest) -> tuple[Reason, ...]:
    """Every condition that the request fails, in the order of `Reason`; none where it is allowed.

    The first is the reason that `decide` gives. The others would still stand if it were mended.
    """
    compiled = _COMPILED[token.scopes].get(request.environment)
    no_path = compiled is not None and compiled[0].first(request.path) is None
    fails = {
        Reason.EXPIRED: token.expires_at is not None and request.now >= token.expires_at,
        Reason.INACTIVE: not token.is_active,
        Reason.IP: token.trusted_ips is not None and not trusts(token.trusted_ips, request.ip),
        Reason.ENVIRONMENT: compiled is None,
        Reason.PATH: no_path,
        Reason.PERMISSION: request.operation not in token.permissions,
        Reason.RAW_E2EE: request.e2ee and request.endpoint is _RAW,
    }
    return tuple(reason for reason, failed in fails.items() if failed)


def explain(token: ServiceToken, request: AccessRequest) -> tuple[ScopeVerdict, ...]:
    """Whether each scope, in the token's order, matches the request's environment and path."""
    return tuple(_verdict(scope, request) for scope in token.scopes)


def trusts(ranges: tuple[IpRange, ...], ip: int | None) -> bool:
    """Whether an address lies in one of the blocks; None stands for "from anywhere"."""
    if ip is None:
        return covers_every_address(ranges)
    return any(first <= ip <= last for _, first, last in ranges)


def _verdict(scope: Scope, request: AccessRequest) -> ScopeVerdict:
    if scope.environment != request.environment:
        return ScopeVerdict(scope, in_environment=False, matched=False, stopped_at=None)
    pattern = pattern_or_none(scope.secret_path)
    stopped_at = 0 if pattern is None else pattern.stopped_at(request.path)
    return ScopeVerdict(scope, True, stopped_at is None, stopped_at)


_Compiled = tuple[PatternSet, tuple[Decision, ...]]
"""The scopes of one environment: their patterns, and for each the decision if it matches first."""


def _compile(scopes: tuple[Scope, ...]) -> dict[str, _Compiled]:
    """A token's scopes by environment."""
    by_environment: dict[str, list[tuple[Pattern, Decision]]] = {}
    for index, (environment, text) in enumerate(scopes):
        granting = by_environment.setdefault(environment, [])
        pattern = pattern_or_none(text)
        if pattern is not None:
            granting.append((pattern, Decision(True, Reason.ALLOWED, index)))
    return {
        environment: (
            PatternSet([pattern for pattern, _ in granting]),
            tuple(decision for _, decision in granting),
        )
        for environment, granting in by_environment.items()
    }


def _weight(scopes: tuple[Scope, ...]) -> int:
    """A token weighs as much as it has scopes, and a long scope as several.

    So neither tokens with a thousand scopes each nor the longest patterns fill memory.
    """
    return sum(1 + (len(scope.secret_path) // 32) ** 2 for scope in scopes)


_COMPILED = BoundedCache(_compile, _weight, _REMEMBERED)
