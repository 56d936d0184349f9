"""Import links in the database: a link lets the secrets of one folder be found in another."""

from __future__ import annotations

from st_tui.core.secrets.model import Place, SecretImport
from st_tui.core.store.database import Database, Row
from st_tui.core.store.folder_conditions import HERE, HERE_AND_BELOW, here, here_and_below

_FROM_HERE_AND_BELOW = (
    "project_id = :project AND import_environment = :environment "
    "AND (import_path = :path OR (import_path > :below AND import_path < :beyond))"
)
_IMPORT = (
    "SELECT id, project_id, environment, path, import_environment, import_path, position, "
    "created_at FROM secret_import"
)


def in_folder(database: Database, project_id: str, place: Place) -> list[SecretImport]:
    """The links of a folder in their order."""
    rows = database.rows(
        f"{_IMPORT} WHERE {HERE} ORDER BY position",
        here(project_id, *place),
    )
    return [_import(row) for row in rows]


def folders_with_any(database: Database, project_id: str, environment: str) -> set[str]:
    """The paths of an environment's folders that have links."""
    rows = database.rows(
        "SELECT DISTINCT path FROM secret_import "
        "WHERE project_id = :project AND environment = :environment",
        {"project": project_id, "environment": environment},
    )
    return {path for (path,) in rows}


def every(database: Database, project_id: str) -> list[SecretImport]:
    """All links of a project, in the order of the folders that they are in."""
    rows = database.rows(
        f"{_IMPORT} WHERE project_id = :project ORDER BY environment, path, position",
        {"project": project_id},
    )
    return [_import(row) for row in rows]


def from_below(database: Database, project_id: str, place: Place) -> list[SecretImport]:
    """The links of other folders to this folder, or to one below it."""
    rows = database.rows(
        f"{_IMPORT} WHERE {_FROM_HERE_AND_BELOW} AND NOT ({HERE_AND_BELOW}) "
        "ORDER BY environment, path, position",
        here_and_below(project_id, *place),
    )
    return [_import(row) for row in rows]


def find(database: Database, project_id: str, import_id: str) -> SecretImport | None:
    """One link by its id."""
    row = database.row(
        f"{_IMPORT} WHERE project_id = :project AND id = :id",
        {"project": project_id, "id": import_id},
    )
    return None if row is None else _import(row)


def insert(database: Database, link: SecretImport) -> None:
    """Write a link."""
    database.execute(
        "INSERT INTO secret_import (id, project_id, environment, path, import_environment, "
        "import_path, position, created_at) VALUES (:id, :project, :environment, :path, "
        ":import_environment, :import_path, :position, :created_at)",
        {
            **here(link.project_id, *link.place),
            "id": link.id,
            "import_environment": link.source.environment,
            "import_path": link.source.path,
            "position": link.position,
            "created_at": link.created_at,
        },
    )


def delete(database: Database, import_id: str) -> None:
    """Delete a link."""
    database.execute("DELETE FROM secret_import WHERE id = :id", {"id": import_id})


def delete_below(database: Database, project_id: str, place: Place) -> None:
    """Delete the links in a folder and all below it, and the links of other folders to there."""
    values = here_and_below(project_id, *place)
    for condition in (HERE_AND_BELOW, _FROM_HERE_AND_BELOW):
        database.execute(f"DELETE FROM secret_import WHERE {condition}", values)


def _import(row: Row) -> SecretImport:
    return SecretImport(row[0], row[1], Place(row[2], row[3]), Place(row[4], row[5]), *row[6:])
