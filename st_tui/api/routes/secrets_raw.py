"""`/api/v3/secrets/raw` and `/api/v4/secrets`: plain values, while the project's E2EE is off."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from st_tui.api import usage_warnings
from st_tui.api.operations import Field, Handle, Operation
from st_tui.api.params import Params
from st_tui.api.places import PLACE, entered
from st_tui.api.problems import bad_request
from st_tui.api.routes import secret_lists as lists
from st_tui.api.routes.secrets_shared import (
    FILTERS,
    INCLUDE_IMPORTS,
    NOT_KEPT,
    READ_TYPE,
    VERSION,
    WRITE_TYPE,
    found,
    in_version,
    note,
    on_secrets,
    read_type,
    shared_only,
)
from st_tui.core import expiry
from st_tui.core.drafts import BLANKS
from st_tui.core.model import Endpoint, Permission
from st_tui.core.secrets.model import LONGEST_NAME, Place, SealedSecret, Secret
from st_tui.core.vault import secret_changes, secret_lists
from st_tui.core.vault.holders.request import Request
from st_tui.core.vault.secret_lists import Found, Gathered

HIDDEN = "<hidden-by-infisical>"


def raw_data(secret: Secret, *, value: bool = True, comment: bool = True) -> dict[str, Any]:
    """An opened secret under Infisical's field names, with its value and comment or without."""
    sealed = secret.sealed
    return {
        "id": sealed.id,
        "_id": sealed.id,
        "workspace": sealed.project_id,
        "environment": sealed.place.environment,
        "version": sealed.version,
        "type": "shared",
        "secretKey": secret.name,
        "secretValue": secret.value if value else HIDDEN,
        "secretValueHidden": not value,
        "secretComment": secret.comment if comment else "",
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


def _opened(request: Request, gathered: Gathered, *, expand: bool) -> Found:
    """What was gathered, opened; the audit log says where it came from."""
    found = secret_lists.opened(
        request.session, request.project, gathered, may_read=request.may, expand=expand
    )
    request.note_also(gathered.places | found.referenced)
    return found


def _list(request: Request, params: Params, name: str, *, by_default: bool) -> dict[str, Any]:
    place = entered(request, params, Permission.READ, Endpoint.RAW)
    expand = params.flag("expandSecretReferences", default=by_default)
    value = params.flag("viewSecretValue", default=True)
    gathered = lists.gathered(request, params, place, imports_by_default=by_default)
    answer = _opened(request, gathered, expand=expand)
    return lists.listed(
        request,
        _by_name(answer.secrets),
        [(link, _by_name(inside)) for link, inside in answer.imports],
        answer.warnings,
        lambda secret: raw_data(secret, value=value),
    )


def _by_name(each: list[Secret]) -> list[Secret]:
    return sorted(each, key=lambda secret: (secret.sealed.place.path, secret.name))


def _get(request: Request, params: Params, name: str, *, by_default: bool) -> dict[str, Any]:
    place = entered(request, params, Permission.READ, Endpoint.RAW)
    read_type(params)
    follow = lists.imports_asked(params, by_default=by_default)
    expand = params.flag("expandSecretReferences", default=by_default)
    value = params.flag("viewSecretValue", default=True)
    version = params.number("version")
    one = _asked_one(request, place, name, follow=follow)
    if version is not None:
        one = one._replace(secrets=[in_version(request, place, name, one.secrets[0], version)])
    note(request, one.secrets[0])
    answer = _opened(request, one, expand=expand)
    if not answer.secrets:
        raise bad_request(f"This secret cannot be opened: {secret_changes.UNOPENED}")
    return {"secret": raw_data(answer.secrets[0], value=value), "warnings": answer.warnings}


def _asked_one(request: Request, place: Place, name: str, *, follow: bool) -> Gathered:
    """The secret that is asked for; one of the folder's own wins over imported ones."""
    sealed = secret_changes.find(request.session, request.project, place, name)
    if sealed is None and follow:
        warnings: list[str] = []
        imported = secret_lists.find_imported(
            request.session, request.project, place, name, request.may, warnings
        )
        if imported is not None:
            return Gathered([imported[0]], [], warnings, imported[1])
    return secret_lists.alone(sealed or found(request, place, name))


def _create(request: Request, params: Params, name: str) -> dict[str, Any]:
    place = entered(request, params, Permission.WRITE, Endpoint.RAW)
    shared_only(params, "create")
    value = trimmed(params.required("secretValue"))
    sealed = secret_changes.create(
        request.session, request.project, place, name, value, params.text("secretComment") or ""
    )
    return _written(request, sealed, name)


def _update(request: Request, params: Params, name: str) -> dict[str, Any]:
    place = entered(request, params, Permission.WRITE, Endpoint.RAW)
    shared_only(params, "update")
    value, new_name = params.text("secretValue"), params.text("newSecretName")
    current = found(request, place, name)
    if new_name is not None and not new_name.strip(BLANKS):
        raise bad_request("New secret name cannot be empty")
    sealed = secret_changes.update(
        request.session,
        request.project,
        current,
        name,
        value=None if value is None else trimmed(value),
        comment=params.text("secretComment"),
        new_name=new_name,
    )
    return _written(request, sealed, name, usage_warnings.to_old_name(request, current, sealed))


def _delete(request: Request, params: Params, name: str) -> dict[str, Any]:
    place = entered(request, params, Permission.WRITE, Endpoint.RAW)
    shared_only(params, "delete")
    sealed = found(request, place, name)
    warnings = usage_warnings.to_secret(request, sealed)
    secret_changes.delete(request.session, sealed)
    return _written(request, sealed, name, warnings)


def _written(
    request: Request, sealed: SealedSecret, name: str, warnings: Sequence[str] = ()
) -> dict[str, Any]:
    """The answer to a write. There is no value in it for a token that may not read, and none of a
    deleted secret that another key sealed."""
    note(request, sealed)
    key = request.session.project_key(request.project.id)
    secret = secret_changes.open_secret(sealed, key)
    shown = secret is not None and request.may(sealed.place)
    data = raw_data(secret or Secret(sealed, name, "", ""), value=shown, comment=shown)
    return {"secret": data, "warnings": list(warnings)}


_READING = (
    *PLACE,
    Field("viewSecretValue", "boolean"),
    Field("expandSecretReferences", "boolean"),
    INCLUDE_IMPORTS,
)
_LIST = (*_READING, Field("recursive", "boolean"), *FILTERS)
_GET = (*_READING, READ_TYPE, VERSION)
_WRITING = (*PLACE, WRITE_TYPE, Field("secretComment"))
_ONE = "/api/v3/secrets/raw/{secretName}"


def _reading(version: str, path: str) -> Operation:
    """A route that reads: one secret if the path names one. v4 expands and follows by default."""
    one = path.endswith("}")
    handle: Handle = partial(_get if one else _list, by_default=version == "v4")
    return on_secrets(
        "GET",
        path,
        f"{'One secret' if one else 'The secrets of a folder'} in plain text ({version})",
        handle,
        _GET if one else _LIST,
        answer="OneSecret" if one else "Secrets",
    )


OPERATIONS = (
    _reading("v3", "/api/v3/secrets/raw"),
    _reading("v3", _ONE),
    _reading("v4", "/api/v4/secrets"),
    _reading("v4", "/api/v4/secrets/{secretName}"),
    on_secrets(
        "POST",
        _ONE,
        "Make a secret",
        _create,
        (*_WRITING, Field("secretValue", required=True)),
        answer="OneSecret",
        not_kept=NOT_KEPT,
    ),
    on_secrets(
        "PATCH",
        _ONE,
        "Write the next version of a secret, or rename it",
        _update,
        (*_WRITING, Field("secretValue"), Field("newSecretName", longest=LONGEST_NAME)),
        answer="OneSecret",
        not_kept=NOT_KEPT,
    ),
    on_secrets(
        "DELETE", _ONE, "Delete a secret", _delete, (*PLACE, WRITE_TYPE), answer="OneSecret"
    ),
)
