"""What the sealed and the raw routes to secrets have in common."""

from __future__ import annotations

from st_tui.api import answers
from st_tui.api.fields import (
    METADATA_FILTER,
    PERSONAL,
    READ_TYPE,
    SHARED,
    TAG_SLUGS,
    WRITE_TYPE,
    Field,
)
from st_tui.api.operations import Handle, Operation
from st_tui.api.params import Params
from st_tui.api.problems import bad_request, invalid
from st_tui.core.secrets.model import SecretImport
from st_tui.core.vault.holders.ids import folder_id
from st_tui.core.vault.holders.request import Request

FILTERS = (TAG_SLUGS, METADATA_FILTER)
"""What Infisical's lists can be narrowed by, and no secret here has."""


def why_filtered_out(params: Params) -> list[str]:
    """Warnings that say why nothing is listed, where a filter is stated."""
    stated = [field.name for field in FILTERS if params.plain(field) is not None]
    return [
        f"{name} leaves nothing: secrets have neither tags nor metadata here." for name in stated
    ]


def check_read_type(params: Params) -> None:
    """Raise Problem for an unknown type. A read of a personal secret answers the shared one."""
    if params.plain(READ_TYPE) not in (None, SHARED, PERSONAL):
        raise invalid("type must be shared or personal")


def check_write_type(params: Params, action: str) -> None:
    """Raise Problem for an unknown type, and for a personal secret: only users have those."""
    check_read_type(params)
    if params.plain(WRITE_TYPE) == PERSONAL:
        raise bad_request(f"Must be user to {action} personal secret")


def import_source(request: Request, link: SecretImport) -> answers.ImportSource:
    """The folder that a link leads to, as a list of secrets names it."""
    return {
        "secretPath": link.source.path,
        "environment": link.source.environment,
        "folderId": folder_id(request.project.id, link.source),
    }


def on_secrets(
    method: str,
    path: str,
    summary: str,
    handle: Handle,
    fields: tuple[Field, ...],
    *,
    answer: type,
    not_kept: tuple[Field, ...] = (),
) -> Operation:
    """A route to secrets. The event in the log and the action in a refusal follow from `method`."""
    event, action = _NAMED[method]
    if method == "GET" and not path.endswith("}"):
        event = "get-secrets"
    return Operation(
        method, path, event, action, "secrets", summary, handle, fields, answer, not_kept
    )


_NAMED = {
    "GET": ("get-secret", "read"),
    "POST": ("create-secret", "create"),
    "PATCH": ("update-secret", "edit"),
    "DELETE": ("delete-secret", "delete"),
}
