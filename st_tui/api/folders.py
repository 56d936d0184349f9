"""Folders, `v1` and `v2`: a token sees those that it may read, and those that lead to its own."""

from __future__ import annotations

from typing import Any

from st_tui.api.asked import Asked
from st_tui.api.operations import Field, Operation
from st_tui.api.places import (
    environment_id,
    folder_id,
    folder_not_found,
    require_folder,
)
from st_tui.api.problems import bad_request, invalid, not_found
from st_tui.core import drafts, expiry
from st_tui.core.errors import Refusal
from st_tui.core.model import Permission
from st_tui.core.secret import Place
from st_tui.core.store import projects
from st_tui.core.vault import folders
from st_tui.core.vault.gateway import Request

_NAMES = "Invalid folder name. Only alphanumeric characters, dashes, and underscores are allowed."
_PLACE = (
    Field("workspaceId", about="The project; the token's own if left out"),
    Field("environment", about="An environment's slug"),
    Field("path", about="The parent folder; also spelt directory or secretPath"),
)


def folder_data(request: Request, place: Place, asked_at: str) -> dict[str, Any]:
    """A folder under Infisical's field names; `asked_at` is the folder that was listed."""
    project_id = request.project.id
    parent, _, name = place.path.rpartition("/")
    made = expiry.iso(request.project.created_at)
    at_root = place.path == "/"
    return {
        "id": folder_id(project_id, place),
        "name": "root" if at_root else name,
        "version": 1,
        "createdAt": made,
        "updatedAt": made,
        "envId": environment_id(project_id, place.environment),
        "parentId": (
            None if at_root else folder_id(project_id, Place(place.environment, parent or "/"))
        ),
        "isReserved": False,
        "description": None,
        "lastSecretModified": None,
        "path": place.path,
        "relativePath": _below(asked_at, place.path),
    }


def _located(request: Request, asked: Asked) -> Place:
    """The parent folder that is meant; here a missing leading slash is added, as Infisical does."""
    stated = asked.stated("path", "directory", "secretPath")
    if stated.path is not None and not stated.path.startswith("/"):
        stated = stated._replace(path=f"/{stated.path}")
    return request.locate(stated)


def _list(request: Request, asked: Asked, name: str) -> dict[str, Any]:
    place = _located(request, asked)
    connection, project_id = request.session.connection, request.project.id
    every = projects.folders(connection, project_id, place.environment)
    below = [path for path in every if _below(place.path, path)]
    reached = [path for path in below if _reaches(request, Place(place.environment, path))]
    request.enter_listing(place, bool(reached))
    require_folder(request, place)
    shown = below if request.may(place) else [p for p in below if _leads_to(p, reached)]
    if not asked.flag("recursive"):
        shown = [path for path in shown if "/" not in _below(place.path, path)]
    return {
        "folders": [
            folder_data(request, Place(place.environment, path), place.path) for path in shown
        ]
    }


def _create(request: Request, asked: Asked, name: str) -> dict[str, Any]:
    parent = _located(request, asked)
    request.enter(parent, Permission.WRITE)
    place = _named(parent, asked.required("name"))
    if not any(
        environment.slug == place.environment
        for environment in projects.environments(request.session.connection, request.project.id)
    ):
        raise folder_not_found(parent)
    folders.make(request.session, request.project, *place)
    request.path = place.path
    return {"folder": folder_data(request, place, parent.path)}


def _delete(request: Request, asked: Asked, name: str) -> dict[str, Any]:
    parent = _located(request, asked)
    request.enter(parent, Permission.WRITE)
    connection, project_id = request.session.connection, request.project.id
    require_folder(request, parent)
    every = projects.folders(connection, project_id, parent.environment)
    children = [Place(parent.environment, p) for p in every if _is_child(parent.path, p)]
    place = next(
        (
            child
            for child in children
            if name in (child.path.rpartition("/")[2], folder_id(project_id, child))
        ),
        None,
    )
    if place is None:
        raise not_found(f"Folder with name '{name}' not found")
    # All below goes with it: a token must be allowed to write in each of them.
    for path in every:
        if path == place.path or _below(place.path, path):
            request.enter(Place(place.environment, path), Permission.WRITE)
    answer = folder_data(request, place, parent.path)
    folders.remove(request.session, request.project, *place)
    request.path = place.path
    return {"folder": answer}


def _named(parent: Place, name: str) -> Place:
    name = name.strip(drafts.BLANKS)
    if not name or "/" in name:
        raise invalid(_NAMES)
    try:
        path = drafts.folder_path(f"{'' if parent.path == '/' else parent.path}/{name}")
    except Refusal as refused:
        if len(name) + len(parent.path) > drafts.LONGEST_FOLDER_PATH:
            raise bad_request(str(refused)) from None
        raise invalid(_NAMES) from None
    return Place(parent.environment, path)


def _below(parent: str, path: str) -> str:
    """What of the path lies below the parent; empty where it does not."""
    start = parent if parent.endswith("/") else f"{parent}/"
    return path[len(start) :] if path.startswith(start) else ""


def _is_child(parent: str, path: str) -> bool:
    below = _below(parent, path)
    return bool(below) and "/" not in below


def _reaches(request: Request, place: Place) -> bool:
    return any(request.may(place, operation) for operation in Permission)


def _leads_to(path: str, reached: list[str]) -> bool:
    return any(path == other or _below(path, other) for other in reached)


def _operations(root: str) -> tuple[Operation, ...]:
    return (
        Operation(
            "GET",
            root,
            "get-folders",
            "read",
            "secret-folders",
            "The folders in a folder",
            _list,
            (*_PLACE, Field("recursive", "boolean")),
        ),
        Operation(
            "POST",
            root,
            "create-folder",
            "create",
            "secret-folders",
            "Make a folder and its missing parents",
            _create,
            (*_PLACE, Field("name", required=True)),
        ),
        Operation(
            "DELETE",
            f"{root}/{{folderIdOrName}}",
            "delete-folder",
            "delete",
            "secret-folders",
            "Delete a folder with all in it",
            _delete,
            _PLACE,
        ),
    )


# The CLI asks the first, the Python SDK the second; they differ in nothing that is asked here.
OPERATIONS = (*_operations("/api/v1/folders"), *_operations("/api/v2/folders"))
