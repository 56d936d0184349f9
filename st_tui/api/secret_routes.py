"""What both kinds of secret routes have in common: fields, types, and what the log says."""

from __future__ import annotations

from st_tui.api.asked import Asked
from st_tui.api.operations import Field, Handle, Operation
from st_tui.api.places import require_folder
from st_tui.api.problems import bad_request, invalid, not_found
from st_tui.core.secret import Place, SealedSecret
from st_tui.core.vault import secret_changes
from st_tui.core.vault.request import Request
from st_tui.core.vault.secrets import about_secret

READ_TYPE = Field(
    "type",
    about="A token has no personal secrets: it gets the shared one",
    one_of=("shared", "personal"),
)
WRITE_TYPE = Field("type", about="A token has no personal secrets", one_of=("shared",))
INCLUDE_IMPORTS = Field(
    "include_imports",
    "boolean",
    about="With what the folder's links lead to",
    also=("includeImports",),
)


def shared_only(asked: Asked, action: str) -> None:
    """Raise Problem for a write of a personal secret: only users have those."""
    read_type(asked)
    if asked.plain("type") == "personal":
        raise bad_request(f"Must be user to {action} personal secret")


def read_type(asked: Asked) -> None:
    """Raise Problem for a type that there is none of; a personal read answers the shared secret."""
    if asked.plain("type") not in (None, "shared", "personal"):
        raise invalid("type must be shared or personal")


def found(request: Request, place: Place, name: str) -> SealedSecret:
    """The secret of this name, noted for the audit log. Raises Problem."""
    secret = secret_changes.find(request.session, request.project, place, name)
    if secret is None:
        require_folder(request, place)
        raise not_found(f"Secret with name '{name}' not found")
    note(request, secret)
    return secret


def note(request: Request, secret: SealedSecret) -> None:
    """Say in the audit log which secret it was."""
    request.target = secret.id
    request.details.update(about_secret(secret))


def on_secrets(
    method: str,
    path: str,
    summary: str,
    handle: Handle,
    fields: tuple[Field, ...],
    *,
    answer: str,
) -> Operation:
    """A route to secrets; its method says how the log and a refusal name what it does."""
    event, action = _NAMED[method]
    if method == "GET" and not path.endswith("}"):
        event = "get-secrets"
    return Operation(method, path, event, action, "secrets", summary, handle, fields, answer)


_NAMED = {
    "GET": ("get-secret", "read"),
    "POST": ("create-secret", "create"),
    "PATCH": ("update-secret", "edit"),
    "DELETE": ("delete-secret", "delete"),
}
