"""Folders, `v1` and `v2`: a token sees those that it may read, and those that lead to its own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from st_tui.api import usage_warnings
from st_tui.api.operations import Field, Operation
from st_tui.api.params import Params
from st_tui.api.places import (
    PROJECT,
    environment_id,
    folder_id,
    in_folder,
    require_folder,
)
from st_tui.api.problems import Problem, bad_request, invalid, not_found
from st_tui.core import drafts, expiry
from st_tui.core.errors import Refusal
from st_tui.core.model import Permission, Scope
from st_tui.core.secrets.model import Place
from st_tui.core.store import projects, secrets
from st_tui.core.vault import folders
from st_tui.core.vault.holders.request import Request
from st_tui.core.vault.secret_changes import NoFolder

_NAMES = "Invalid folder name. Only alphanumeric characters, dashes, and underscores are allowed."
NAME = "^[A-Za-z0-9_-]+$"
_PLACE = (
    *PROJECT,
    Field(
        "path",
        about="The parent folder",
        also=("directory", "secretPath"),
        longest=drafts.LONGEST_FOLDER_PATH,
    ),
)
_FORCE = Field("forceDelete", "boolean", about="Delete it with all in it; else it must be empty")


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


def _located(request: Request, params: Params) -> Place:
    """The parent folder that is meant. Here, and on no other route, a missing leading slash is
    added, as Infisical does."""
    stated = params.stated("path", "directory", "secretPath")
    if stated.path is not None and not stated.path.startswith("/"):
        stated = stated._replace(path=f"/{stated.path}")
    return request.locate(stated)


def _list(request: Request, params: Params, name: str) -> dict[str, Any]:
    place = _located(request, params)
    if params.plain("lastSecretModified") is not None:
        raise bad_request("Folders are not filtered by lastSecretModified here: leave it out")
    if not any(_may_lead_below(scope, place) for scope in request.token.scopes):
        # Before anything is read: how long it takes must not tell what is there.
        request.enter(place, Permission.READ)
    every = projects.folders(request.session.database, request.project.id, place.environment)
    below = [path for path in every if _below(place.path, path)]
    leading = _up_to(
        place.path, (path for path in below if _reaches(request, place._replace(path=path)))
    )
    request.enter_listing(place, bool(leading))
    require_folder(request, place)
    if not params.flag("recursive"):
        below = [path for path in below if "/" not in _below(place.path, path)]
    opened = {parent: request.may(place._replace(path=parent)) for parent in map(_parent, below)}
    return {
        "folders": [
            folder_data(request, place._replace(path=path), place.path)
            for path in below
            if path in leading or opened[_parent(path)]
        ]
    }


def _create(request: Request, params: Params, name: str) -> dict[str, Any]:
    parent = _located(request, params)
    request.enter(parent, Permission.WRITE)
    place = _named(parent, params.required("name"))
    _enter(request, place)
    connection, project_id = request.session.database, request.project.id
    if all(one.slug != place.environment for one in projects.environments(connection, project_id)):
        raise NoFolder(parent)
    # Folders above the stated one are made too, but only those that the token may make.
    above = [
        place._replace(path=path)
        for path in drafts.leading_to(place.path)[1:-1]
        if not projects.has_folder(connection, project_id, place.environment, path)
    ]
    if not all(request.may(missing, Permission.WRITE) for missing in above):
        raise NoFolder(parent)
    request.note_also([parent, *above], Permission.WRITE)
    folders.make(request.session, request.project, *place)
    return {"folder": folder_data(request, place, parent.path)}


def _delete(request: Request, params: Params, name: str, *, always: bool) -> dict[str, Any]:
    parent = _located(request, params)
    request.enter(parent, Permission.WRITE)
    force = always or params.flag("forceDelete")
    require_folder(request, parent)
    connection, project_id = request.session.database, request.project.id
    every = projects.folders(connection, project_id, parent.environment)
    place = _by_id(request, parent, name, every)
    if place is None:
        # An id that is unknown, or of a folder out of scope, is decided about as a name too.
        unknown = not_found(f"Folder with name '{name}' not found {in_folder(parent)}")
        try:
            place = _named(parent, name)
        except Problem:
            raise unknown from None
        _enter(request, place)
        if place.path not in every:
            raise unknown
    # All below goes with it: a token must be allowed to write in each of them.
    gone = [
        place._replace(path=path)
        for path in every
        if path == place.path or _below(place.path, path)
    ]
    for each in gone:
        _enter(request, each)
    if not force and (len(gone) > 1 or secrets.count(connection, project_id, place)):
        raise bad_request(
            f"Folder '{place.path}' is not empty: forceDelete=true deletes it with all in it"
        )
    request.path = place.path
    request.note_also([parent, *gone], Permission.WRITE)
    answer = folder_data(request, place, parent.path)
    warnings = usage_warnings.to_folder(request, place)
    removed = folders.remove(request.session, request.project, *place)
    request.details.update(removed.details)
    return {"folder": answer, "warnings": warnings}


def _enter(request: Request, place: Place) -> None:
    """Decide about writing there. Raises Denied."""
    request.enter(place, Permission.WRITE)


def _by_id(request: Request, parent: Place, name: str, every: list[str]) -> Place | None:
    """The folder in the parent that has this id, among those that the token may write in."""
    try:
        UUID(name)
    except ValueError:
        return None
    children = (parent._replace(path=path) for path in every if _parent(path) == parent.path)
    return next(
        (
            child
            for child in children
            if folder_id(request.project.id, child) == name and request.may(child, Permission.WRITE)
        ),
        None,
    )


def _child(parent: Place, name: str) -> Place:
    return parent._replace(path=f"{'' if parent.path == '/' else parent.path}/{name}")


def _named(parent: Place, name: str) -> Place:
    name = name.strip(drafts.BLANKS)
    if not name or "/" in name:
        raise invalid(_NAMES)
    try:
        path = drafts.folder_path(_child(parent, name).path)
    except Refusal as refused:
        if len(name) + len(parent.path) > drafts.LONGEST_FOLDER_PATH:
            raise bad_request(str(refused)) from None
        raise invalid(_NAMES) from None
    return Place(parent.environment, path)


def _below(parent: str, path: str) -> str:
    """What of the path lies below the parent; empty where it does not."""
    start = parent if parent.endswith("/") else f"{parent}/"
    return path[len(start) :] if path.startswith(start) else ""


def _may_lead_below(scope: Scope, place: Place) -> bool:
    """Whether the scope opens the folder or one below it, going by its text before a wildcard."""
    stem = drafts.stem(scope.secret_path)
    return scope.environment == place.environment and (
        stem == place.path or bool(_below(place.path, stem) or _below(stem, place.path))
    )


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def _up_to(top: str, paths: Iterable[str]) -> set[str]:
    """These paths with all that lie between them and the folder they are below."""
    found: set[str] = set()
    for path in paths:
        while path != top and path not in found:
            found.add(path)
            path = _parent(path)
    return found


def _reaches(request: Request, place: Place) -> bool:
    return any(request.may(place, operation) for operation in Permission)


def _operations(version: str) -> tuple[Operation, ...]:
    root = f"/api/{version}/folders"
    always = version == "v1"
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
            answer="Folders",
        ),
        Operation(
            "POST",
            root,
            "create-folder",
            "create",
            "secret-folders",
            "Make a folder, and of its parents those that are missing and may be made",
            _create,
            (*_PLACE, Field("name", required=True, pattern=NAME)),
            answer="OneFolder",
            not_kept=(Field("description"),),
        ),
        Operation(
            "DELETE",
            f"{root}/{{folderIdOrName}}",
            "delete-folder",
            "delete",
            "secret-folders",
            "Delete a folder with all in it" if always else "Delete a folder",
            partial(_delete, always=always),
            _PLACE if always else (*_PLACE, _FORCE),
            answer="OneFolder",
        ),
    )


# The CLI asks the first, the Python SDK the second. They differ in what may be deleted.
OPERATIONS = (*_operations("v1"), *_operations("v2"))
