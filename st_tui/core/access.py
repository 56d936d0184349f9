"""The one decision: may this token do that?  Every door asks here, and nothing else decides."""

from __future__ import annotations

from contextlib import suppress

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
from st_tui.core.patterns import Pattern, PatternRefused, PatternSet, compile_pattern

# Made once: a decision takes less than a microsecond, and making one of these a quarter of that.
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

_REMEMBERED = 4_096  # scopes of all remembered tokens together


def decide(token: ServiceToken, request: AccessRequest) -> Decision:
    """Whether the token may do what the request asks, why, and by which scope.

    Pure. The checks run in the order of `Reason`; the first that fails is the reason. An end is
    reached when now >= expires_at.
    """
    admitted = admits(token, request.now, request.ip)
    if admitted is not _ADMITTED:
        return admitted
    in_environment = _COMPILED[token.scopes].get(request.environment)
    if in_environment is None:
        return _ENVIRONMENT
    found = in_environment[0].first(request.path)
    if found is None:
        return _PATH
    if request.operation not in token.permissions:
        return _PERMISSION
    if request.e2ee and request.endpoint is _RAW:
        return _RAW_E2EE
    return in_environment[1][found]


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

    The first is the reason that `decide` gives: the others would still stand if that were mended.
    """
    in_environment = _COMPILED[token.scopes].get(request.environment)
    fails = {
        Reason.EXPIRED: token.expires_at is not None and request.now >= token.expires_at,
        Reason.INACTIVE: not token.is_active,
        Reason.IP: token.trusted_ips is not None and not trusts(token.trusted_ips, request.ip),
        Reason.ENVIRONMENT: in_environment is None,
        Reason.PATH: in_environment is not None and in_environment[0].first(request.path) is None,
        Reason.PERMISSION: request.operation not in token.permissions,
        Reason.RAW_E2EE: request.e2ee and request.endpoint is _RAW,
    }
    return tuple(reason for reason, failed in fails.items() if failed)


def explain(token: ServiceToken, request: AccessRequest) -> tuple[ScopeVerdict, ...]:
    """How each scope fared against the request's environment and path, in the token's order."""
    return tuple(_verdict(scope, request) for scope in token.scopes)


def trusts(ranges: tuple[IpRange, ...], ip: int | None) -> bool:
    """Whether an address lies in one of the blocks; None stands for "from anywhere"."""
    if ip is None:
        return covers_every_address(ranges)
    return any(first <= ip <= last for _, first, last in ranges)


def _verdict(scope: Scope, request: AccessRequest) -> ScopeVerdict:
    if scope.environment != request.environment:
        return ScopeVerdict(scope, environment=False, matched=False, stopped_at=None)
    try:
        stopped_at = compile_pattern(scope.secret_path).stopped_at(request.path)
    except PatternRefused:
        return ScopeVerdict(scope, environment=True, matched=False, stopped_at=0)
    return ScopeVerdict(scope, True, stopped_at is None, stopped_at)


_ByEnvironment = dict[str, tuple[PatternSet, tuple[Decision, ...]]]


class _Compiled(dict[tuple[Scope, ...], _ByEnvironment]):
    """What tokens' scopes were compiled to. When there is no room for more, it begins anew.

    Room is counted in scopes, a long one as several: neither a table of tokens with a thousand
    scopes each nor one of the longest patterns may fill memory.
    """

    room = _REMEMBERED

    def __missing__(self, scopes: tuple[Scope, ...]) -> _ByEnvironment:
        made = _compile(scopes)
        needed = sum(1 + (len(scope.secret_path) // 32) ** 2 for scope in scopes)
        if needed > self.room:
            self.clear()
            self.room = _REMEMBERED
        self.room -= needed
        self[scopes] = made
        return made


_COMPILED = _Compiled()


def _compile(scopes: tuple[Scope, ...]) -> _ByEnvironment:
    """Per environment: its patterns as one automaton, and the ready answer for each of them.

    A pattern outside the language can only come from a file made elsewhere: it grants nothing.
    """
    chosen: dict[str, list[tuple[int, Pattern]]] = {}
    for index, scope in enumerate(scopes):
        in_environment = chosen.setdefault(scope.environment, [])
        with suppress(PatternRefused):
            in_environment.append((index, compile_pattern(scope.secret_path)))
    return {
        environment: (
            PatternSet([glob for _, glob in found]),
            tuple(Decision(True, Reason.ALLOWED, index) for index, _ in found),
        )
        for environment, found in chosen.items()
    }
