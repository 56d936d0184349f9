"""Service tokens in the database: written once, read often, deleted with a tombstone elsewhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

from st_tui.core.addresses import AddressError, parse_range
from st_tui.core.model import IpRange, Order, Permission, Scope, Sealed, ServiceToken, in_order
from st_tui.core.store.database import Database, Row, Values
from st_tui.core.store.token_listing import END, LISTING, true_listing

_IS_REPLACED = (
    "EXISTS (SELECT 1 FROM audit_log WHERE target = t.id AND event = 'rotate-service-token')"
)
"""Whether a rotation replaced the token `t`. Only the log knows: one whose own end comes before
that of the overlap has no other end in the listing."""


def _select(listing: str = LISTING) -> str:
    return (
        f"SELECT t.id, t.name, t.permissions, {END}, "
        "t.created_at, t.version, v.is_active, v.trusted_ips, t.project_id, t.created_by, "
        "u.last_used, u.use_count, "
        "(SELECT json_group_array(json_array(s.environment, s.secret_path)) FROM "
        "(SELECT environment, secret_path FROM service_token_scope WHERE token_id = t.id "
        "ORDER BY position) s), "
        f"l.ends_at IS NOT NULL AND {_IS_REPLACED} "
        "FROM service_token t "
        f"LEFT JOIN {listing} l ON l.token_id = t.id "
        "LEFT JOIN service_token_v3 v ON v.token_id = t.id "
        "LEFT JOIN service_token_use u ON u.token_id = t.id "
    )


# Each is an index of the listing, read one way or the other.
_ORDER_BY = {
    (Order.CREATED, False): "l.created_at DESC, l.token_id DESC",
    (Order.CREATED, True): "l.created_at, l.token_id",
    (Order.NAME, False): "l.name COLLATE NOCASE, l.token_id",
    (Order.NAME, True): "l.name COLLATE NOCASE DESC, l.token_id DESC",
    (Order.EXPIRES, False): "l.ends_at IS NULL, l.ends_at, l.token_id",
    (Order.EXPIRES, True): "l.ends_at IS NULL DESC, l.ends_at DESC, l.token_id DESC",
}
_PERMISSIONS = {
    " ".join(granted): frozenset(granted)
    for size in range(1, len(Permission) + 1)
    for granted in combinations(Permission, size)
}
"""What the column `permissions` may hold: `read`, `write`, `read write`."""
_WITH_WRITE = ", ".join(
    f"'{text}'" for text, granted in _PERMISSIONS.items() if Permission.WRITE in granted
)


class Credentials(NamedTuple):
    """What is kept of a token's secrets: a hash, and the project key sealed with its key part."""

    secret_hash: bytes
    project_key: Sealed


def insert(database: Database, token: ServiceToken, credentials: Credentials) -> None:
    """Write a token and its scopes. The scopes go first: see `store.schema`."""
    database.execute_many(
        "INSERT INTO service_token_scope (token_id, position, environment, secret_path) "
        "VALUES (:token_id, :position, :environment, :secret_path)",
        [
            {"token_id": token.id, "position": position} | scope._asdict()
            for position, scope in enumerate(token.scopes)
        ],
    )
    sealed = credentials.project_key
    database.execute(
        "INSERT INTO service_token (id, project_id, version, name, permissions, expires_at, "
        "secret_hash, encrypted_key, iv, tag, created_at, created_by) "
        "VALUES (:id, :project_id, :version, :name, :permissions, :expires_at, "
        ":secret_hash, :encrypted_key, :iv, :tag, :created_at, :created_by)",
        {
            "id": token.id,
            "project_id": token.project_id,
            "version": token.version,
            "name": token.name,
            "permissions": " ".join(in_order(token.permissions)),
            "expires_at": token.expires_at,
            "secret_hash": credentials.secret_hash,
            "encrypted_key": sealed.ciphertext,
            "iv": sealed.iv,
            "tag": sealed.tag,
            "created_at": token.created_at,
            "created_by": token.created_by,
        },
    )
    if token.version == 3:
        database.execute(
            "INSERT INTO service_token_v3 (token_id, is_active, trusted_ips) "
            "VALUES (:id, :is_active, :trusted_ips)",
            _switches(token),
        )


def switch(database: Database, token: ServiceToken) -> None:
    """Write the two things of a V3 token that can change: its active flag and trusted IPs."""
    database.execute(
        "UPDATE service_token_v3 SET is_active = :is_active, trusted_ips = :trusted_ips "
        "WHERE token_id = :id",
        _switches(token),
    )


def _switches(token: ServiceToken) -> Values:
    trusted = " ".join(block.text for block in token.trusted_ips or ())
    return {"id": token.id, "is_active": int(token.is_active), "trusted_ips": trusted}


def end_early(database: Database, token_id: str, ends_at: int) -> None:
    """Let a rotated token end at this time, which may not be later than its end is now."""
    database.execute(
        f"UPDATE {LISTING} SET ends_at = :ends_at WHERE token_id = :id",
        {"ends_at": ends_at, "id": token_id},
    )


def note_uses(database: Database, uses: Iterable[tuple[str, int]]) -> None:
    """Count uses (token id, time). A token that was deleted meanwhile is left alone."""
    noted: dict[str, list[int]] = {}
    for token_id, time in uses:
        noted.setdefault(token_id, []).append(time)
    database.execute_many(
        "INSERT INTO service_token_use (token_id, last_used, use_count) "
        "SELECT id, :last_used, :times FROM service_token WHERE id = :id "
        "ON CONFLICT (token_id) DO UPDATE SET "
        "last_used = max(service_token_use.last_used, excluded.last_used), "
        "use_count = service_token_use.use_count + excluded.use_count",
        [
            {"id": token_id, "last_used": max(times), "times": len(times)}
            for token_id, times in noted.items()
        ],
    )


def delete(database: Database, token_id: str) -> None:
    """Delete a token; a trigger takes along all that hangs on it."""
    database.execute("DELETE FROM service_token WHERE id = :id", {"id": token_id})


def find(database: Database, token_id: str) -> ServiceToken | None:
    """One token by id."""
    row = database.row(f"{_select()} WHERE t.id = :id", {"id": token_id})
    return None if row is None else _token(row)


def secret_hash(database: Database, token_id: str, version: int) -> bytes | None:
    """The hash of a token's secret; None if there is no token of this id and version."""
    row = database.row(
        "SELECT secret_hash FROM service_token WHERE id = :id AND version = :version",
        {"id": token_id, "version": version},
    )
    return None if row is None else bytes(row[0])


def sealed_project_key(database: Database, token_id: str) -> Sealed:
    """The copy of the project key that a token's key part opens."""
    [row] = database.rows(
        "SELECT encrypted_key, iv, tag FROM service_token WHERE id = :id", {"id": token_id}
    )
    return Sealed(*row)


def stated_end(database: Database, token_id: str) -> int | None:
    """The end that a token was created with, whatever a rotation made of it since."""
    row = database.row("SELECT expires_at FROM service_token WHERE id = :id", {"id": token_id})
    return None if row is None else row[0]


def page(
    database: Database,
    project_id: str,
    *,
    text: str = "",
    order: Order = Order.CREATED,
    backwards: bool = False,
    limit: int = -1,
    offset: int = 0,
) -> list[ServiceToken]:
    """Some of a project's tokens whose name, environment or path contains the text."""
    where, values = _filter(project_id, text)
    order_by = _ORDER_BY[order, backwards]
    listing = true_listing(database, text)
    rows = database.rows(
        f"{_select(listing)} WHERE t.id IN (SELECT token_id FROM {listing} l {where} "
        f"ORDER BY {order_by} LIMIT :limit OFFSET :offset) ORDER BY {order_by}",
        {**values, "limit": limit, "offset": offset},
    )
    return [_token(row) for row in rows]


def position(
    database: Database,
    project_id: str,
    token_id: str,
    *,
    text: str = "",
    order: Order = Order.CREATED,
    backwards: bool = False,
) -> int | None:
    """How many tokens of such a list stand before one of them; None if it is not in there."""
    where, values = _filter(project_id, text)
    row = database.row(
        "SELECT position FROM (SELECT l.token_id, "
        f"row_number() OVER (ORDER BY {_ORDER_BY[order, backwards]}) - 1 AS position "
        f"FROM {true_listing(database, text)} l {where}) AS listed WHERE token_id = :id",
        {**values, "id": token_id},
    )
    return None if row is None else int(row[0])


def count(database: Database, project_id: str, text: str = "") -> int:
    """How many of a project's tokens the same filter leaves."""
    where, values = _filter(project_id, text)
    [(number,)] = database.rows(
        f"SELECT count(*) FROM {true_listing(database, text)} l {where}", values
    )
    return int(number)


def expired(database: Database, now: int) -> list[ServiceToken]:
    """The tokens of every project whose end is reached."""
    rows = database.rows(
        f"{_select()} WHERE t.expires_at <= :now "
        f"OR t.id IN (SELECT token_id FROM {LISTING} WHERE ends_at <= :now)",
        {"now": now},
    )
    return [_token(row) for row in rows]


def next_end(database: Database) -> int | None:
    """The earliest end of any token, which is when the next sweep is due."""

    def earliest() -> int | None:
        ends = database.rows(
            f"SELECT * FROM (SELECT ends_at FROM {LISTING} WHERE ends_at IS NOT NULL "
            "AND EXISTS (SELECT 1 FROM service_token WHERE id = token_id) "
            "ORDER BY ends_at LIMIT 1) AS listed "
            # The tokens themselves as well: in an edited file the listing leaves one out.
            "UNION ALL SELECT min(expires_at) FROM service_token"
        )
        return min((int(end) for (end,) in ends if end is not None), default=None)

    return database.cached("when does the next token end", earliest)


_NAMING_ENVIRONMENT = (
    "WHERE l.project_id = :project AND EXISTS (SELECT 1 FROM service_token_scope "
    "WHERE environment = :environment AND token_id = l.token_id) "
)


def naming_environment(
    database: Database, project_id: str, slug: str, limit: int = -1
) -> list[ServiceToken]:
    """A project's tokens with a scope in this environment, the newest first."""
    newest_first = f"ORDER BY {_ORDER_BY[Order.CREATED, False]}"
    listing = true_listing(database)
    rows = database.rows(
        f"{_select(listing)} WHERE t.id IN (SELECT token_id FROM {listing} l "
        f"{_NAMING_ENVIRONMENT} {newest_first} LIMIT :limit) {newest_first}",
        {"project": project_id, "environment": slug, "limit": limit},
    )
    return [_token(row) for row in rows]


def count_naming_environment(database: Database, project_id: str, slug: str) -> int:
    """How many of a project's tokens have a scope in this environment."""
    [(number,)] = database.rows(
        f"SELECT count(*) FROM {true_listing(database)} l {_NAMING_ENVIRONMENT}",
        {"project": project_id, "environment": slug},
    )
    return int(number)


def written_environments(database: Database, project_id: str, besides: str = "") -> set[str]:
    """The slugs of a project's environments that some token, besides one, may write to."""
    rows = database.rows(
        "SELECT slug FROM environment e WHERE project_id = :project AND EXISTS ("
        "SELECT 1 FROM service_token_scope s JOIN service_token t ON t.id = s.token_id "
        "WHERE s.environment = e.slug AND t.project_id = :project "
        f"AND t.id <> :besides AND t.permissions IN ({_WITH_WRITE}))",
        {"project": project_id, "besides": besides},
    )
    return {slug for (slug,) in rows}


def names(database: Database, project_id: str) -> list[str]:
    """The names of a project's tokens, one for each token.

    Of several tokens with one name, those that a rotation replaced are left out.
    """
    query = "SELECT id, name FROM service_token WHERE project_id = :project"
    every = list(database.rows(query, {"project": project_id}))
    times = Counter(name for _, name in every)
    several = [token_id for token_id, name in every if times[name] > 1]
    rows = database.rows(
        "SELECT t.id FROM service_token t "
        f"WHERE t.id IN (SELECT value FROM json_each(:ids)) AND {_IS_REPLACED}",
        {"ids": json.dumps(several)},
    )
    replaced = {token_id for (token_id,) in rows}
    return [name for token_id, name in every if token_id not in replaced]


def _filter(project_id: str, text: str) -> tuple[str, Values]:
    if not text:
        return "WHERE l.project_id = :project", {"project": project_id}
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    # The plus keeps the indexes out: reading the narrow table once, in the order it lies in, is
    # seven times faster than jumping into it from an index for every token.
    return (
        "WHERE +l.project_id = :project AND l.text LIKE :like ESCAPE '\\'",
        {"project": project_id, "like": f"%{escaped}%"},
    )


def _token(row: Row) -> ServiceToken:
    (token_id, name, permissions, ends_at, created_at, version, is_active, trusted_ips,
     project_id, created_by, last_used, use_count, scopes, is_replaced) = row  # fmt: skip
    return ServiceToken(
        id=str(token_id),
        name=str(name),
        scopes=tuple(Scope(*scope) for scope in json.loads(str(scopes))),
        # Only a file made elsewhere holds any others: they grant nothing.
        permissions=_PERMISSIONS.get(str(permissions), frozenset()),
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
