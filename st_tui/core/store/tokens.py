"""Service tokens in the database: written once, read often, deleted with a tombstone elsewhere."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from st_tui.core.addresses import AddressError, parse_range
from st_tui.core.model import IpRange, Order, Permission, Scope, Sealed, ServiceToken
from st_tui.core.store.connection import asked_once
from st_tui.core.store.token_listing import END, LISTING, true_listing

_IS_REPLACED = (
    "EXISTS (SELECT 1 FROM audit_log WHERE target = t.id AND event = 'rotate-service-token')"
)
"""By the log, for no table has it: where the overlap was cut, the end is the token's own."""


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
    for granted in ((Permission.READ,), (Permission.WRITE,), (Permission.READ, Permission.WRITE))
}


class Credentials(NamedTuple):
    """What is kept of a token's secrets: a hash, and the project key sealed with its key part."""

    secret_hash: bytes
    project_key: Sealed


def insert(database: sqlite3.Connection, token: ServiceToken, credentials: Credentials) -> None:
    """Write a token and its scopes. The scopes go first: see `store.schema`."""
    database.executemany(
        "INSERT INTO service_token_scope (token_id, position, environment, secret_path) "
        "VALUES (?, ?, ?, ?)",
        [(token.id, i, s.environment, s.secret_path) for i, s in enumerate(token.scopes)],
    )
    database.execute(
        "INSERT INTO service_token (id, project_id, version, name, permissions, expires_at, "
        "secret_hash, encrypted_key, iv, tag, created_at, created_by) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            token.id,
            token.project_id,
            token.version,
            token.name,
            " ".join(p for p in Permission if p in token.permissions),
            token.expires_at,
            credentials.secret_hash,
            *credentials.project_key,
            token.created_at,
            token.created_by,
        ),
    )
    if token.version == 3:
        database.execute(
            "INSERT INTO service_token_v3 (token_id, is_active, trusted_ips) VALUES (?, ?, ?)",
            (token.id, token.is_active, _ips(token)),
        )


def switch(database: sqlite3.Connection, token: ServiceToken) -> None:
    """Write the two things of a V3 token that can change: its active flag and trusted IPs."""
    database.execute(
        "UPDATE service_token_v3 SET is_active = ?, trusted_ips = ? WHERE token_id = ?",
        (token.is_active, _ips(token), token.id),
    )


def end_early(database: sqlite3.Connection, token_id: str, ends_at: int) -> None:
    """Let a rotated token end at this time, which may not be later than its end is now."""
    database.execute(f"UPDATE {LISTING} SET ends_at = ? WHERE token_id = ?", (ends_at, token_id))


def note_uses(database: sqlite3.Connection, uses: Iterable[tuple[str, int]]) -> None:
    """Count uses (token id, time). A token that was deleted meanwhile is left alone."""
    noted: dict[str, list[int]] = {}
    for token_id, time in uses:
        noted.setdefault(token_id, []).append(time)
    database.executemany(
        "INSERT INTO service_token_use (token_id, last_used, use_count) "
        "SELECT id, :last_used, :times FROM service_token WHERE id = :id "
        "ON CONFLICT (token_id) DO UPDATE SET "
        "last_used = max(last_used, excluded.last_used), "
        "use_count = use_count + excluded.use_count",
        [
            {"id": token_id, "last_used": max(times), "times": len(times)}
            for token_id, times in noted.items()
        ],
    )


def delete(database: sqlite3.Connection, token_id: str) -> None:
    """Delete a token; a trigger takes along all that hangs on it."""
    database.execute("DELETE FROM service_token WHERE id = ?", (token_id,))


def find(database: sqlite3.Connection, token_id: str) -> ServiceToken | None:
    """One token by id."""
    row = database.execute(f"{_select()} WHERE t.id = ?", (token_id,)).fetchone()
    return None if row is None else _token(row)


def secret_hash(database: sqlite3.Connection, token_id: str, version: int) -> bytes | None:
    """The hash of a token's secret; None if there is no token of this id and version."""
    row = database.execute(
        "SELECT secret_hash FROM service_token WHERE id = ? AND version = ?", (token_id, version)
    ).fetchone()
    return None if row is None else bytes(row[0])


def sealed_project_key(database: sqlite3.Connection, token_id: str) -> Sealed:
    """The copy of the project key that a token's key part opens."""
    return Sealed(
        *database.execute(
            "SELECT encrypted_key, iv, tag FROM service_token WHERE id = ?", (token_id,)
        ).fetchone()
    )


def stated_end(database: sqlite3.Connection, token_id: str) -> int | None:
    """The end that a token was created with, whatever a rotation made of it since."""
    row = database.execute(
        "SELECT expires_at FROM service_token WHERE id = ?", (token_id,)
    ).fetchone()
    return None if row is None else row[0]


def page(
    database: sqlite3.Connection,
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
    rows = database.execute(
        f"{_select(listing)} WHERE t.id IN (SELECT token_id FROM {listing} l {where} "
        f"ORDER BY {order_by} LIMIT ? OFFSET ?) ORDER BY {order_by}",
        (*values, limit, offset),
    )
    return [_token(row) for row in rows]


def place(
    database: sqlite3.Connection,
    project_id: str,
    token_id: str,
    *,
    text: str = "",
    order: Order = Order.CREATED,
    backwards: bool = False,
) -> int | None:
    """How many tokens of such a list stand before one of them; None if it is not in there."""
    where, values = _filter(project_id, text)
    row = database.execute(
        "SELECT place FROM (SELECT l.token_id, "
        f"row_number() OVER (ORDER BY {_ORDER_BY[order, backwards]}) - 1 AS place "
        f"FROM {true_listing(database, text)} l {where}) WHERE token_id = ?",
        (*values, token_id),
    ).fetchone()
    return None if row is None else int(row[0])


def count(database: sqlite3.Connection, project_id: str, text: str = "") -> int:
    """How many of a project's tokens the same filter leaves."""
    where, values = _filter(project_id, text)
    return int(
        database.execute(
            f"SELECT count(*) FROM {true_listing(database, text)} l {where}", values
        ).fetchone()[0]
    )


def expired(database: sqlite3.Connection, now: int) -> list[ServiceToken]:
    """The tokens of every project whose end is reached."""
    rows = database.execute(
        f"{_select()} WHERE t.expires_at <= :now "
        f"OR t.id IN (SELECT token_id FROM {LISTING} WHERE ends_at <= :now)",
        {"now": now},
    )
    return [_token(row) for row in rows]


def next_end(database: sqlite3.Connection) -> int | None:
    """The earliest end of any token, which is when the next sweep is due."""

    def earliest() -> int | None:
        ends = database.execute(
            f"SELECT * FROM (SELECT ends_at FROM {LISTING} WHERE ends_at IS NOT NULL AND "
            "EXISTS (SELECT 1 FROM service_token WHERE id = token_id) ORDER BY ends_at LIMIT 1) "
            # The tokens themselves as well: in an edited file the listing leaves one out.
            "UNION ALL SELECT min(expires_at) FROM service_token"
        )
        return min((int(end) for (end,) in ends if end is not None), default=None)

    return asked_once(database, "when does the next token end", earliest)


_NAMING_ENVIRONMENT = (
    "WHERE l.project_id = ? AND "
    "EXISTS (SELECT 1 FROM service_token_scope WHERE environment = ? AND token_id = l.token_id) "
)


def naming_environment(
    database: sqlite3.Connection, project_id: str, slug: str, limit: int = -1
) -> list[ServiceToken]:
    """A project's tokens with a scope in this environment, the newest first."""
    newest_first = f"ORDER BY {_ORDER_BY[Order.CREATED, False]}"
    listing = true_listing(database)
    rows = database.execute(
        f"{_select(listing)} WHERE t.id IN (SELECT token_id FROM {listing} l "
        f"{_NAMING_ENVIRONMENT} {newest_first} LIMIT ?) {newest_first}",
        (project_id, slug, limit),
    )
    return [_token(row) for row in rows]


def count_naming_environment(database: sqlite3.Connection, project_id: str, slug: str) -> int:
    """How many of a project's tokens have a scope in this environment."""
    return int(
        database.execute(
            f"SELECT count(*) FROM {true_listing(database)} l {_NAMING_ENVIRONMENT}",
            (project_id, slug),
        ).fetchone()[0]
    )


def written_environments(
    database: sqlite3.Connection, project_id: str, besides: str = ""
) -> set[str]:
    """The slugs of a project's environments that some token, besides one, may write to."""
    rows = database.execute(
        "SELECT slug FROM environment e WHERE project_id = :project AND EXISTS ("
        "SELECT 1 FROM service_token_scope s JOIN service_token t ON t.id = s.token_id "
        "WHERE s.environment = e.slug AND t.project_id = :project "
        "AND t.id <> :besides AND t.permissions IN ('write', 'read write'))",
        {"project": project_id, "besides": besides},
    )
    return {slug for (slug,) in rows}


def names(database: sqlite3.Connection, project_id: str) -> list[str]:
    """The names of a project's tokens, one for each token; but a name that several have not for
    those of them that a rotation replaced."""
    query = "SELECT id, name FROM service_token WHERE project_id = ?"
    every = database.execute(query, (project_id,)).fetchall()
    times = Counter(name for _, name in every)
    several = [token_id for token_id, name in every if times[name] > 1]
    rows = database.execute(
        "SELECT t.id FROM service_token t "
        f"WHERE t.id IN (SELECT value FROM json_each(?)) AND {_IS_REPLACED}",
        (json.dumps(several),),
    )
    replaced = {token_id for (token_id,) in rows}
    return [name for token_id, name in every if token_id not in replaced]


def _filter(project_id: str, text: str) -> tuple[str, Sequence[str]]:
    if not text:
        return "WHERE l.project_id = ?", (project_id,)
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    # The plus keeps the indexes out: reading the narrow table once, in the order it lies in, is
    # seven times faster than jumping into it from an index for every token.
    return "WHERE +l.project_id = ? AND l.text LIKE ? ESCAPE '\\'", (project_id, f"%{escaped}%")


def _token(row: Sequence[object]) -> ServiceToken:
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


def _ips(token: ServiceToken) -> str:
    return " ".join(block.text for block in token.trusted_ips or ())
