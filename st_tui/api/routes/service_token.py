"""`GET /api/v2/service-token`: the token tells what it is, and hands out its sealed project key."""

from __future__ import annotations

from st_tui.api import answers
from st_tui.api.operations import Operation
from st_tui.api.params import Params
from st_tui.core import expiry
from st_tui.core.model import in_order
from st_tui.core.vault.holders.request import Request
from st_tui.core.vault.tokens import OPERATOR_ID


def _show(request: Request, params: Params, name: str) -> answers.ServiceToken:
    token, project_key = request.token, request.sealed_project_key()
    created = expiry.iso(token.created_at)
    return {
        "id": token.id,
        "_id": token.id,
        "__v": 0,
        "name": token.name,
        "scopes": [
            {"environment": scope.environment, "secretPath": scope.secret_path}
            for scope in token.scopes
        ],
        "permissions": in_order(token.permissions),
        "projectId": token.project_id,
        "workspace": token.project_id,
        "encryptedKey": project_key.ciphertext,
        "iv": project_key.iv,
        "tag": project_key.tag,
        "expiresAt": None if token.expires_at is None else expiry.iso(token.expires_at),
        "lastUsed": None if token.last_used is None else expiry.iso(token.last_used),
        "createdAt": created,
        "updatedAt": created,
        "expiryNotificationSent": False,
        "createdBy": OPERATOR_ID,
        "user": {
            "id": OPERATOR_ID,
            "_id": OPERATOR_ID,
            "__v": 0,
            "email": None,
            "firstName": "st-tui operator",
            "lastName": None,
            "authMethods": [],
            "mfaMethods": [],
            "devices": None,
            "createdAt": created,
            "updatedAt": created,
        },
    }


OPERATIONS = (
    Operation(
        "GET",
        "/api/v2/service-token",
        "get-service-token",
        "read",
        "service-tokens",
        "The token that asks: its scopes, permissions, end, and sealed copy of the project key",
        _show,
        answer=answers.ServiceToken,
    ),
)
