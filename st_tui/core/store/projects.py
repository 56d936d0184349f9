"""Projects, their environments and folders in the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from st_tui.core.model import Environment, Project

_PROJECT = "SELECT id, slug, name, e2ee, created_at FROM project"


def insert(database: sqlite3.Connection, project: Project, operator_copy: bytes) -> None:
    """Write a project with its key as the operator's key wraps it."""
    database.execute(
        "INSERT INTO project (id, slug, name, e2ee, operator_copy, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (project.id, project.slug, project.name, True, operator_copy, project.created_at),
    )


def set_server_copy(
    database: sqlite3.Connection, project_id: str, server_copy: bytes | None
) -> None:
    """E2EE off: keep the project key as the server's key wraps it. None: erase it, E2EE on."""
    database.execute(
        "UPDATE project SET e2ee = ?, server_copy = ? WHERE id = ?",
        (server_copy is None, server_copy, project_id),
    )


class WrappedKeys(NamedTuple):
    """A project's keys as the vault's own keys wrap them.

    `operator_copy` and `server_copy` are the project key, the latter only while E2EE is off;
    `name_key` is None until the project's first secret.
    """

    operator_copy: bytes
    server_copy: bytes | None
    name_key: bytes | None


def wrapped_keys(database: sqlite3.Connection, project_id: str) -> WrappedKeys | None:
    """The project's wrapped keys; None if there is no such project."""
    row = database.execute(
        "SELECT operator_copy, server_copy, name_key FROM project WHERE id = ?", (project_id,)
    ).fetchone()
    return None if row is None else WrappedKeys(*row)


def set_name_key(database: sqlite3.Connection, project_id: str, name_key: bytes) -> bytes:
    """Keep the key that secret names are hashed with, and return the one that is kept: the first.
    It never changes, because names are found by their hashes."""
    row = database.execute(
        "UPDATE project SET name_key = coalesce(name_key, ?) WHERE id = ? RETURNING name_key",
        (name_key, project_id),
    ).fetchone()
    return bytes(row[0])


def delete(database: sqlite3.Connection, project_id: str) -> None:
    """Delete a project and all that is in it; its audit entries stay."""
    for table in ("service_token", "folder", "environment"):
        database.execute(f"DELETE FROM {table} WHERE project_id = ?", (project_id,))
    database.execute("DELETE FROM project WHERE id = ?", (project_id,))


def every(database: sqlite3.Connection) -> list[Project]:
    """All projects, the oldest first."""
    return [_project(row) for row in database.execute(f"{_PROJECT} ORDER BY created_at, slug")]


def by_id(database: sqlite3.Connection, project_id: str) -> Project | None:
    """One project by its id."""
    row = database.execute(f"{_PROJECT} WHERE id = ?", (project_id,)).fetchone()
    return None if row is None else _project(row)


def insert_environment(
    database: sqlite3.Connection, project_id: str, environment: Environment
) -> None:
    """Write an environment behind the others of its project."""
    database.execute(
        "INSERT INTO environment (project_id, slug, name, position) VALUES (?, ?, ?, "
        "(SELECT coalesce(max(position) + 1, 0) FROM environment WHERE project_id = ?))",
        (project_id, environment.slug, environment.name, project_id),
    )


def rename_environment(
    database: sqlite3.Connection, project_id: str, environment: Environment
) -> None:
    """Give an environment another display name; its slug never changes."""
    database.execute(
        "UPDATE environment SET name = ? WHERE project_id = ? AND slug = ?",
        (environment.name, project_id, environment.slug),
    )


def delete_environment(database: sqlite3.Connection, project_id: str, slug: str) -> None:
    """Delete an environment and its folders."""
    for table, column in (("folder", "environment"), ("environment", "slug")):
        database.execute(
            f"DELETE FROM {table} WHERE project_id = ? AND {column} = ?", (project_id, slug)
        )


def environments(database: sqlite3.Connection, project_id: str) -> list[Environment]:
    """A project's environments in their order."""
    rows = database.execute(
        "SELECT slug, name FROM environment WHERE project_id = ? ORDER BY position", (project_id,)
    )
    return [Environment(*row) for row in rows]


def insert_folders(
    database: sqlite3.Connection, project_id: str, environment: str, paths: Sequence[str]
) -> None:
    """Write folders that are not there yet."""
    database.executemany(
        "INSERT OR IGNORE INTO folder (project_id, environment, path) VALUES (?, ?, ?)",
        [(project_id, environment, path) for path in paths],
    )


def delete_folders(
    database: sqlite3.Connection, project_id: str, environment: str, path: str
) -> int:
    """Delete a folder and all below it; how many went."""
    # '0' follows '/': the range holds exactly what begins with "path/".
    return database.execute(
        "DELETE FROM folder WHERE project_id = ? AND environment = ? "
        "AND (path = ? OR (path > ? || '/' AND path < ? || '0'))",
        (project_id, environment, path, path, path),
    ).rowcount


def folders(database: sqlite3.Connection, project_id: str, environment: str) -> list[str]:
    """The paths of an environment's folders in tree order; the root is not among them."""
    rows = database.execute(
        "SELECT path FROM folder WHERE project_id = ? AND environment = ? "
        # A slash sorts before every character of a folder name, so children follow their parent.
        "ORDER BY replace(path, '/', char(1))",
        (project_id, environment),
    )
    return [row[0] for row in rows]


def has_folder(database: sqlite3.Connection, project_id: str, environment: str, path: str) -> bool:
    """Whether this folder exists. The root always does."""
    return path == "/" or bool(
        database.execute(
            "SELECT 1 FROM folder WHERE project_id = ? AND environment = ? AND path = ?",
            (project_id, environment, path),
        ).fetchone()
    )


def _project(row: tuple[str, str, str, int, int]) -> Project:
    project_id, slug, name, e2ee, created_at = row
    return Project(project_id, slug, name, bool(e2ee), created_at)
