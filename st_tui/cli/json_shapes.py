"""The objects that --json prints. Field names are Infisical's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from st_tui.core import expiry
from st_tui.core.json_text import read_object
from st_tui.core.model import AuditEntry, NewToken, Project, ServiceToken, in_order

if TYPE_CHECKING:
    from st_tui.core.secrets.model import Secret


def token_data(token: ServiceToken) -> dict[str, Any]:
    """A token. Times are ISO 8601 in UTC."""
    ips = token.trusted_ips
    return {
        "id": token.id,
        "name": token.name,
        "scopes": [scope.data for scope in token.scopes],
        "permissions": in_order(token.permissions),
        "expiresAt": time_data(token.expires_at),
        "lastUsed": time_data(token.last_used),
        "createdAt": time_data(token.created_at),
        "projectId": token.project_id,
        "version": token.version,
        "isActive": token.is_active,
        "trustedIps": None if ips is None else [block.text for block in ips],
        "createdBy": token.created_by,
    }


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


def time_data(time: int | None) -> str | None:
    """A time in ISO 8601, as JSON has it."""
    return None if time is None else expiry.iso(time)
