"""Secrets, their versions and the links between folders in the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from st_tui.core.model import Sealed
from st_tui.core.secrets.model import Place, SealedBudget, SealedSecret, SecretImport
from st_tui.core.store.database import Database, Row, Values

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
_HERE = "s.project_id = :project AND s.environment = :environment AND s.path = :path"
_HERE_AND_BELOW = (
    "project_id = :project AND environment = :environment "
    "AND (path = :path OR (path > :below AND path < :beyond))"
)
_FROM_HERE_AND_BELOW = (
    "project_id = :project AND import_environment = :environment "
    "AND (import_path = :path OR (import_path > :below AND import_path < :beyond))"
)
_IMPORT = (
    "SELECT id, project_id, environment, path, import_environment, import_path, position, "
    "created_at FROM secret_import"
)


def in_folder(
    database: Database, project_id: str, place: Place, budget: SealedBudget | None = None
) -> list[SealedSecret]:
    """The secrets of one folder, the oldest first. Raises TooMuch where they outgrow the budget."""
    query = f"SELECT {_COLUMNS} {_CURRENT} WHERE {_HERE}"
    found = []
    # Sorted here: SQLite would read all of them before it hands out the first.
    for row in database.rows(query, _at(project_id, place)):
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
        f"comment_tag, v.version, v.created_at {_CURRENT} WHERE {_HERE}"
    )
    for row in database.rows(query, _at(project_id, place)):
        yield SealedLabel(row[0], Sealed(*row[1:4]), Sealed(*row[4:7]), row[7], row[8])


def versions_in(database: Database, project_id: str, place: Place) -> list[tuple[str, int]]:
    """The ids of a folder's secrets, each with its current version."""
    query = f"SELECT s.id, s.version FROM secret s WHERE {_HERE} ORDER BY s.id"
    rows = database.rows(query, _at(project_id, place))
    return [(secret_id, version) for secret_id, version in rows]


def places_below(database: Database, project_id: str, place: Place) -> list[Place]:
    """The folders with secrets in them: of this folder and all below it, in tree order."""
    rows = database.rows(
        f"SELECT path FROM secret WHERE {_HERE_AND_BELOW} "
        "GROUP BY path ORDER BY replace(path, '/', char(1))",
        _at_and_below(project_id, place),
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
        f"value_iv, value_tag {_CURRENT} WHERE {_HERE}"
    )
    for row in database.rows(query, _at(project_id, place)):
        yield SealedValue(row[0], row[1], row[2], Sealed(*row[3:6]), Sealed(*row[6:]))


def names_in(database: Database, project_id: str, place: Place) -> set[bytes]:
    """The hashes of the names of one folder's secrets."""
    query = f"SELECT s.name_hash FROM secret s WHERE {_HERE}"
    return {hashed for (hashed,) in database.rows(query, _at(project_id, place))}


def names_below(database: Database, project_id: str, place: Place) -> Iterator[tuple[Place, bytes]]:
    """The folder and the hash of the name of each secret in this folder and all below it."""
    query = f"SELECT path, name_hash FROM secret WHERE {_HERE_AND_BELOW}"
    for path, hashed in database.rows(query, _at_and_below(project_id, place)):
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
    where = "project_id = :project" if place is None else _HERE_AND_BELOW
    values = {"project": project_id} if place is None else _at_and_below(project_id, place)
    [(number,)] = database.rows(f"SELECT count(*) FROM secret WHERE {where}", values)
    return int(number)


def find(
    database: Database, project_id: str, place: Place, name_hash: bytes
) -> SealedSecret | None:
    """One secret by the hash of its name."""
    row = database.row(
        f"SELECT {_COLUMNS} {_CURRENT} WHERE {_HERE} AND s.name_hash = :name_hash",
        {**_at(project_id, place), "name_hash": name_hash},
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
            **_at(secret.project_id, secret.place),
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
    marks = ", ".join(f":{column}" for column in _SEALED_COLUMNS)
    sealed = (*secret.name, *secret.value, *secret.comment)
    database.execute(
        f"INSERT INTO secret_version (secret_id, version, {_SEALED}, created_at) "
        f"VALUES (:id, :version, {marks}, :created_at)",
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
    """Delete the secrets of a folder and of all below it, the links there, and those to there."""
    values = _at_and_below(project_id, place)
    for table in ("secret", "secret_import"):
        database.execute(f"DELETE FROM {table} WHERE {_HERE_AND_BELOW}", values)
    database.execute(f"DELETE FROM secret_import WHERE {_FROM_HERE_AND_BELOW}", values)


def imports(database: Database, project_id: str, place: Place) -> list[SecretImport]:
    """The links of a folder in their order."""
    rows = database.rows(
        f"{_IMPORT} WHERE project_id = :project AND environment = :environment AND path = :path "
        "ORDER BY position",
        _at(project_id, place),
    )
    return [_import(row) for row in rows]


def every_import(database: Database, project_id: str) -> list[SecretImport]:
    """All links of a project, by the folders that they are in."""
    rows = database.rows(
        f"{_IMPORT} WHERE project_id = :project ORDER BY environment, path, position",
        {"project": project_id},
    )
    return [_import(row) for row in rows]


def imports_from_below(database: Database, project_id: str, place: Place) -> list[SecretImport]:
    """The links of other folders to this folder, or to one below it."""
    rows = database.rows(
        f"{_IMPORT} WHERE {_FROM_HERE_AND_BELOW} AND NOT ({_HERE_AND_BELOW}) "
        "ORDER BY environment, path, position",
        _at_and_below(project_id, place),
    )
    return [_import(row) for row in rows]


def find_import(database: Database, project_id: str, import_id: str) -> SecretImport | None:
    """One link by its id."""
    row = database.row(
        f"{_IMPORT} WHERE project_id = :project AND id = :id",
        {"project": project_id, "id": import_id},
    )
    return None if row is None else _import(row)


def insert_import(database: Database, link: SecretImport) -> None:
    """Write a link."""
    database.execute(
        "INSERT INTO secret_import (id, project_id, environment, path, import_environment, "
        "import_path, position, created_at) VALUES (:id, :project, :environment, :path, "
        ":import_environment, :import_path, :position, :created_at)",
        {
            **_at(link.project_id, link.place),
            "id": link.id,
            "import_environment": link.source.environment,
            "import_path": link.source.path,
            "position": link.position,
            "created_at": link.created_at,
        },
    )


def delete_import(database: Database, import_id: str) -> None:
    """Delete a link."""
    database.execute("DELETE FROM secret_import WHERE id = :id", {"id": import_id})


def _at(project_id: str, place: Place) -> dict[str, Any]:
    return {"project": project_id, "environment": place.environment, "path": place.path}


def _at_and_below(project_id: str, place: Place) -> Values:
    parent = "" if place.path == "/" else place.path
    # '0' follows '/': between the two lies exactly what begins with "path/".
    return {**_at(project_id, place), "below": f"{parent}/", "beyond": f"{parent}0"}


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


def _import(row: Row) -> SecretImport:
    return SecretImport(row[0], row[1], Place(row[2], row[3]), Place(row[4], row[5]), *row[6:])
