"""A token as JSON says it, the same on every screen and in the command line: never its secret."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from st_tui.core import expiry
from st_tui.core.model import ServiceToken, in_order


def tokens_data(tokens: Iterable[ServiceToken]) -> dict[str, Any]:
    """Several tokens, under Infisical's field names."""
    return {"serviceTokenData": [token_data(token) for token in tokens]}


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


def time_data(time: int | None) -> str | None:
    """A time in ISO 8601."""
    return None if time is None else expiry.iso(time)
