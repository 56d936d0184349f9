"""`/api/v3/secrets/raw` and `/api/v4/secrets`: plain values, while the project's E2EE is off."""

from __future__ import annotations

from functools import partial

from st_tui.api import answers, usage_warnings
from st_tui.api.fields import (
    EXPAND_REFERENCES,
    IN_FOLDER,
    INCLUDE_IMPORTS,
    NEW_NAME,
    NOT_KEPT,
    READ_TYPE,
    RECURSIVE,
    SECRET_COMMENT,
    SECRET_NAME,
    SECRET_PATH,
    SECRET_VALUE,
    SHARED,
    VERSION,
    VIEW_VALUE,
    WRITE_TYPE,
    required,
)
from st_tui.api.operations import Handle, Operation
from st_tui.api.params import Params
from st_tui.api.problems import bad_request
from st_tui.api.routes.secrets_shared import (
    FILTERS,
    check_read_type,
    check_write_type,
    import_source,
    on_secrets,
    why_filtered_out,
)
from st_tui.core import expiry
from st_tui.core.model import Endpoint, Permission
from st_tui.core.plain_text import BLANKS
from st_tui.core.secrets.model import Place, Secret
from st_tui.core.vault.holders.request import Request
from st_tui.core.vault.holders.secrets import WrittenSecret

HIDDEN = "<hidden-by-infisical>"


def raw_data(secret: Secret, *, value: bool = True, comment: bool = True) -> answers.Secret:
    """An opened secret under Infisical's field names, with its value and comment or without."""
    sealed = secret.sealed
    return {
        "id": sealed.id,
        "_id": sealed.id,
        "workspace": sealed.project_id,
        "environment": sealed.place.environment,
        "version": sealed.version,
        "type": SHARED,
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


def trimmed_value(value: str) -> str:
    """A value as Infisical keeps it: without blanks around it, but for one final newline."""
    return value.strip(BLANKS) + ("\n" if value.endswith("\n") else "")


def _enter(request: Request, params: Params, operation: Permission) -> Place:
    return request.enter(params.stated(SECRET_PATH), operation, Endpoint.RAW)


def _list(request: Request, params: Params, name: str, *, by_default: bool) -> answers.Secrets:
    place = _enter(request, params, Permission.READ)
    expand = params.flag(EXPAND_REFERENCES, default=by_default)
    shows_values = params.flag(VIEW_VALUE, default=True)
    recursive = params.flag(RECURSIVE)
    imports = params.flag(INCLUDE_IMPORTS, default=by_default)
    request.folders.require(place)
    if filtered_out := why_filtered_out(params):
        request.secrets.note_empty_list()
        return {"secrets": [], "imports": [], "warnings": filtered_out}
    found = request.secrets.listed(place, recursive=recursive, imports=imports, expand=expand)
    return {
        "secrets": [raw_data(secret, value=shows_values) for secret in found.secrets],
        "imports": [
            {
                **import_source(request, link),
                "secrets": [raw_data(secret, value=shows_values) for secret in inside],
            }
            for link, inside in found.imports
        ],
        "warnings": found.warnings,
    }


def _get(request: Request, params: Params, name: str, *, by_default: bool) -> answers.OneSecret:
    place = _enter(request, params, Permission.READ)
    check_read_type(params)
    imports = params.flag(INCLUDE_IMPORTS, default=by_default)
    expand = params.flag(EXPAND_REFERENCES, default=by_default)
    shows_value = params.flag(VIEW_VALUE, default=True)
    version = params.number(VERSION)
    secret, warnings = request.secrets.find(place, name, version, imports=imports, expand=expand)
    return {"secret": raw_data(secret, value=shows_value), "warnings": warnings}


def _create(request: Request, params: Params, name: str) -> answers.OneSecret:
    place = _enter(request, params, Permission.WRITE)
    check_write_type(params, "create")
    value = trimmed_value(params.required(SECRET_VALUE))
    comment = params.text(SECRET_COMMENT) or ""
    return _written(request.secrets.create(place, name, value, comment), name)


def _update(request: Request, params: Params, name: str) -> answers.OneSecret:
    place = _enter(request, params, Permission.WRITE)
    check_write_type(params, "update")
    value, new_name = params.text(SECRET_VALUE), params.text(NEW_NAME)
    current = request.secrets.find_sealed(place, name)
    if new_name is not None and not new_name.strip(BLANKS):
        raise bad_request("New secret name cannot be empty")
    written = request.secrets.update(
        current,
        name,
        value=None if value is None else trimmed_value(value),
        comment=params.text(SECRET_COMMENT),
        new_name=new_name,
    )
    return _written(written, name)


def _delete(request: Request, params: Params, name: str) -> answers.OneSecret:
    place = _enter(request, params, Permission.WRITE)
    check_write_type(params, "delete")
    return _written(request.secrets.delete(place, name), name)


def _written(written: WrittenSecret, name: str) -> answers.OneSecret:
    """The answer to a write.

    The value is hidden from a token that may not read. So is that of a deleted secret that another
    key sealed.
    """
    secret = written.opened
    shown = secret is not None and written.readable
    data = raw_data(secret or Secret(written.sealed, name, "", ""), value=shown, comment=shown)
    return {"secret": data, "warnings": usage_warnings.about(written.used_by)}


_READING = (*IN_FOLDER, VIEW_VALUE, EXPAND_REFERENCES, INCLUDE_IMPORTS)
_LIST = (*_READING, RECURSIVE, *FILTERS)
_GET = (*_READING, READ_TYPE, VERSION)
_WRITING = (*IN_FOLDER, WRITE_TYPE, SECRET_COMMENT)
_V3, _V4 = "/api/v3/secrets/raw", "/api/v4/secrets"
_ONE = f"{_V3}/{SECRET_NAME.part}"


def _reading(version: str, path: str) -> Operation:
    """A route that reads: one secret if the path names one, else a list.

    v4 expands references and adds imports by default, v3 does not.
    """
    one = path.endswith("}")
    handle: Handle = partial(_get if one else _list, by_default=version == "v4")
    return on_secrets(
        "GET",
        path,
        f"{'One secret' if one else 'The secrets of a folder'} in plain text ({version})",
        handle,
        _GET if one else _LIST,
        answer=answers.OneSecret if one else answers.Secrets,
    )


OPERATIONS = (
    _reading("v3", _V3),
    _reading("v3", _ONE),
    _reading("v4", _V4),
    _reading("v4", f"{_V4}/{SECRET_NAME.part}"),
    on_secrets(
        "POST",
        _ONE,
        "Make a secret",
        _create,
        (*_WRITING, required(SECRET_VALUE)),
        answer=answers.OneSecret,
        not_kept=NOT_KEPT,
    ),
    on_secrets(
        "PATCH",
        _ONE,
        "Write the next version of a secret, or rename it",
        _update,
        (*_WRITING, SECRET_VALUE, NEW_NAME),
        answer=answers.OneSecret,
        not_kept=NOT_KEPT,
    ),
    on_secrets(
        "DELETE",
        _ONE,
        "Delete a secret",
        _delete,
        (*IN_FOLDER, WRITE_TYPE),
        answer=answers.OneSecret,
    ),
)
