"""`/api/v1/folders` and `/api/v2/folders`: the folders in a folder."""

from __future__ import annotations

from functools import partial

from st_tui.api import answers, usage_warnings
from st_tui.api.fields import (
    FOLDER_DESCRIPTION,
    FOLDER_ID_OR_NAME,
    FOLDER_NAME,
    FORCE_DELETE,
    IN_PARENT,
    LAST_SECRET_MODIFIED,
    PARENT_PATH,
    RECURSIVE,
)
from st_tui.api.operations import Operation
from st_tui.api.params import Params
from st_tui.api.problems import bad_request
from st_tui.core import expiry
from st_tui.core.model import Permission, Project
from st_tui.core.secrets.model import Place
from st_tui.core.vault.holders.folders import relative_path
from st_tui.core.vault.holders.holder import Stated
from st_tui.core.vault.holders.ids import environment_id, folder_id
from st_tui.core.vault.holders.request import Request


def folder_data(project: Project, place: Place, base: Place) -> answers.Folder:
    """A folder under Infisical's field names. `relativePath` begins below `base`."""
    parent, _, name = place.path.rpartition("/")
    made = expiry.iso(project.created_at)
    at_root = place.path == "/"
    return {
        "id": folder_id(project.id, place),
        "name": "root" if at_root else name,
        "version": 1,
        "createdAt": made,
        "updatedAt": made,
        "envId": environment_id(project.id, place.environment),
        "parentId": (
            None if at_root else folder_id(project.id, place._replace(path=parent or "/"))
        ),
        "isReserved": False,
        "description": None,
        "lastSecretModified": None,
        "path": place.path,
        "relativePath": relative_path(base.path, place.path),
    }


def _stated(params: Params) -> Stated:
    """The parent folder that is stated.

    As in Infisical, a missing leading slash is added here and on no other route.
    """
    stated = params.stated(PARENT_PATH)
    if stated.path is not None and not stated.path.startswith("/"):
        stated = stated._replace(path=f"/{stated.path}")
    return stated


def _list(request: Request, params: Params, name: str) -> answers.Folders:
    place = request.locate(_stated(params))
    if params.plain(LAST_SECRET_MODIFIED) is not None:
        raise bad_request("Folders are not filtered by lastSecretModified here: leave it out")
    listing = request.folders.listed(place)
    shown = listing.shown(recursive=params.flag(RECURSIVE))
    return {"folders": [folder_data(request.project, folder, place) for folder in shown]}


def _create(request: Request, params: Params, name: str) -> answers.OneFolder:
    parent = request.enter(_stated(params), Permission.WRITE)
    place = request.folders.create(parent, params.required(FOLDER_NAME))
    return {"folder": folder_data(request.project, place, parent), "warnings": []}


def _delete(
    request: Request, params: Params, name: str, *, always_force: bool
) -> answers.OneFolder:
    parent = request.enter(_stated(params), Permission.WRITE)
    force = always_force or params.flag(FORCE_DELETE)
    place, used_by = request.folders.delete(parent, name, force=force)
    return {
        "folder": folder_data(request.project, place, parent),
        "warnings": usage_warnings.about(used_by),
    }


def _operations(version: str) -> tuple[Operation, ...]:
    root = f"/api/{version}/folders"
    always_force = version == "v1"
    return (
        Operation(
            "GET",
            root,
            "get-folders",
            "read",
            "secret-folders",
            "The folders in a folder",
            _list,
            (*IN_PARENT, RECURSIVE),
            answer=answers.Folders,
        ),
        Operation(
            "POST",
            root,
            "create-folder",
            "create",
            "secret-folders",
            "Make a folder, and of its parents those that are missing and may be made",
            _create,
            (*IN_PARENT, FOLDER_NAME),
            answer=answers.OneFolder,
            not_kept=(FOLDER_DESCRIPTION,),
        ),
        Operation(
            "DELETE",
            f"{root}/{FOLDER_ID_OR_NAME.part}",
            "delete-folder",
            "delete",
            "secret-folders",
            "Delete a folder with all in it" if always_force else "Delete a folder",
            partial(_delete, always_force=always_force),
            IN_PARENT if always_force else (*IN_PARENT, FORCE_DELETE),
            answer=answers.OneFolder,
        ),
    )


# The CLI asks v1, the Python SDK v2. They differ in what may be deleted.
OPERATIONS = (*_operations("v1"), *_operations("v2"))
