"""What one route is: declared once, for the router, the audit log and the API description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from st_tui.api.asked import Asked
from st_tui.core.vault.gateway import Request


class Field(NamedTuple):
    """A field of the query or the body; `kind` is its JSON type."""

    name: str
    kind: str = "string"
    required: bool = False
    about: str = ""


class Operation(NamedTuple):
    """One route.

    `event` is Infisical's name for it in the audit log; `action` and `subject` word a refusal.
    A GET takes its fields from the query, any other method from a JSON body.
    """

    method: str
    path: str
    event: str
    action: str
    subject: str
    summary: str
    handle: Callable[[Request, Asked, str], dict[str, Any]]
    fields: tuple[Field, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it may change the vault, besides the audit log."""
        return self.method != "GET"
