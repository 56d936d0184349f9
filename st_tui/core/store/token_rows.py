"""A token read from the database: the columns of a query, and the ServiceToken that a row makes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import combinations

from st_tui.core.addresses import AddressError, parse_range
from st_tui.core.model import IpRange, Permission, Scope, ServiceToken
from st_tui.core.store.database import Row

LISTING = "service_token_listing"
END = "min(coalesce(t.expires_at, l.ends_at), coalesce(l.ends_at, t.expires_at))"
"""When a token `t` with the row `l` in the listing ends: the earlier of the two."""
IS_REPLACED = (
    "EXISTS (SELECT 1 FROM audit_log WHERE target = t.id AND event = 'rotate-service-token')"
)
"""Whether a rotation replaced the token `t`.

The listing does not tell. If a token ends before the overlap does, its end in the listing stays.
"""


def select(listing: str = LISTING) -> str:
    """The query for tokens `t`, without a WHERE; `listing` is what `true_listing` found."""
    return (
        f"SELECT t.id, t.name, t.permissions, {END}, "
        "t.created_at, t.version, v.is_active, v.trusted_ips, t.project_id, t.created_by, "
        "u.last_used, u.use_count, "
        "(SELECT json_group_array(json_array(s.environment, s.secret_path)) FROM "
        "(SELECT environment, secret_path FROM service_token_scope WHERE token_id = t.id "
        "ORDER BY position) s), "
        f"l.ends_at IS NOT NULL AND {IS_REPLACED} "
        "FROM service_token t "
        f"LEFT JOIN {listing} l ON l.token_id = t.id "
        "LEFT JOIN service_token_v3 v ON v.token_id = t.id "
        "LEFT JOIN service_token_use u ON u.token_id = t.id "
    )


PERMISSIONS = {
    " ".join(granted): frozenset(granted)
    for size in range(1, len(Permission) + 1)
    for granted in combinations(Permission, size)
}
"""What the column `permissions` may hold: `read`, `write`, `read write`."""


def token_of(row: Row) -> ServiceToken:
    """The token of a row that `select` found."""
    (token_id, name, permissions, ends_at, created_at, version, is_active, trusted_ips,
     project_id, created_by, last_used, use_count, scopes, is_replaced) = row  # fmt: skip
    return ServiceToken(
        id=str(token_id),
        name=str(name),
        scopes=tuple(Scope(*scope) for scope in json.loads(str(scopes))),
        # Only a file made elsewhere holds any others: they grant nothing.
        permissions=PERMISSIONS.get(str(permissions), frozenset()),
        expires_at=_integer(ends_at),
        created_at=_integer(created_at) or 0,
        version=_integer(version) or 2,
        is_active=version == 2 or is_active == 1,
        trusted_ips=tuple(map(_trusted, _words(trusted_ips))) if version == 3 else None,
        project_id=str(project_id),
        created_by=str(created_by),
        last_used=_integer(last_used),
        use_count=_integer(use_count) or 0,
        is_replaced=is_replaced == 1,
    )


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _words(value: object) -> Iterable[str]:
    return str(value).split() if value else ()


def _trusted(text: str) -> IpRange:
    try:
        return parse_range(text)
    except AddressError:
        # Only a file made elsewhere holds what is no block: it is shown, and trusts nobody.
        return IpRange(text, 0, -1)
