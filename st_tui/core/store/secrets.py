"""Secrets, their versions and the links between folders in the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from st_tui.core.model import Sealed
from st_tui.core.secrets.model import Place, Room, SealedSecret, SecretImport

_SEALED = (
    "key_ciphertext, key_iv, key_tag, value_ciphertext, value_iv, value_tag, "
    "comment_ciphertext, comment_iv, comment_tag"
)
_COLUMNS = (
    "s.id, s.project_id, s.environment, s.path, s.name_hash, v.version, "
    f"{_SEALED}, s.created_at, v.created_at"
)
_CURRENT = (
    f"SELECT {_COLUMNS} FROM secret s "
    "JOIN secret_version v ON v.secret_id = s.id AND v.version = s.version "
)
_HERE = "s.project_id = ? AND s.environment = ? AND s.path = ?"
# '0' follows '/': the range holds exactly what begins with "path/".
_HERE_AND_BELOW = "project_id = ? AND environment = ? AND (path = ? OR (path > ? AND path < ?))"
_FROM_HERE_AND_BELOW = (
    "project_id = ? AND import_environment = ? "
    "AND (import_path = ? OR (import_path > ? AND import_path < ?))"
)
_IMPORT = (
    "SELECT id, project_id, environment, path, import_environment, import_path, position, "
    "created_at FROM secret_import "
)


def in_folder(
    database: sqlite3.Connection, project_id: str, place: Place, room: Room | None = None
) -> list[SealedSecret]:
    """The secrets of one folder, the oldest first. Raises TooMuch where they outgrow the room."""
    found = []
    # Sorted here: SQLite would read all of them before it hands out the first.
    for row in database.execute(f"{_CURRENT} WHERE {_HERE}", (project_id, *place)):
        secret = _secret(row)
        if room is not None:
            room.take(secret)
        found.append(secret)
    return sorted(found, key=lambda secret: (secret.created_at, secret.id))


class SealedLabel(NamedTuple):
    """What a secret is listed by, sealed; its value stays where it is."""

    id: str
    name: Sealed
    comment: Sealed
    version: int
    updated_at: int


def labels(database: sqlite3.Connection, project_id: str, place: Place) -> Iterator[SealedLabel]:
    """What the secrets of one folder are listed by."""
    rows = database.execute(
        "SELECT s.id, key_ciphertext, key_iv, key_tag, comment_ciphertext, comment_iv, "
        "comment_tag, v.version, v.created_at "
        "FROM secret s JOIN secret_version v ON v.secret_id = s.id AND v.version = s.version "
        f"WHERE {_HERE}",
        (project_id, *place),
    )
    for row in rows:
        yield SealedLabel(row[0], Sealed(*row[1:4]), Sealed(*row[4:7]), row[7], row[8])


def versions_in(
    database: sqlite3.Connection, project_id: str, place: Place
) -> list[tuple[str, int]]:
    """The ids of a folder's secrets, each with the version that counts."""
    return database.execute(
        f"SELECT s.id, s.version FROM secret s WHERE {_HERE} ORDER BY s.id", (project_id, *place)
    ).fetchall()


def places_below(database: sqlite3.Connection, project_id: str, place: Place) -> list[Place]:
    """Where secrets lie: in this folder and all below it, in tree order."""
    rows = database.execute(
        f"SELECT DISTINCT path FROM secret WHERE {_HERE_AND_BELOW} "
        "ORDER BY replace(path, '/', char(1))",
        _below(project_id, place),
    )
    return [Place(place.environment, path) for (path,) in rows]


def places(database: sqlite3.Connection, project_id: str) -> list[Place]:
    """Where secrets lie in a project."""
    rows = database.execute(
        "SELECT DISTINCT environment, path FROM secret WHERE project_id = ?", (project_id,)
    )
    return [Place(*row) for row in rows]


class SealedValue(NamedTuple):
    """The version that counts of a secret, with its name and value sealed."""

    id: str
    version: int
    name_hash: bytes
    name: Sealed
    value: Sealed


def values_in(database: sqlite3.Connection, project_id: str, place: Place) -> Iterator[SealedValue]:
    """The values of one folder's secrets."""
    rows = database.execute(
        "SELECT s.id, s.version, s.name_hash, key_ciphertext, key_iv, key_tag, value_ciphertext, "
        "value_iv, value_tag "
        "FROM secret s JOIN secret_version v ON v.secret_id = s.id AND v.version = s.version "
        f"WHERE {_HERE}",
        (project_id, *place),
    )
    for row in rows:
        yield SealedValue(row[0], row[1], row[2], Sealed(*row[3:6]), Sealed(*row[6:]))


def names_in(database: sqlite3.Connection, project_id: str, place: Place) -> set[bytes]:
    """The hashes of the names of one folder's secrets."""
    rows = database.execute(f"SELECT s.name_hash FROM secret s WHERE {_HERE}", (project_id, *place))
    return {hashed for (hashed,) in rows}


def names_below(
    database: sqlite3.Connection, project_id: str, place: Place
) -> Iterator[tuple[Place, bytes]]:
    """Where secrets lie in this folder and all below it, each with the hash of its name."""
    rows = database.execute(
        f"SELECT path, name_hash FROM secret WHERE {_HERE_AND_BELOW}", _below(project_id, place)
    )
    for path, hashed in rows:
        yield Place(place.environment, path), hashed


class SealedName(NamedTuple):
    """A name that a secret has or had; `name_hash` is None where it had it once."""

    name_hash: bytes | None
    name: Sealed


def names(database: sqlite3.Connection, project_id: str) -> list[SealedName]:
    """The names of a project's secrets in all their versions, those of today last."""
    rows = database.execute(
        "SELECT DISTINCT iif(v.version = s.version, s.name_hash, NULL) AS today, "
        "key_ciphertext, key_iv, key_tag "
        "FROM secret s JOIN secret_version v ON v.secret_id = s.id WHERE s.project_id = ? "
        "ORDER BY today",
        (project_id,),
    )
    return [SealedName(row[0], Sealed(*row[1:])) for row in rows]


def count(database: sqlite3.Connection, project_id: str, place: Place | None) -> int:
    """How many secrets lie in a folder and all below it; in the whole project without one."""
    where, values = (
        ("project_id = ?", (project_id,))
        if place is None
        else (_HERE_AND_BELOW, _below(project_id, place))
    )
    return int(database.execute(f"SELECT count(*) FROM secret WHERE {where}", values).fetchone()[0])


def find(
    database: sqlite3.Connection, project_id: str, place: Place, name_hash: bytes
) -> SealedSecret | None:
    """One secret by the hash of its name."""
    row = database.execute(
        f"{_CURRENT} WHERE {_HERE} AND s.name_hash = ?", (project_id, *place, name_hash)
    ).fetchone()
    return None if row is None else _secret(row)


def versions(database: sqlite3.Connection, secret_id: str) -> list[SealedSecret]:
    """All versions of a secret, the newest first."""
    rows = database.execute(
        f"SELECT {_COLUMNS} FROM secret s JOIN secret_version v ON v.secret_id = s.id "
        "WHERE s.id = ? ORDER BY v.version DESC",
        (secret_id,),
    )
    return [_secret(row) for row in rows]


def version(database: sqlite3.Connection, secret_id: str, number: int) -> SealedSecret | None:
    """One version of a secret."""
    row = database.execute(
        f"SELECT {_COLUMNS} FROM secret s JOIN secret_version v ON v.secret_id = s.id "
        "WHERE s.id = ? AND v.version = ?",
        (secret_id, number),
    ).fetchone()
    return None if row is None else _secret(row)


def insert(database: sqlite3.Connection, secret: SealedSecret) -> None:
    """Write a new secret with its first version."""
    database.execute(
        "INSERT INTO secret (id, project_id, environment, path, name_hash, version, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            secret.id,
            secret.project_id,
            *secret.place,
            secret.name_hash,
            secret.version,
            secret.created_at,
        ),
    )
    _insert_version(database, secret)


def add_version(database: sqlite3.Connection, secret: SealedSecret) -> None:
    """Write the next version of a secret, which may have another name."""
    _insert_version(database, secret)
    database.execute(
        "UPDATE secret SET version = ?, name_hash = ? WHERE id = ?",
        (secret.version, secret.name_hash, secret.id),
    )


def delete(database: sqlite3.Connection, secret_id: str) -> None:
    """Delete a secret with all its versions."""
    database.execute("DELETE FROM secret WHERE id = ?", (secret_id,))


def delete_below(
    database: sqlite3.Connection, project_id: str, environment: str, path: str
) -> None:
    """Delete the secrets of a folder and of all below it, the links there, and those to there."""
    place = _below(project_id, Place(environment, path))
    for table in ("secret", "secret_import"):
        database.execute(f"DELETE FROM {table} WHERE {_HERE_AND_BELOW}", place)
    database.execute(f"DELETE FROM secret_import WHERE {_FROM_HERE_AND_BELOW}", place)


def imports(database: sqlite3.Connection, project_id: str, place: Place) -> list[SecretImport]:
    """The links of a folder in their order."""
    rows = database.execute(
        f"{_IMPORT} WHERE project_id = ? AND environment = ? AND path = ? ORDER BY position",
        (project_id, *place),
    )
    return [_import(row) for row in rows]


def every_import(database: sqlite3.Connection, project_id: str) -> list[SecretImport]:
    """All links of a project, by where they bring secrets."""
    rows = database.execute(
        f"{_IMPORT} WHERE project_id = ? ORDER BY environment, path, position", (project_id,)
    )
    return [_import(row) for row in rows]


def imports_from_below(
    database: sqlite3.Connection, project_id: str, place: Place
) -> list[SecretImport]:
    """The links that bring secrets from a folder, or from below it, into others outside it."""
    here = _below(project_id, place)
    rows = database.execute(
        f"{_IMPORT} WHERE {_FROM_HERE_AND_BELOW} AND NOT ({_HERE_AND_BELOW}) "
        "ORDER BY environment, path, position",
        (*here, *here),
    )
    return [_import(row) for row in rows]


def find_import(
    database: sqlite3.Connection, project_id: str, import_id: str
) -> SecretImport | None:
    """One link by its id."""
    row = database.execute(
        f"{_IMPORT} WHERE project_id = ? AND id = ?", (project_id, import_id)
    ).fetchone()
    return None if row is None else _import(row)


def insert_import(database: sqlite3.Connection, link: SecretImport) -> None:
    """Write a link."""
    database.execute(
        "INSERT INTO secret_import (id, project_id, environment, path, import_environment, "
        "import_path, position, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (link.id, link.project_id, *link.place, *link.source, link.position, link.created_at),
    )


def delete_import(database: sqlite3.Connection, import_id: str) -> None:
    """Delete a link."""
    database.execute("DELETE FROM secret_import WHERE id = ?", (import_id,))


def _insert_version(database: sqlite3.Connection, secret: SealedSecret) -> None:
    database.execute(
        f"INSERT INTO secret_version (secret_id, version, {_SEALED}, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            secret.id,
            secret.version,
            *secret.name,
            *secret.value,
            *secret.comment,
            secret.updated_at,
        ),
    )


def _below(project_id: str, place: Place) -> tuple[str, ...]:
    parent = "" if place.path == "/" else place.path
    return (project_id, place.environment, place.path, f"{parent}/", f"{parent}0")


def _secret(row: Sequence[Any]) -> SealedSecret:
    return SealedSecret(
        row[0],
        row[1],
        Place(row[2], row[3]),
        row[4],
        row[5],
        Sealed(*row[6:9]),
        Sealed(*row[9:12]),
        Sealed(*row[12:15]),
        row[15],
        row[16],
    )


def _import(row: Sequence[Any]) -> SecretImport:
    return SecretImport(row[0], row[1], Place(row[2], row[3]), Place(row[4], row[5]), *row[6:])
