"""`/api/v1/secret-imports`: the links of a folder."""

from __future__ import annotations

from typing import Any

from st_tui.api import usage_warnings
from st_tui.api.operations import Field, Operation
from st_tui.api.params import Params
from st_tui.api.places import PROJECT, environment_id, folder_id, in_folder, require_folder
from st_tui.api.problems import invalid, not_found
from st_tui.core import expiry
from st_tui.core.drafts import LONGEST_FOLDER_PATH
from st_tui.core.model import Permission
from st_tui.core.secrets.model import Place, SecretImport
from st_tui.core.store import projects, secrets
from st_tui.core.vault import secret_changes
from st_tui.core.vault.holders.request import Request
from st_tui.core.vault.secrets import about_import

_PLACE = (
    *PROJECT,
    Field(
        "path",
        about="The importing folder",
        also=("secretPath",),
        longest=LONGEST_FOLDER_PATH,
    ),
)


def import_data(request: Request, link: SecretImport) -> dict[str, Any]:
    """A link under Infisical's field names."""
    environments = projects.environments(request.session.database, request.project.id)
    names = {environment.slug: environment.name for environment in environments}
    made = expiry.iso(link.created_at)
    return {
        "id": link.id,
        "version": 1,
        "importPath": link.source.path,
        "importEnv": {
            "id": environment_id(link.project_id, link.source.environment),
            "name": names[link.source.environment],
            "slug": link.source.environment,
        },
        "position": link.position,
        "createdAt": made,
        "updatedAt": made,
        "folderId": folder_id(link.project_id, link.place),
        "isReplication": False,
    }


def _entered(request: Request, params: Params, operation: Permission) -> Place:
    place = request.locate(params.stated("path", "secretPath"))
    request.enter(place, operation)
    require_folder(request, place)
    return place


def _list(request: Request, params: Params, name: str) -> dict[str, Any]:
    place = _entered(request, params, Permission.READ)
    links = secrets.imports(request.session.database, request.project.id, place)
    return {
        "message": "Successfully fetched secret imports",
        "secretImports": [import_data(request, link) for link in links if _shown(request, link)],
    }


def _create(request: Request, params: Params, name: str) -> dict[str, Any]:
    place = _entered(request, params, Permission.WRITE)
    wanted = params.nested("import")
    environment, path = wanted.plain("environment"), wanted.path("path")
    if environment is None or path is None:
        raise invalid("import must state environment and path")
    source = Place(environment, path)
    # Whoever links a folder must be able to read it, or links would open what scopes closed.
    request.enter(source, Permission.READ)
    link = secret_changes.add_import(request.session, request.project, place, source)
    _note(request, link)
    request.note_also([source])
    return {
        "message": "Successfully created secret import",
        "secretImport": import_data(request, link),
    }


def _delete(request: Request, params: Params, name: str) -> dict[str, Any]:
    place = _entered(request, params, Permission.WRITE)
    link = secrets.find_import(request.session.database, request.project.id, name)
    if link is None or link.place != place or not _shown(request, link):
        raise not_found(f"Secret import not found {in_folder(place)}")
    answer, warnings = import_data(request, link), usage_warnings.through(request, link)
    secrets.delete_import(request.session.database, link.id)
    _note(request, link)
    return {
        "message": "Successfully deleted secret import",
        "secretImport": answer,
        "warnings": warnings,
    }


def _shown(request: Request, link: SecretImport) -> bool:
    """Whether the source is in the token's scope: of another, not even the name is told."""
    return any(request.may(link.source, operation) for operation in Permission)


def _note(request: Request, link: SecretImport) -> None:
    # The source was the last place asked about.
    request.environment, request.path, request.operation = *link.place, Permission.WRITE
    request.target = link.id
    request.details.update(about_import(link)["details"])


OPERATIONS = (
    Operation(
        "GET",
        "/api/v1/secret-imports",
        "get-secret-imports",
        "read",
        "secret-imports",
        "The links of a folder",
        _list,
        _PLACE,
        answer="Imports",
    ),
    Operation(
        "POST",
        "/api/v1/secret-imports",
        "create-secret-import",
        "create",
        "secret-imports",
        "Let another folder's secrets be found in this one",
        _create,
        (
            *_PLACE,
            Field("import", "object", required=True, inside=("environment", "path")),
        ),
        answer="OneImport",
        not_kept=(Field("isReplication", "boolean"),),
    ),
    Operation(
        "DELETE",
        "/api/v1/secret-imports/{secretImportId}",
        "delete-secret-import",
        "delete",
        "secret-imports",
        "Take a link away",
        _delete,
        _PLACE,
        answer="OneImport",
    ),
)
