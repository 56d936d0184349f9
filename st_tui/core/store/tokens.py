"""Service tokens in the database: written once, read often, deleted. Tombstones are in the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from st_tui.core.model import Sealed, ServiceToken, in_order
from st_tui.core.store.database import Database, Values
from st_tui.core.store.token_rows import LISTING, select, token_of

_BY_ID = f"{select()} WHERE t.id = :id"


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
    """Let a rotated token end at this time, which may not be later than its present end."""
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
    row = database.row(_BY_ID, {"id": token_id})
    return None if row is None else token_of(row)


def with_id(database: Database, project_id: str, beginning: str, limit: int) -> list[ServiceToken]:
    """Those of a project's tokens whose id begins with this text."""
    rows = database.rows(
        f"{select()} WHERE t.id >= :beginning AND t.id < :end AND t.project_id = :project_id "
        "ORDER BY t.id LIMIT :limit",
        {
            "beginning": beginning,
            "end": f"{beginning}\N{LATIN SMALL LETTER Z}",  # behind every hexadecimal digit
            "project_id": project_id,
            "limit": limit,
        },
    )
    return [token_of(row) for row in rows]


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
    """The end that a token was created with, even if a rotation has brought it forward since."""
    row = database.row("SELECT expires_at FROM service_token WHERE id = :id", {"id": token_id})
    return None if row is None else row[0]


def expired(database: Database, now: int) -> list[ServiceToken]:
    """The tokens of every project whose end is reached."""
    rows = database.rows(
        f"{select()} WHERE t.expires_at <= :now "
        f"OR t.id IN (SELECT token_id FROM {LISTING} WHERE ends_at <= :now)",
        {"now": now},
    )
    return [token_of(row) for row in rows]


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
