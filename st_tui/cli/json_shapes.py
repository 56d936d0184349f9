"""The objects that --json prints. Field names are Infisical's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from st_tui.core.json_text import read_object
from st_tui.core.model import AuditEntry, NewToken, Project
from st_tui.core.token_json import time_data, token_data

if TYPE_CHECKING:
    from st_tui.core.secrets.model import Secret


def new_token_data(new: NewToken) -> dict[str, Any]:
    """A token just made, with its text."""
    return {
        "serviceToken": new.text.full,
        "accessToken": new.text.access_token,
        "serviceTokenData": token_data(new.token),
    }


def project_data(project: Project) -> dict[str, Any]:
    """A project."""
    return {
        "id": project.id,
        "slug": project.slug,
        "name": project.name,
        "e2ee": project.e2ee,
        "createdAt": time_data(project.created_at),
    }


def secret_data(secret: Secret) -> dict[str, Any]:
    """An opened secret."""
    sealed = secret.sealed
    return {
        "id": sealed.id,
        "secretKey": secret.name,
        "secretValue": secret.value,
        "secretComment": secret.comment,
        "version": sealed.version,
        "type": "shared",
        "environment": sealed.place.environment,
        "secretPath": sealed.place.path,
        "createdAt": time_data(sealed.created_at),
        "updatedAt": time_data(sealed.updated_at),
    }


def audit_data(entry: AuditEntry) -> dict[str, Any]:
    """An audit entry: each field of `AuditEntry`, its name in camel case."""
    data = dict(zip(_AUDIT_KEYS, entry, strict=True))
    return data | {"time": time_data(entry.time), "details": _details(entry)}


def _in_camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


_AUDIT_KEYS = tuple(map(_in_camel_case, AuditEntry._fields))


def _details(entry: AuditEntry) -> Any:
    said = read_object(entry.details)
    return entry.details if said is None else said  # somebody tampered with the text
