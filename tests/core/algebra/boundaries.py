"""Boundaries written as text, and what they allow by `decide`."""

from __future__ import annotations

from st_tui.core.access import decide
from st_tui.core.algebra.comparison import Boundary, Grants
from st_tui.core.model import AccessRequest, Permission, Scope, ServiceToken


def grants(*scopes: str, may: str = "read") -> Boundary:
    """For example `grants("dev:/apps/*", may="read write")`."""
    parsed = tuple(Scope(*scope.split(":")) for scope in scopes)
    return Boundary(parsed, frozenset(map(Permission, may.split())))


def allows(side: Grants, environment: str, path: str, operation: Permission) -> bool:
    """Whether a token with these scopes and permissions would be allowed this."""
    token = ServiceToken("id", "t", side.scopes, side.permissions)
    return decide(token, AccessRequest(environment, path, operation, now=0)).allowed
