"""`/api/v1/secret-imports`: the import links of a folder."""

from __future__ import annotations

from st_tui.api import answers, usage_warnings
from st_tui.api.fields import (
    IMPORT_ID,
    IMPORTING_PATH,
    IN_IMPORTING_FOLDER,
    IS_REPLICATION,
    SOURCE,
    SOURCE_ENVIRONMENT,
    SOURCE_PATH,
)
from st_tui.api.operations import Operation
from st_tui.api.params import Params
from st_tui.api.problems import invalid
from st_tui.core import expiry
from st_tui.core.model import Permission
from st_tui.core.secrets.model import Place
from st_tui.core.vault.holders.ids import environment_id, folder_id
from st_tui.core.vault.holders.imports import NamedImport
from st_tui.core.vault.holders.request import Request


def import_data(named: NamedImport) -> answers.Import:
    """A link under Infisical's field names."""
    link = named.link
    made = expiry.iso(link.created_at)
    return {
        "id": link.id,
        "version": 1,
        "importPath": link.source.path,
        "importEnv": {
            "id": environment_id(link.project_id, link.source.environment),
            "name": named.environment_name,
            "slug": link.source.environment,
        },
        "position": link.position,
        "createdAt": made,
        "updatedAt": made,
        "folderId": folder_id(link.project_id, link.place),
        "isReplication": False,
    }


def _enter(request: Request, params: Params, operation: Permission) -> Place:
    place = request.enter(params.stated(IMPORTING_PATH), operation)
    request.folders.require(place)
    return place


def _list(request: Request, params: Params, name: str) -> answers.Imports:
    place = _enter(request, params, Permission.READ)
    return {
        "message": "Successfully fetched secret imports",
        "secretImports": [import_data(named) for named in request.imports.listed(place)],
    }


def _create(request: Request, params: Params, name: str) -> answers.OneImport:
    place = _enter(request, params, Permission.WRITE)
    source = params.nested(SOURCE)
    environment, path = source.plain(SOURCE_ENVIRONMENT), source.path(SOURCE_PATH)
    if environment is None or path is None:
        raise invalid("import must state environment and path")
    return {
        "message": "Successfully created secret import",
        "secretImport": import_data(request.imports.create(place, Place(environment, path))),
        "warnings": [],
    }


def _delete(request: Request, params: Params, name: str) -> answers.OneImport:
    place = _enter(request, params, Permission.WRITE)
    deleted, used_by = request.imports.delete(place, name)
    return {
        "message": "Successfully deleted secret import",
        "secretImport": import_data(deleted),
        "warnings": usage_warnings.about(used_by),
    }


_ROOT = "/api/v1/secret-imports"

OPERATIONS = (
    Operation(
        "GET",
        _ROOT,
        "get-secret-imports",
        "read",
        "secret-imports",
        "The links of a folder",
        _list,
        IN_IMPORTING_FOLDER,
        answer=answers.Imports,
    ),
    Operation(
        "POST",
        _ROOT,
        "create-secret-import",
        "create",
        "secret-imports",
        "Let another folder's secrets be found in this one",
        _create,
        (*IN_IMPORTING_FOLDER, SOURCE),
        answer=answers.OneImport,
        not_kept=(IS_REPLICATION,),
    ),
    Operation(
        "DELETE",
        f"{_ROOT}/{IMPORT_ID.part}",
        "delete-secret-import",
        "delete",
        "secret-imports",
        "Take a link away",
        _delete,
        IN_IMPORTING_FOLDER,
        answer=answers.OneImport,
    ),
)
