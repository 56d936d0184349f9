"""One request on its way through a batch: its fields read before, its answer found inside."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from st_tui.api import bodies, problems
from st_tui.api.json_responses import as_refused
from st_tui.api.operations import Operation
from st_tui.api.params import Params, read_params
from st_tui.api.problems import Problem
from st_tui.core.errors import Refusal, StoreError
from st_tui.core.plain_text import refuse_controls
from st_tui.core.secrets.model import check_name
from st_tui.core.vault.holders.gateway import Gateway, NotAuthenticated
from st_tui.core.vault.holders.request import Caller, Denied, Request

Answer = dict[str, Any] | Response
"""What an operation answered, or why it did not."""

NAME = "secretName"
"""The part of a route that is a secret's name."""
_LONGEST_NAME = 1_000


class HttpJob:
    """One request, about the secret of this name if its route has one."""

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
        """Read the request's fields. What is wrong with them is told once the token is known."""
        try:
            if self._problem is not None:
                raise self._problem
            self._params = _params(self._operation, self._http, bytes(self._body.received))
        except Exception as wrong:
            self._params = wrong

    def perform(self, gateway: Gateway) -> Answer:
        """The answer to the request, inside a batch. Raises StoreError if the batch is lost."""
        operation = self._operation
        name = self._http.path_params.get(NAME)
        try:
            with gateway.request(
                self._caller, operation.event, name=name, writes=operation.writes
            ) as request:
                if isinstance(self._params, Exception):
                    raise self._params
                return _handled(operation, request, *self._params)
        except NotAuthenticated as refused:
            return as_refused(problems.unauthenticated(refused, self._fault))
        except Problem as problem:
            return as_refused(problem)
        except StoreError:
            if not gateway.is_open:
                raise
            return as_refused(problems.unavailable())
        except Refusal as refusal:
            return as_refused(problems.of(refusal, operation.action, operation.subject))
        except Exception:
            # Never its message, which may hold a secret.
            return as_refused(problems.mistake())


def _handled(operation: Operation, request: Request, params: Params, name: str) -> dict[str, Any]:
    """What the operation answers. What it refuses is worded while the request is under way, so
    that the log has the status that is told."""
    try:
        answer = operation.handle(request, params, name)
    except (Denied, StoreError):
        raise
    except Refusal as refusal:
        raise problems.of(refusal, operation.action, operation.subject) from None
    if operation.writes:
        lost = [
            f"{field.name} is not kept."
            for field in operation.not_kept
            if params.states(field.name)
        ]
        answer["warnings"] = lost + answer.get("warnings", [])
    return answer


def _params(operation: Operation, http: HttpRequest, body: bytes) -> tuple[Params, str]:
    """The request's fields, and the name in its path. Raises Problem, and Refusal."""
    raw_path: bytes = http.scope["raw_path"]
    try:
        path = unquote(raw_path.decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        raise problems.bad_request("The path is not valid percent-encoded UTF-8") from None
    # A route is found for a path with a line feed at its end, too.
    refuse_controls(path, "path")
    if b"%2f" in raw_path.lower():
        raise problems.bad_request("A name in the path cannot hold a slash")
    # One client repeats its query in the body of a GET.
    params = read_params(http.scope["query_string"], b"" if operation.method == "GET" else body)
    name = next(iter(http.path_params.values()), "")
    if NAME in http.path_params:
        name = check_name(name)
    elif len(name) > _LONGEST_NAME:
        raise problems.bad_request(f"The name in the path is over {_LONGEST_NAME} characters")
    return params, name
