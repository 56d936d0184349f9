"""What one route is: declared once, for the router, the audit log and the API description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from st_tui.api import answers
from st_tui.api.fields import Field
from st_tui.api.params import Params
from st_tui.core.vault.holders.request import Request

Handle = Callable[[Request, Params, str], Mapping[str, Any]]
"""Answers a request: what it states, and the name or id in its path (empty if there is none)."""


class Operation(NamedTuple):
    """One route.

    `event`: Infisical's name for it in the audit log. `action` and `subject` word a refusal: "You
    are not allowed to read on secrets". `fields` stand in the query or, unless it is a GET, in a
    JSON body. `answer`: the type in `answers` that it answers. `not_kept`: fields of Infisical's
    that this vault does not keep. Whoever states one is warned, since a client may rely on it.
    """

    method: str
    path: str
    event: str
    action: str
    subject: str
    summary: str
    handle: Handle
    fields: tuple[Field, ...] = ()
    answer: type = answers.Error
    not_kept: tuple[Field, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it may change the vault, besides the audit log."""
        return self.method != "GET"
