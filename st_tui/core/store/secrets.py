"""Secrets and their versions in the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from st_tui.core.model import Sealed
from st_tui.core.secrets.model import Place, SealedBudget, SealedSecret
from st_tui.core.store.database import Database, Row
from st_tui.core.store.folder_conditions import HERE, HERE_AND_BELOW, here, here_and_below

_SEALED_COLUMNS = tuple(
    f"{part}_{piece}" for part in ("key", "value", "comment") for piece in Sealed._fields
)
_SEALED = ", ".join(_SEALED_COLUMNS)
_COLUMNS = (
    "s.id, s.project_id, s.environment, s.path, s.name_hash, v.version, "
    f"{_SEALED}, s.created_at, v.created_at"
)
_EVERY_VERSION = "FROM secret s JOIN secret_version v ON v.secret_id = s.id"
_CURRENT = f"{_EVERY_VERSION} AND v.version = s.version"
_BY_NAME = f"SELECT {_COLUMNS} {_CURRENT} WHERE {HERE} AND s.name_hash = :name_hash"


def in_folder(
    database: Database, project_id: str, place: Place, budget: SealedBudget | None = None
) -> list[SealedSecret]:
    """The secrets of one folder, the oldest first. Raises TooMuch where they outgrow the budget."""
    query = f"SELECT {_COLUMNS} {_CURRENT} WHERE {HERE}"
    found = []
    # Sorted here, so that the budget can stop the reading: SQLite would read all before it sorts.
    for row in database.rows(query, here(project_id, *place)):
        secret = _secret(row)
        if budget is not None:
            budget.spend(secret)
        found.append(secret)
    return sorted(found, key=lambda secret: (secret.created_at, secret.id))


class SealedLabel(NamedTuple):
    """What a secret is listed by, sealed; its value stays where it is."""

    id: str
    name: Sealed
    comment: Sealed
    version: int
    updated_at: int


def labels(database: Database, project_id: str, place: Place) -> Iterator[SealedLabel]:
    """What the secrets of one folder are listed by."""
    query = (
        "SELECT s.id, key_ciphertext, key_iv, key_tag, comment_ciphertext, comment_iv, "
        f"comment_tag, v.version, v.created_at {_CURRENT} WHERE {HERE}"
    )
    for row in database.rows(query, here(project_id, *place)):
        yield SealedLabel(row[0], Sealed(*row[1:4]), Sealed(*row[4:7]), row[7], row[8])


def versions_in(database: Database, project_id: str, place: Place) -> list[tuple[str, int]]:
    """The ids of a folder's secrets, each with its current version."""
    query = f"SELECT s.id, s.version FROM secret s WHERE {HERE} ORDER BY s.id"
    rows = database.rows(query, here(project_id, *place))
    return [(secret_id, version) for secret_id, version in rows]


def places_below(database: Database, project_id: str, place: Place) -> list[Place]:
    """The folders with secrets in them: of this folder and all below it, in tree order."""
    rows = database.rows(
        f"SELECT path FROM secret WHERE {HERE_AND_BELOW} "
        "GROUP BY path ORDER BY replace(path, '/', char(1))",
        here_and_below(project_id, *place),
    )
    return [Place(place.environment, path) for (path,) in rows]


def places(database: Database, project_id: str) -> list[Place]:
    """The folders of a project with secrets in them."""
    rows = database.rows(
        "SELECT DISTINCT environment, path FROM secret WHERE project_id = :project",
        {"project": project_id},
    )
    return [Place(*row) for row in rows]


class SealedValue(NamedTuple):
    """A secret in its current version, with its name and value sealed."""

    id: str
    version: int
    name_hash: bytes
    name: Sealed
    value: Sealed


def values_in(database: Database, project_id: str, place: Place) -> Iterator[SealedValue]:
    """The values of one folder's secrets."""
    query = (
        "SELECT s.id, s.version, s.name_hash, key_ciphertext, key_iv, key_tag, value_ciphertext, "
        f"value_iv, value_tag {_CURRENT} WHERE {HERE}"
    )
    for row in database.rows(query, here(project_id, *place)):
        yield SealedValue(row[0], row[1], row[2], Sealed(*row[3:6]), Sealed(*row[6:]))


def names_in(database: Database, project_id: str, place: Place) -> set[bytes]:
    """The hashes of the names of one folder's secrets."""
    query = f"SELECT s.name_hash FROM secret s WHERE {HERE}"
    return {hashed for (hashed,) in database.rows(query, here(project_id, *place))}


def names_below(database: Database, project_id: str, place: Place) -> Iterator[tuple[Place, bytes]]:
    """The folder and the hash of the name of each secret in this folder and all below it."""
    query = f"SELECT path, name_hash FROM secret WHERE {HERE_AND_BELOW}"
    for path, hashed in database.rows(query, here_and_below(project_id, *place)):
        yield Place(place.environment, path), hashed


class SealedName(NamedTuple):
    """A name that a secret has, or had in an earlier version: then `name_hash` is None."""

    name_hash: bytes | None
    name: Sealed


def names(database: Database, project_id: str) -> list[SealedName]:
    """The names of a project's secrets in all their versions, current names last."""
    rows = database.rows(
        "SELECT DISTINCT CASE WHEN v.version = s.version THEN s.name_hash END AS today, "
        f"key_ciphertext, key_iv, key_tag {_EVERY_VERSION} "
        "WHERE s.project_id = :project ORDER BY today",
        {"project": project_id},
    )
    return [SealedName(row[0], Sealed(*row[1:])) for row in rows]


def count(database: Database, project_id: str, place: Place | None) -> int:
    """How many secrets lie in a folder and all below it; in the whole project without one."""
    where = "project_id = :project" if place is None else HERE_AND_BELOW
    values = {"project": project_id} if place is None else here_and_below(project_id, *place)
    [(number,)] = database.rows(f"SELECT count(*) FROM secret WHERE {where}", values)
    return int(number)


def count_in_each(database: Database, project_id: str, environment: str) -> dict[str, int]:
    """How many secrets each folder of an environment has, by its path, where it has any."""
    rows = database.rows(
        "SELECT path, count(*) FROM secret "
        "WHERE project_id = :project AND environment = :environment GROUP BY path",
        {"project": project_id, "environment": environment},
    )
    return {path: int(number) for path, number in rows}


def find(
    database: Database, project_id: str, place: Place, name_hash: bytes
) -> SealedSecret | None:
    """One secret by the hash of its name."""
    row = database.row(
        _BY_NAME,
        {**here(project_id, *place), "name_hash": name_hash},
    )
    return None if row is None else _secret(row)


def versions(database: Database, secret_id: str) -> list[SealedSecret]:
    """All versions of a secret, the newest first."""
    rows = database.rows(
        f"SELECT {_COLUMNS} {_EVERY_VERSION} WHERE s.id = :id ORDER BY v.version DESC",
        {"id": secret_id},
    )
    return [_secret(row) for row in rows]


def version(database: Database, secret_id: str, number: int) -> SealedSecret | None:
    """One version of a secret."""
    row = database.row(
        f"SELECT {_COLUMNS} {_EVERY_VERSION} WHERE s.id = :id AND v.version = :version",
        {"id": secret_id, "version": number},
    )
    return None if row is None else _secret(row)


def insert(database: Database, secret: SealedSecret) -> None:
    """Write a new secret with its first version."""
    database.execute(
        "INSERT INTO secret (id, project_id, environment, path, name_hash, version, created_at) "
        "VALUES (:id, :project, :environment, :path, :name_hash, :version, :created_at)",
        {
            **here(secret.project_id, *secret.place),
            "id": secret.id,
            "name_hash": secret.name_hash,
            "version": secret.version,
            "created_at": secret.created_at,
        },
    )
    _insert_version(database, secret)


def add_version(database: Database, secret: SealedSecret) -> None:
    """Write the next version of a secret, which may have another name."""
    _insert_version(database, secret)
    database.execute(
        "UPDATE secret SET version = :version, name_hash = :name_hash WHERE id = :id",
        {"version": secret.version, "name_hash": secret.name_hash, "id": secret.id},
    )


def _insert_version(database: Database, secret: SealedSecret) -> None:
    placeholders = ", ".join(f":{column}" for column in _SEALED_COLUMNS)
    sealed = (*secret.name, *secret.value, *secret.comment)
    database.execute(
        f"INSERT INTO secret_version (secret_id, version, {_SEALED}, created_at) "
        f"VALUES (:id, :version, {placeholders}, :created_at)",
        {
            **dict(zip(_SEALED_COLUMNS, sealed, strict=True)),
            "id": secret.id,
            "version": secret.version,
            "created_at": secret.updated_at,
        },
    )


def delete(database: Database, secret_id: str) -> None:
    """Delete a secret with all its versions."""
    database.execute("DELETE FROM secret WHERE id = :id", {"id": secret_id})


def delete_below(database: Database, project_id: str, place: Place) -> None:
    """Delete the secrets of a folder and of all below it."""
    values = here_and_below(project_id, *place)
    database.execute(f"DELETE FROM secret WHERE {HERE_AND_BELOW}", values)


def _secret(row: Row) -> SealedSecret:
    secret_id, project_id, environment, path, name_hash, version, *sealed, made, changed = row
    return SealedSecret(
        secret_id,
        project_id,
        Place(environment, path),
        name_hash,
        version,
        Sealed(*sealed[:3]),
        Sealed(*sealed[3:6]),
        Sealed(*sealed[6:]),
        made,
        changed,
    )
