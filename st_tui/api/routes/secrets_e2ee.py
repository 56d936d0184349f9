"""`/api/v3/secrets`: secrets as their clients sealed them. The server opens nothing."""

from __future__ import annotations

from st_tui.api import answers, usage_warnings
from st_tui.api.fields import (
    IN_FOLDER,
    INCLUDE_IMPORTS,
    NOT_KEPT,
    READ_TYPE,
    RECURSIVE,
    SEALED_COMMENT,
    SEALED_NAME,
    SEALED_NEW_NAME,
    SEALED_VALUE,
    SECRET_NAME,
    SECRET_PATH,
    SHARED,
    VERSION,
    WRITE_TYPE,
)
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
from st_tui.core.model import Permission, Sealed
from st_tui.core.secrets.model import NOTHING_SEALED, Place, SealedSecret, trimmed
from st_tui.core.vault.holders.ids import folder_id
from st_tui.core.vault.holders.request import Request
from st_tui.core.vault.holders.secrets import WrittenSecret


def sealed_data(secret: SealedSecret) -> answers.SealedSecret:
    """A secret under Infisical's field names, in every spelling that some client needs."""
    return {
        "id": secret.id,
        "_id": secret.id,
        "version": secret.version,
        "type": SHARED,
        "workspace": secret.project_id,
        "environment": secret.place.environment,
        "secretPath": secret.place.path,
        "folderId": folder_id(secret.project_id, secret.place),
        "secretKeyCiphertext": secret.name.ciphertext,
        "secretKeyIV": secret.name.iv,
        "secretKeyTag": secret.name.tag,
        "secretValueCiphertext": secret.value.ciphertext,
        "secretValueIV": secret.value.iv,
        "secretValueTag": secret.value.tag,
        "secretCommentCiphertext": secret.comment.ciphertext,
        "secretCommentIV": secret.comment.iv,
        "secretCommentTag": secret.comment.tag,
        "algorithm": "aes-256-gcm",
        "keyEncoding": "utf8",
        "skipMultilineEncoding": False,
        "tags": [],
        "createdAt": expiry.iso(secret.created_at),
        "updatedAt": expiry.iso(secret.updated_at),
    }


def _enter(request: Request, params: Params, operation: Permission) -> Place:
    return request.enter(params.stated(SECRET_PATH), operation)


def _list(request: Request, params: Params, name: str) -> answers.SealedSecrets:
    place = _enter(request, params, Permission.READ)
    recursive, imports = params.flag(RECURSIVE), params.flag(INCLUDE_IMPORTS)
    request.folders.require(place)
    if filtered_out := why_filtered_out(params):
        request.secrets.note_empty_list()
        return {"secrets": [], "imports": [], "warnings": filtered_out}
    found = request.secrets.listed_sealed(place, recursive=recursive, imports=imports)
    return {
        "secrets": [sealed_data(secret) for secret in found.secrets],
        "imports": [
            {
                **import_source(request, link),
                "secrets": [sealed_data(secret) for secret in inside],
            }
            for link, inside in found.imports
        ],
        "warnings": found.warnings,
    }


def _get(request: Request, params: Params, name: str) -> answers.OneSealedSecret:
    place = _enter(request, params, Permission.READ)
    check_read_type(params)
    secret = request.secrets.find_sealed(place, name, params.number(VERSION))
    return {"secret": sealed_data(secret), "warnings": []}


def _create(request: Request, params: Params, name: str) -> answers.OneSealedSecret:
    place = _enter(request, params, Permission.WRITE)
    check_write_type(params, "create")
    sealed_name = params.required_sealed(SEALED_NAME)
    value = params.required_sealed(SEALED_VALUE)
    comment = params.sealed(SEALED_COMMENT) or NOTHING_SEALED
    secret = request.secrets.create_sealed(place, name, sealed_name, value, comment)
    return {"secret": sealed_data(secret), "warnings": []}


def _update(request: Request, params: Params, name: str) -> answers.OneSealedSecret:
    place = _enter(request, params, Permission.WRITE)
    check_write_type(params, "update")
    value, comment = params.required_sealed(SEALED_VALUE), params.sealed(SEALED_COMMENT)
    new_name = params.text(SEALED_NEW_NAME)
    if new_name is not None and trimmed(new_name) != name:
        raise bad_request(
            "A sealed secret keeps its name: make one with the new name and delete this one"
        )
    written = request.secrets.update_sealed(place, name, value, comment)
    shown = _shown(written, value, comment or NOTHING_SEALED)
    return {"secret": sealed_data(shown), "warnings": []}


def _delete(request: Request, params: Params, name: str) -> answers.OneSealedSecret:
    place = _enter(request, params, Permission.WRITE)
    check_write_type(params, "delete")
    written = request.secrets.delete_sealed(place, name)
    # Clients open the value of what they deleted, and take a failure for a refusal. Who may not
    # read it gets the sealed name there, which opens with the same key.
    shown = _shown(written, written.sealed.name, NOTHING_SEALED)
    return {"secret": sealed_data(shown), "warnings": usage_warnings.about(written.used_by)}


def _shown(written: WrittenSecret, value: Sealed, comment: Sealed) -> SealedSecret:
    """The secret as its writer may see it. Who may not read gets this value and comment instead."""
    if written.readable:
        return written.sealed
    return written.sealed._replace(value=value, comment=comment)


_ALL = "/api/v3/secrets"
_ONE = f"{_ALL}/{SECRET_NAME.part}"
_ANSWER = answers.OneSealedSecret

OPERATIONS = (
    on_secrets(
        "GET",
        _ALL,
        "The sealed secrets of a folder",
        _list,
        (*IN_FOLDER, INCLUDE_IMPORTS, RECURSIVE, *FILTERS),
        answer=answers.SealedSecrets,
    ),
    on_secrets(
        "GET", _ONE, "One sealed secret", _get, (*IN_FOLDER, READ_TYPE, VERSION), answer=_ANSWER
    ),
    on_secrets(
        "POST",
        _ONE,
        "Make a secret that the client sealed",
        _create,
        (
            *IN_FOLDER,
            WRITE_TYPE,
            *SEALED_NAME.required_parts,
            *SEALED_VALUE.required_parts,
            *SEALED_COMMENT.parts,
        ),
        answer=_ANSWER,
        not_kept=NOT_KEPT,
    ),
    on_secrets(
        "PATCH",
        _ONE,
        "Write the next version of a secret that the client sealed",
        _update,
        (*IN_FOLDER, WRITE_TYPE, *SEALED_VALUE.required_parts, *SEALED_COMMENT.parts),
        answer=_ANSWER,
        not_kept=(*NOT_KEPT, *SEALED_NAME.parts),
    ),
    on_secrets(
        "DELETE", _ONE, "Delete a secret", _delete, (*IN_FOLDER, WRITE_TYPE), answer=_ANSWER
    ),
)
