"""Projects, their environments and folders in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from st_tui.core.model import Environment, Project
from st_tui.core.store.database import Database, Row, Values
from st_tui.core.store.folder_conditions import HERE, HERE_AND_BELOW, here, here_and_below

_PROJECT = "SELECT id, slug, name, e2ee, created_at FROM project"


def insert(database: Database, project: Project, operator_copy: bytes) -> None:
    """Write a project, E2EE on, with its key as the operator's key wraps it."""
    database.execute(
        "INSERT INTO project (id, slug, name, e2ee, operator_copy, created_at) "
        "VALUES (:id, :slug, :name, 1, :operator_copy, :created_at)",
        {
            "id": project.id,
            "slug": project.slug,
            "name": project.name,
            "operator_copy": operator_copy,
            "created_at": project.created_at,
        },
    )


def set_server_copy(database: Database, project_id: str, server_copy: bytes | None) -> None:
    """Turn E2EE off by storing the project key as the server's key wraps it; on by None."""
    database.execute(
        "UPDATE project SET e2ee = :e2ee, server_copy = :server_copy WHERE id = :id",
        {"e2ee": int(server_copy is None), "server_copy": server_copy, "id": project_id},
    )


class WrappedKeys(NamedTuple):
    """A project's keys as the vault's own keys wrap them.

    `operator_copy` and `server_copy` are the project key, the latter only while E2EE is off;
    `name_key` is None until the project's first secret.
    """

    operator_copy: bytes
    server_copy: bytes | None
    name_key: bytes | None


def wrapped_keys(database: Database, project_id: str) -> WrappedKeys | None:
    """The project's wrapped keys; None if there is no such project."""
    row = database.row(
        "SELECT operator_copy, server_copy, name_key FROM project WHERE id = :id",
        {"id": project_id},
    )
    return None if row is None else WrappedKeys(*row)


def set_name_key(database: Database, project_id: str, name_key: bytes) -> bytes:
    """Store the key that secret names are hashed with, unless there is one; the stored one.

    It never changes, because secrets are found by the hashes of their names.
    """
    [(kept,)] = database.rows(
        "UPDATE project SET name_key = coalesce(name_key, :name_key) WHERE id = :id "
        "RETURNING name_key",
        {"name_key": name_key, "id": project_id},
    )
    return bytes(kept)


def delete(database: Database, project_id: str) -> None:
    """Delete a project and all that is in it; its audit entries stay."""
    values = {"project": project_id}
    for table in ("service_token", "folder", "environment"):
        database.execute(f"DELETE FROM {table} WHERE project_id = :project", values)
    database.execute("DELETE FROM project WHERE id = :project", values)


def every(database: Database) -> list[Project]:
    """All projects, the oldest first."""
    return [_project(row) for row in database.rows(f"{_PROJECT} ORDER BY created_at, slug")]


def by_id(database: Database, project_id: str) -> Project | None:
    """One project by its id."""
    row = database.row(f"{_PROJECT} WHERE id = :id", {"id": project_id})
    return None if row is None else _project(row)


def _project(row: Row) -> Project:
    project_id, slug, name, e2ee, created_at = row
    return Project(project_id, slug, name, bool(e2ee), created_at)


def insert_environment(database: Database, project_id: str, environment: Environment) -> None:
    """Write an environment behind the others of its project."""
    database.execute(
        "INSERT INTO environment (project_id, slug, name, position) VALUES (:project, :slug, "
        ":name, (SELECT coalesce(max(position) + 1, 0) FROM environment "
        "WHERE project_id = :project))",
        _environment(project_id, environment),
    )


def rename_environment(database: Database, project_id: str, environment: Environment) -> None:
    """Give an environment another display name; its slug never changes."""
    database.execute(
        "UPDATE environment SET name = :name WHERE project_id = :project AND slug = :slug",
        _environment(project_id, environment),
    )


def _environment(project_id: str, environment: Environment) -> Values:
    return {"project": project_id, "slug": environment.slug, "name": environment.name}


def delete_environment(database: Database, project_id: str, slug: str) -> None:
    """Delete an environment and its folders."""
    for table, column in (("folder", "environment"), ("environment", "slug")):
        database.execute(
            f"DELETE FROM {table} WHERE project_id = :project AND {column} = :slug",
            {"project": project_id, "slug": slug},
        )


def environments(database: Database, project_id: str) -> list[Environment]:
    """A project's environments in their order."""
    rows = database.rows(
        "SELECT slug, name FROM environment WHERE project_id = :project ORDER BY position",
        {"project": project_id},
    )
    return [Environment(*row) for row in rows]


def insert_folders(
    database: Database, project_id: str, environment: str, paths: Sequence[str]
) -> None:
    """Write the folders of this list that are not there yet."""
    database.execute_many(
        "INSERT INTO folder (project_id, environment, path) "
        "VALUES (:project, :environment, :path) ON CONFLICT DO NOTHING",
        [{"project": project_id, "environment": environment, "path": path} for path in paths],
    )


def delete_folders(database: Database, project_id: str, environment: str, path: str) -> int:
    """Delete a folder and all below it; how many went."""
    return database.execute(
        f"DELETE FROM folder WHERE {HERE_AND_BELOW}",
        here_and_below(project_id, environment, path),
    )


def folders(database: Database, project_id: str, environment: str) -> list[str]:
    """The paths of an environment's folders in tree order; the root is not among them."""
    rows = database.rows(
        "SELECT path FROM folder WHERE project_id = :project AND environment = :environment "
        # A slash sorts before every character of a folder name, so children follow their parent.
        "ORDER BY replace(path, '/', char(1))",
        {"project": project_id, "environment": environment},
    )
    return [path for (path,) in rows]


def has_folder(database: Database, project_id: str, environment: str, path: str) -> bool:
    """Whether this folder exists. The root always does."""
    if path == "/":
        return True
    query = f"SELECT 1 FROM folder WHERE {HERE}"
    return database.row(query, here(project_id, environment, path)) is not None
