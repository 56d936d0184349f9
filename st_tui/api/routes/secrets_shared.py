"""What both kinds of secret routes have in common: fields, types, and what the log says."""

from __future__ import annotations

from st_tui.api.operations import Field, Handle, Operation
from st_tui.api.params import LONGEST_PLAIN, Params
from st_tui.api.places import in_folder, require_folder
from st_tui.api.problems import bad_request, invalid, not_found
from st_tui.core.secrets.model import Place, SealedSecret
from st_tui.core.vault import secret_changes
from st_tui.core.vault.holders.request import Request
from st_tui.core.vault.secrets import about_secret

READ_TYPE = Field(
    "type",
    about="A token has no personal secrets: it gets the shared one",
    one_of=("shared", "personal"),
)
WRITE_TYPE = Field("type", about="A token has no personal secrets", one_of=("shared",))
VERSION = Field("version", "integer", about="This version of it, instead of the newest")
INCLUDE_IMPORTS = Field(
    "include_imports",
    "boolean",
    about="With what the folder's links lead to",
    also=("includeImports",),
)
NOT_KEPT = (
    Field("tagIds", "array"),
    Field("tags", "array"),
    Field("secretMetadata", "array"),
    Field("metadata", "object"),
    Field("secretReminderNote"),
    Field("secretReminderRepeatDays", "integer"),
    Field("secretReminderRecipients", "array"),
    Field("skipMultilineEncoding", "boolean"),
)
"""What Infisical keeps with a secret, and nothing here holds."""
FILTERS = (
    Field("tagSlugs", about="No secret here has a tag: nothing is listed", longest=LONGEST_PLAIN),
    Field(
        "metadataFilter",
        about="No secret here has metadata: nothing is listed",
        longest=LONGEST_PLAIN,
    ),
)
"""What Infisical's lists can be narrowed by, and no secret here has."""


def filtered_out(params: Params) -> list[str]:
    """Why nothing is listed, where a list is to be narrowed by what no secret here has."""
    stated = [field.name for field in FILTERS if params.plain(field.name) is not None]
    return [
        f"{name} leaves nothing: secrets have neither tags nor metadata here." for name in stated
    ]


def shared_only(params: Params, action: str) -> None:
    """Raise Problem for a write of a personal secret: only users have those."""
    read_type(params)
    if params.plain("type") == "personal":
        raise bad_request(f"Must be user to {action} personal secret")


def read_type(params: Params) -> None:
    """Raise Problem for a type that there is none of; a personal read answers the shared secret."""
    if params.plain("type") not in (None, "shared", "personal"):
        raise invalid("type must be shared or personal")


def found(request: Request, place: Place, name: str) -> SealedSecret:
    """The secret of this name, noted for the audit log. Raises Problem."""
    secret = secret_changes.find(request.session, request.project, place, name)
    if secret is None:
        require_folder(request, place)
        raise not_found(f"Secret with name '{name}' not found {in_folder(place)}")
    note(request, secret)
    return secret


def in_version(
    request: Request, place: Place, name: str, secret: SealedSecret, version: int
) -> SealedSecret:
    """One version of a secret that is there. Raises Problem."""
    sealed = secret_changes.in_version(request.session, secret, version)
    if sealed is None:
        raise not_found(f"Secret with name '{name}' has no version {version} {in_folder(place)}")
    return sealed


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
    not_kept: tuple[Field, ...] = (),
) -> Operation:
    """A route to secrets; its method says how the log and a refusal name what it does."""
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
