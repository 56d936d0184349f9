"""What one route is: declared once, for the router, the audit log and the API description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from st_tui.api.params import Params
from st_tui.core.vault.holders.request import Request

Handle = Callable[[Request, Params, str], dict[str, Any]]
"""Answers a request: what it asks, and the name in its path (empty if there is none)."""


class Field(NamedTuple):
    """A field of the query or the body; `kind` is its JSON type.

    `also`: its other spellings. `longest`: characters of a string. `pattern`: of a string.
    `one_of`: the only strings that it may be. `inside`: the strings in an object, all required.
    """

    name: str
    kind: str = "string"
    required: bool = False
    about: str = ""
    also: tuple[str, ...] = ()
    longest: int | None = None
    pattern: str = ""
    one_of: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every name that it may be stated by."""
        return self.name, *self.also


class Operation(NamedTuple):
    """One route.

    `event` is Infisical's name for it in the audit log; `action` and `subject` word a refusal;
    `answer` names the schema of what it answers, in `schemas.SCHEMAS`. Its fields stand in the
    query or, unless it is a GET, in a JSON body. `not_kept` are Infisical's fields that nothing
    here holds: whoever states one is warned, since a client may rely on it.
    """

    method: str
    path: str
    event: str
    action: str
    subject: str
    summary: str
    handle: Handle
    fields: tuple[Field, ...] = ()
    answer: str = "Error"
    not_kept: tuple[Field, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it may change the vault, besides the audit log."""
        return self.method != "GET"
