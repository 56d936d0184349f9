"""`/api/v3/secrets/raw` and `/api/v4/secrets`: plain values, while the project's E2EE is off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from st_tui.api.asked import Asked
from st_tui.api.operations import Field, Operation
from st_tui.api.places import entered, folder_id, require_folder
from st_tui.api.problems import bad_request, not_found
from st_tui.api.secrets_e2ee import (
    PLACE,
    TYPE,
    found,
    note,
    read_type,
    refuse_existing,
    shared_only,
)
from st_tui.core import expiry
from st_tui.core.drafts import BLANKS
from st_tui.core.model import Endpoint, Permission
from st_tui.core.secret import Place, SealedSecret, Secret, check_name
from st_tui.core.store import secrets
from st_tui.core.vault import secret_changes
from st_tui.core.vault.gateway import Request
from st_tui.core.vault.secret_changes import Found, Imported

HIDDEN = "<hidden-by-infisical>"


def raw_data(secret: Secret, *, hidden: bool = False) -> dict[str, Any]:
    """An opened secret under Infisical's field names."""
    sealed = secret.sealed
    return {
        "id": sealed.id,
        "_id": sealed.id,
        "workspace": sealed.project_id,
        "environment": sealed.place.environment,
        "version": sealed.version,
        "type": "shared",
        "secretKey": secret.name,
        "secretValue": HIDDEN if hidden else secret.value,
        "secretValueHidden": hidden,
        "secretComment": "" if hidden else secret.comment,
        "secretPath": sealed.place.path,
        "skipMultilineEncoding": False,
        "secretMetadata": [],
        "tags": [],
        "createdAt": expiry.iso(sealed.created_at),
        "updatedAt": expiry.iso(sealed.updated_at),
    }


def trimmed(value: str) -> str:
    """A value as Infisical keeps it: without blanks around it, but for one final newline."""
    return value.strip(BLANKS) + ("\n" if value.endswith("\n") else "")


def _opened(
    request: Request,
    sealed: list[SealedSecret],
    imports: list[Imported],
    warnings: list[str],
    *,
    expand: bool = False,
) -> Found:
    return secret_changes.opened(
        request.session,
        request.project,
        sealed,
        imports,
        warnings,
        may_read=request.may,
        expand=expand,
    )


def _opened_one(
    request: Request, sealed: SealedSecret, warnings: list[str], *, expand: bool = False
) -> Secret:
    opened = _opened(request, [sealed], [], warnings, expand=expand)
    if not opened.secrets:
        raise bad_request("This secret was sealed with another key: the server cannot open it")
    return opened.secrets[0]


def _list(request: Request, asked: Asked, *, by_default: bool) -> dict[str, Any]:
    place = entered(request, asked, Permission.READ, Endpoint.RAW)
    require_folder(request, place)
    connection, project_id = request.session.connection, request.project.id
    hidden = not asked.flag("viewSecretValue", default=True)
    if asked.flag("recursive"):
        sealed = [
            secret
            for secret in secrets.below(connection, project_id, place)
            if request.may(secret.place)
        ]
    else:
        sealed = secrets.in_folder(connection, project_id, place)
    if asked.plain("tagSlugs"):
        sealed = []  # No secret has a tag, so none has the ones asked for.
    warnings: list[str] = []
    links: list[Imported] = []
    if asked.flag("include_imports", "includeImports", default=by_default):
        links = secret_changes.imported(
            request.session, request.project, place, request.may, warnings
        )
    answer = _opened(
        request,
        sealed,
        links,
        warnings,
        expand=asked.flag("expandSecretReferences", default=by_default),
    )
    request.details["numberOfSecrets"] = len(answer.secrets)
    return {
        "secrets": [raw_data(secret, hidden=hidden) for secret in _by_name(answer.secrets)],
        "imports": [
            {
                "secretPath": link.source.path,
                "environment": link.source.environment,
                "folderId": folder_id(project_id, link.source),
                "secrets": [raw_data(secret, hidden=hidden) for secret in _by_name(inside)],
            }
            for link, inside in answer.imports
        ],
        "warnings": answer.warnings,
    }


def _by_name(each: list[Secret]) -> list[Secret]:
    return sorted(each, key=lambda secret: (secret.sealed.place.path, secret.name))


def _get(request: Request, asked: Asked, name: str, *, by_default: bool) -> dict[str, Any]:
    place = entered(request, asked, Permission.READ, Endpoint.RAW)
    read_type(asked)
    follow = asked.flag("include_imports", "includeImports", default=by_default)
    expand = asked.flag("expandSecretReferences", default=by_default)
    hidden = not asked.flag("viewSecretValue", default=True)
    version = asked.number("version")
    warnings: list[str] = []
    sealed = secret_changes.find(request.session, request.project, place, name)
    if sealed is None and follow:
        sealed = _find_imported(request, place, name, warnings)
    if sealed is None:
        sealed = found(request, place, name)
    if version is not None:
        known = secrets.versions(request.session.connection, sealed.id)
        sealed = next((one for one in known if one.version == version), None)
        if sealed is None:
            raise not_found(f"Secret with name '{name}' has no version {version}")
    note(request, sealed)
    secret = _opened_one(request, sealed, warnings, expand=expand)
    return {"secret": raw_data(secret, hidden=hidden), "warnings": warnings}


def _find_imported(
    request: Request, place: Place, name: str, warnings: list[str]
) -> SealedSecret | None:
    hashed = secret_changes.name_hash(request.session, request.project, name)
    links = secret_changes.imported(request.session, request.project, place, request.may, warnings)
    for _, inside in reversed(links):
        for secret in inside:
            if secret.name_hash == hashed:
                return secret
    return None


def _create(request: Request, asked: Asked, name: str) -> dict[str, Any]:
    place = entered(request, asked, Permission.WRITE, Endpoint.RAW)
    shared_only(asked, "create")
    value = trimmed(asked.required("secretValue"))
    require_folder(request, place)
    refuse_existing(request, place, name)
    sealed = secret_changes.create(
        request.session, request.project, place, name, value, asked.text("secretComment") or ""
    )
    return _written(request, sealed)


def _update(request: Request, asked: Asked, name: str) -> dict[str, Any]:
    place = entered(request, asked, Permission.WRITE, Endpoint.RAW)
    shared_only(asked, "update")
    value = asked.text("secretValue")
    current = found(request, place, name)
    new_name = asked.text("newSecretName")
    if new_name is not None:
        if not new_name.strip(BLANKS):
            raise bad_request("New secret name cannot be empty")
        new_name = check_name(new_name)
        taken = secret_changes.find(request.session, request.project, place, new_name)
        if taken is not None and taken.id != current.id:
            raise bad_request("Secret with the new name already exists")
    sealed = secret_changes.update(
        request.session,
        request.project,
        current,
        value=None if value is None else trimmed(value),
        comment=asked.text("secretComment"),
        new_name=new_name,
    )
    return _written(request, sealed)


def _delete(request: Request, asked: Asked, name: str) -> dict[str, Any]:
    place = entered(request, asked, Permission.WRITE, Endpoint.RAW)
    shared_only(asked, "delete")
    sealed = found(request, place, name)
    answer = _written(request, sealed)
    secret_changes.delete(request.session, sealed)
    return answer


def _written(request: Request, sealed: SealedSecret) -> dict[str, Any]:
    """The answer to a write; a token that may not read sees no value in it."""
    note(request, sealed)
    secret = _opened_one(request, sealed, [])
    return {"secret": raw_data(secret, hidden=not request.may(sealed.place))}


def _list_v3(request: Request, asked: Asked, name: str) -> dict[str, Any]:
    return _list(request, asked, by_default=False)


def _list_v4(request: Request, asked: Asked, name: str) -> dict[str, Any]:
    return _list(request, asked, by_default=True)


def _get_v3(request: Request, asked: Asked, name: str) -> dict[str, Any]:
    return _get(request, asked, name, by_default=False)


def _get_v4(request: Request, asked: Asked, name: str) -> dict[str, Any]:
    return _get(request, asked, name, by_default=True)


_READING = (
    *PLACE,
    Field("viewSecretValue", "boolean"),
    Field("expandSecretReferences", "boolean"),
    Field("include_imports", "boolean", about="Also spelt includeImports"),
)
_LIST = (*_READING, Field("recursive", "boolean"), Field("tagSlugs"))
_GET = (*_READING, TYPE, Field("version", "integer"))
_WRITING = (*PLACE, TYPE, Field("secretComment"))
_ONE = "/api/v3/secrets/raw/{secretName}"


def _reading(
    version: str, handle: Callable[..., dict[str, Any]], *, one: bool, path: str
) -> Operation:
    return Operation(
        "GET",
        path,
        "get-secret" if one else "get-secrets",
        "read",
        "secrets",
        f"{'One secret' if one else 'The secrets of a folder'} in plain text ({version})",
        handle,
        _GET if one else _LIST,
    )


OPERATIONS = (
    _reading("v3", _list_v3, one=False, path="/api/v3/secrets/raw"),
    _reading("v3", _get_v3, one=True, path=_ONE),
    _reading("v4", _list_v4, one=False, path="/api/v4/secrets"),
    _reading("v4", _get_v4, one=True, path="/api/v4/secrets/{secretName}"),
    Operation(
        "POST",
        _ONE,
        "create-secret",
        "create",
        "secrets",
        "Make a secret",
        _create,
        (*_WRITING, Field("secretValue", required=True)),
    ),
    Operation(
        "PATCH",
        _ONE,
        "update-secret",
        "edit",
        "secrets",
        "Write the next version of a secret, or rename it",
        _update,
        (*_WRITING, Field("secretValue"), Field("newSecretName")),
    ),
    Operation(
        "DELETE",
        _ONE,
        "delete-secret",
        "delete",
        "secrets",
        "Delete a secret",
        _delete,
        (*PLACE, TYPE),
    ),
)
