"""Refusals over the network: a status, Infisical's name for the error, and a sentence.

They tell no more than the caller may know. The audit log has the reason.
"""

from __future__ import annotations

from st_tui.api import answers
from st_tui.core.drafts import DraftError
from st_tui.core.errors import Refusal
from st_tui.core.model import Reason
from st_tui.core.plain_text import TextError
from st_tui.core.secrets.model import Place, SecretError, TooMuch
from st_tui.core.vault.holders.admission import NotAuthenticated
from st_tui.core.vault.holders.folders import FolderNameRefused, FolderNotEmpty, NoSubfolder
from st_tui.core.vault.holders.holder import Denied, ForeignProject, MissingEnvironment
from st_tui.core.vault.holders.imports import NoImport
from st_tui.core.vault.holders.secrets import NoSecret
from st_tui.core.vault.secret_changes import AlreadyThere, NoFolder, NotAsItStands


class Problem(Exception):
    """An answer that is no success.

    `message` is a string: Infisical's may be a list too, but a string shows best in every client.
    """

    def __init__(
        self, status: int, error: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.message = message
        self.headers = headers

    def body(self, request_id: str) -> answers.Error:
        """Infisical's error body."""
        return {
            "reqId": request_id,
            "statusCode": self.status,
            "message": self.message,
            "error": self.error,
        }


def bad_request(message: str, error: str = "BadRequest") -> Problem:
    """400: what was sent cannot be done as it stands."""
    return Problem(400, error, message)


def invalid(message: str) -> Problem:
    """422: a field has the wrong type or form."""
    return Problem(422, "ValidationFailure", message)


def not_found(message: str, error: str = "NotFound") -> Problem:
    """404: inside the scope, and not there."""
    return Problem(404, error, message)


def forbidden(action: str, subject: str) -> Problem:
    """403: outside the scope, or without the permission, whether or not it is there."""
    return Problem(403, "PermissionDenied", f"You are not allowed to {action} on {subject}")


def foreign_project() -> Problem:
    """403: the request states a project that is not the token's."""
    return Problem(403, "ForbiddenError", "You are not allowed to access this resource")


def unavailable() -> Problem:
    """503: the request could not be recorded, so it was not answered."""
    return Problem(
        503, "ServiceUnavailable", "The server could not record the request: try again", _SOON
    )


def busy() -> Problem:
    """503: too many requests at once. The connection is closed to make room for another."""
    return Problem(
        503,
        "ServiceUnavailable",
        "The server is busy: try again",
        _SOON | {"Connection": "close"},
    )


def internal_error() -> Problem:
    """500: a fault of the server, or something about the vault that only its operator may know."""
    return Problem(500, "InternalServerError", "Something went wrong")


def unauthenticated(refused: NotAuthenticated, fault: str) -> Problem:
    """401, 403 or 429 for a token that is not let in.

    401 has the same words for every unknown token, or the `fault` in how it was sent; 403 says that
    this request found the token's end; 429 is for one failure too many.
    """
    if refused.retry_after is not None:
        return Problem(
            429,
            "RateLimitExceeded",
            f"Rate limit exceeded. Please try again in {refused.retry_after} seconds",
            {"Retry-After": str(refused.retry_after)},
        )
    if refused.reason is Reason.EXPIRED:
        return Problem(403, "ForbiddenError", "Service token has expired")
    if refused.reason is not Reason.UNKNOWN:
        return Problem(401, "UnauthorizedError", "Failed to authenticate")
    return Problem(401, "UnauthorizedError", fault or "Invalid service token")


def too_large(limit: int) -> Problem:
    """413: the body is larger than `limit` bytes. It is not read to its end."""
    return Problem(413, "PayloadTooLarge", f"The body is over {limit} bytes")


def from_refusal(refusal: Refusal, action: str, subject: str) -> Problem:
    """What the vault refused, in words that the caller may know. The one place that chooses them.

    `action` and `subject` are the operation's: "read" and "secrets".
    """
    match refusal:
        case ForeignProject():
            return foreign_project()
        case Denied(reason=Reason.RAW_E2EE):
            # The official CLI looks for these words, to say what is wrong.
            return bad_request(
                "E2EE must be disabled for the project before raw endpoints can open its secrets "
                "(failed to find bot key)",
                "bot_not_found_error",
            )
        case Denied():
            return forbidden(action, subject)
        case FolderNameRefused():
            return invalid(
                "Invalid folder name. "
                "Only alphanumeric characters, dashes, and underscores are allowed."
            )
        case AlreadyThere():
            return bad_request(_ALREADY_THERE.get((action, subject), str(refusal)))
        case FolderNotEmpty(place=place):
            return bad_request(
                f"Folder '{place.path}' is not empty: forceDelete=true deletes it with all in it"
            )
        case (
            SecretError()
            | TextError()
            | DraftError()
            | MissingEnvironment()
            | NotAsItStands()
            | TooMuch()
        ):
            return bad_request(str(refusal))
        case _:
            # What else the core refuses is about the vault: its sentence is for the operator.
            return _missing(refusal) or internal_error()


def _missing(refusal: Refusal) -> Problem | None:
    """What was asked for inside the scope and is not there."""
    match refusal:
        case NoFolder(place=place):
            return not_found(
                f"Folder with path '{place.path}' in environment '{place.environment}' was not "
                "found. Please ensure the environment slug and secret path is correct.",
                "SecretPathNotFound",
            )
        case NoSecret(place=place, name=name, version=None):
            return not_found(f"Secret with name '{name}' not found {_in_folder(place)}")
        case NoSecret(place=place, name=name, version=version):
            return not_found(
                f"Secret with name '{name}' has no version {version} {_in_folder(place)}"
            )
        case NoSubfolder(parent=parent, name=name):
            return not_found(f"Folder with name '{name}' not found {_in_folder(parent)}")
        case NoImport(place=place):
            return not_found(f"Secret import not found {_in_folder(place)}")
        case _:
            return None


def _in_folder(place: Place) -> str:
    return f"in folder with path '{place.path}' in environment '{place.environment}'"


_ALREADY_THERE = {
    ("create", "secrets"): "Secret already exists",
    ("edit", "secrets"): "Secret with the new name already exists",
    ("create", "secret-imports"): "Secret import already exists",
}
_SOON = {"Retry-After": "1"}
