"""One HTTP request as a job for the group commit: read before its batch, answered inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request as HttpRequest

from st_tui.api import bodies, problems
from st_tui.api.fields import SECRET_NAME
from st_tui.api.operations import Operation
from st_tui.api.params import Params, read_params
from st_tui.api.problems import Problem
from st_tui.core.errors import Refusal, StoreError
from st_tui.core.plain_text import refuse_controls
from st_tui.core.secrets.model import check_name
from st_tui.core.vault.holders.admission import NotAuthenticated
from st_tui.core.vault.holders.gateway import Gateway
from st_tui.core.vault.holders.holder import Caller
from st_tui.core.vault.holders.request import Request

Answer = Mapping[str, Any] | Problem
"""What an operation answered, or why it did not."""

_LONGEST_NAME = 1_000


class HttpJob:
    """One request.

    `fault`: what is wrong with how its token was sent. `problem`: what is wrong with its body.
    """

    def __init__(
        self,
        operation: Operation,
        http: HttpRequest,
        caller: Caller,
        fault: str,
        body: bodies.Body,
        problem: Problem | None,
    ) -> None:
        self._operation, self._http = operation, http
        self._caller, self._fault = caller, fault
        self._body, self._problem = body, problem
        self._params: tuple[Params, str] | Exception

    def prepare(self) -> None:
        """Read the request's fields. A fault in them is told only once the token was let in."""
        try:
            if self._problem is not None:
                raise self._problem
            self._params = _read_request(self._operation, self._http, bytes(self._body.received))
        except Exception as wrong:
            self._params = wrong

    def perform(self, gateway: Gateway) -> Answer:
        """The answer to the request, inside a batch. Raises StoreError if the batch is lost."""
        operation = self._operation
        name = self._http.path_params.get(SECRET_NAME.name)
        try:
            with gateway.request(
                self._caller, operation.event, name=name, writes=operation.writes
            ) as request:
                return self._answer(request)
        except NotAuthenticated as refused:
            return problems.unauthenticated(refused, self._fault)
        except Problem as problem:
            return problem
        except StoreError:
            if not gateway.is_open:
                raise
            return problems.unavailable()
        except Exception:
            # Never its message, which may hold a secret.
            return problems.internal_error()

    def _answer(self, request: Request) -> Mapping[str, Any]:
        """What the operation answers. Raises StoreError and Problem.

        Refusals are worded inside the request, so that the audit log keeps the status.
        """
        operation = self._operation
        try:
            if isinstance(self._params, Exception):
                raise self._params
            params, name = self._params
            answer = operation.handle(request, params, name)
        except StoreError:
            raise
        except Refusal as refusal:
            raise problems.from_refusal(refusal, operation.action, operation.subject) from None
        if operation.writes:
            not_kept = [
                f"{field.name} is not kept." for field in operation.not_kept if params.says(field)
            ]
            return {**answer, "warnings": not_kept + answer["warnings"]}
        return answer


def _read_request(operation: Operation, http: HttpRequest, body: bytes) -> tuple[Params, str]:
    """The request's fields, and the name or id in its path. Raises Problem and Refusal."""
    raw_path: bytes = http.scope["raw_path"]
    try:
        path = unquote(raw_path.decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        raise problems.bad_request("The path is not valid percent-encoded UTF-8") from None
    # The router ignores a line feed at a path's end.
    refuse_controls(path, "path")
    if b"%2f" in raw_path.lower():
        raise problems.bad_request("A name in the path cannot hold a slash")
    # One client repeats its query in the body of a GET.
    params = read_params(http.scope["query_string"], b"" if operation.method == "GET" else body)
    name = next(iter(http.path_params.values()), "")
    if SECRET_NAME.name in http.path_params:
        name = check_name(name)
    elif len(name) > _LONGEST_NAME:
        raise problems.bad_request(f"The name in the path is over {_LONGEST_NAME} characters")
    return params, name
