"""`/api/v3/secrets`: secrets as their clients sealed them. The server opens nothing."""

from __future__ import annotations

from typing import Any

from st_tui.api import usage_warnings
from st_tui.api.operations import Field
from st_tui.api.params import Params
from st_tui.api.places import PLACE, entered, folder_id
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
from st_tui.core.model import Permission, Sealed
from st_tui.core.secrets.model import NOTHING_SEALED, SealedSecret, trimmed
from st_tui.core.vault import secret_changes
from st_tui.core.vault.holders.request import Request


def sealed_data(secret: SealedSecret) -> dict[str, Any]:
    """A secret under Infisical's field names, in every spelling that some client needs."""
    return {
        "id": secret.id,
        "_id": secret.id,
        "version": secret.version,
        "type": "shared",
        "workspace": secret.project_id,
        "environment": secret.place.environment,
        "secretPath": secret.place.path,
        "folderId": folder_id(secret.project_id, secret.place),
        **_trio("secretKey", secret.name),
        **_trio("secretValue", secret.value),
        **_trio("secretComment", secret.comment),
        "algorithm": "aes-256-gcm",
        "keyEncoding": "utf8",
        "skipMultilineEncoding": False,
        "tags": [],
        "createdAt": expiry.iso(secret.created_at),
        "updatedAt": expiry.iso(secret.updated_at),
    }


def _trio(prefix: str, sealed: Sealed) -> dict[str, str]:
    return {
        f"{prefix}Ciphertext": sealed.ciphertext,
        f"{prefix}IV": sealed.iv,
        f"{prefix}Tag": sealed.tag,
    }


def _list(request: Request, params: Params, name: str) -> dict[str, Any]:
    place = entered(request, params, Permission.READ)
    found = lists.gathered(request, params, place)
    request.note_also(found.places)
    return lists.listed(request, found.secrets, found.imports, found.warnings, sealed_data)


def _get(request: Request, params: Params, name: str) -> dict[str, Any]:
    place = entered(request, params, Permission.READ)
    read_type(params)
    version = params.number("version")
    secret = found(request, place, name)
    if version is not None:
        secret = in_version(request, place, name, secret, version)
        note(request, secret)
    return {"secret": sealed_data(secret), "warnings": []}


def _create(request: Request, params: Params, name: str) -> dict[str, Any]:
    place = entered(request, params, Permission.WRITE)
    shared_only(params, "create")
    key, value = params.required_sealed("secretKey"), params.required_sealed("secretValue")
    secret = secret_changes.create_sealed(
        request.session,
        request.project,
        place,
        name,
        key,
        value,
        params.sealed("secretComment") or NOTHING_SEALED,
    )
    note(request, secret)
    return {"secret": sealed_data(secret)}


def _update(request: Request, params: Params, name: str) -> dict[str, Any]:
    place = entered(request, params, Permission.WRITE)
    shared_only(params, "update")
    value, comment = params.required_sealed("secretValue"), params.sealed("secretComment")
    new_name = params.text("secretName", "newSecretName")
    if new_name is not None and trimmed(new_name) != name:
        raise bad_request(
            "A sealed secret keeps its name: make one with the new name and delete this one"
        )
    current = found(request, place, name)
    secret = secret_changes.update_sealed(request.session, current, value=value, comment=comment)
    note(request, secret)
    return {"secret": sealed_data(_visible(request, secret, value, comment))}


def _delete(request: Request, params: Params, name: str) -> dict[str, Any]:
    place = entered(request, params, Permission.WRITE)
    shared_only(params, "delete")
    secret = found(request, place, name)
    warnings = usage_warnings.to_secret(request, secret)
    secret_changes.delete(request.session, secret)
    # Clients open the value of what they deleted, and take a failure for a refusal: for who may not
    # read it, the name stands there.
    shown = _visible(request, secret, secret.name, None)
    return {"secret": sealed_data(shown), "warnings": warnings}


def _visible(
    request: Request, secret: SealedSecret, value: Sealed, comment: Sealed | None
) -> SealedSecret:
    """The secret as its writer may see it: without reading, only what it knows already."""
    if request.may(secret.place):
        return secret
    return secret._replace(value=value, comment=comment or NOTHING_SEALED)


_VALUE = tuple(Field(f"secretValue{part}", required=True) for part in ("Ciphertext", "IV", "Tag"))
_KEY = tuple(Field(f"secretKey{part}", required=True) for part in ("Ciphertext", "IV", "Tag"))
_COMMENT = tuple(Field(f"secretComment{part}") for part in ("Ciphertext", "IV", "Tag"))
_ONE = "/api/v3/secrets/{secretName}"
_ANSWER = "OneSealedSecret"

OPERATIONS = (
    on_secrets(
        "GET",
        "/api/v3/secrets",
        "The sealed secrets of a folder",
        _list,
        (*PLACE, INCLUDE_IMPORTS, Field("recursive", "boolean"), *FILTERS),
        answer="SealedSecrets",
    ),
    on_secrets(
        "GET", _ONE, "One sealed secret", _get, (*PLACE, READ_TYPE, VERSION), answer=_ANSWER
    ),
    on_secrets(
        "POST",
        _ONE,
        "Make a secret that the client sealed",
        _create,
        (*PLACE, WRITE_TYPE, *_KEY, *_VALUE, *_COMMENT),
        answer=_ANSWER,
        not_kept=NOT_KEPT,
    ),
    on_secrets(
        "PATCH",
        _ONE,
        "Write the next version of a secret that the client sealed",
        _update,
        (*PLACE, WRITE_TYPE, *_VALUE, *_COMMENT),
        answer=_ANSWER,
        not_kept=(*NOT_KEPT, *(field._replace(required=False) for field in _KEY)),
    ),
    on_secrets("DELETE", _ONE, "Delete a secret", _delete, (*PLACE, WRITE_TYPE), answer=_ANSWER),
)
