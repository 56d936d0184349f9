"""The Starlette application: from an HTTP request to a job for the batches, and back."""

from __future__ import annotations

import gc
import json
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from st_tui.api import (
    bearer,
    bodies,
    folders,
    imports,
    problems,
    secrets_e2ee,
    secrets_raw,
    service_token,
    worker,
)
from st_tui.api.answers import as_json, as_refused
from st_tui.api.asked import Asked, asked_for
from st_tui.api.batches import Batches, Unrecorded
from st_tui.api.description import description
from st_tui.api.operations import Operation
from st_tui.api.problems import Problem
from st_tui.core import access, expiry, token_text, vault_files
from st_tui.core.addresses import IPV6, AddressError, customer, parse_address
from st_tui.core.errors import Refusal
from st_tui.core.model import IpRange, TokenText
from st_tui.core.plain_text import refuse_controls, shown
from st_tui.core.secret import check_name
from st_tui.core.store.connection import StoreError
from st_tui.core.vault import Vault
from st_tui.core.vault.gateway import Gateway, NotAuthenticated
from st_tui.core.vault.request import Caller, Denied, Request

_Answer = dict[str, Any] | Response
"""What an operation answered, or why it did not."""

_LONGEST_USER_AGENT = 256
_NAME = "secretName"
_LONGEST_NAME = 1_000
_LONGEST_PATH_TOLD = 300

OPERATIONS: tuple[Operation, ...] = (
    *secrets_raw.OPERATIONS,
    *service_token.OPERATIONS,
    *secrets_e2ee.OPERATIONS,
    *folders.OPERATIONS,
    *imports.OPERATIONS,
)


def application(directory: Path, proxies: Collection[IpRange] = ()) -> Starlette:
    """The server of the vault in this directory, which opens it with `server.key` alone.

    `proxies` are the trusted ones, which send for many clients.
    """
    batches: Batches[_Answer]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        nonlocal batches
        worker.end_in_time()
        with Vault.open(directory, actor="system", key_file=vault_files.SERVER_KEY) as vault:
            # What is made at the start lives as long as the process: nobody need look at it again.
            gc.freeze()
            async with Batches(vault.gateway) as batches:
                yield

    def route(operation: Operation, path: str) -> Route:
        async def endpoint(http: HttpRequest) -> Response:
            return await _answered(batches, proxies, operation, http)

        return Route(path, endpoint, methods=[operation.method])

    async def unknown(http: HttpRequest, _: Exception) -> Response:
        return await _answered(batches, proxies, _no_route(http), http)

    described = json.dumps(description(OPERATIONS)).encode()

    async def docs(_: HttpRequest) -> Response:
        return Response(described, media_type="application/json")

    starlette = Starlette(
        routes=[
            # Tried in this order: what is asked most comes first.
            *(route(operation, operation.path) for operation in OPERATIONS),
            Route("/api/status", _status),
            Route("/api/docs/json", docs),
            *(route(operation, f"{operation.path}/") for operation in OPERATIONS),
        ],
        # Whatever the method and however strange the path: a token is asked for first.
        exception_handlers={404: unknown, 405: unknown},
        lifespan=lifespan,
    )
    starlette.router.redirect_slashes = False
    return starlette


async def _answered(
    batches: Batches[_Answer], proxies: Collection[IpRange], operation: Operation, http: HttpRequest
) -> Response:
    headers: list[tuple[bytes, bytes]] = http.scope["headers"]
    caller, fault = _caller(http, headers)
    # The connection keeps its last request's headers: not with the key in them.
    headers[:] = [header for header in headers if header[0] != b"authorization"]
    body = bodies.Body(_counted_for(caller, proxies))
    try:
        problem = await _read(batches, caller, http, dict(headers), body)
        answer = await batches.run(_Job(operation, http, caller, fault, body, problem))
    except (Unrecorded, StoreError):
        problem = problems.unavailable()
        answer = as_refused(problem)
    finally:
        body.release()
    if not isinstance(answer, Response):
        # Not earlier: it may be large, and other programs wait for a batch.
        answer = as_json(200, answer)
    if problem is not None:
        # Nobody reads what may be left of the body.
        answer.headers["Connection"] = "close"
    return answer


def _counted_for(caller: Caller, proxies: Collection[IpRange]) -> str | None:
    """The address that a body's bytes are counted for; None for a proxy, which sends for many."""
    if caller.ip is None:
        return ""
    return None if proxies and access.trusts(tuple(proxies), caller.ip) else customer(caller.ip)


async def _read(
    batches: Batches[_Answer],
    caller: Caller,
    http: HttpRequest,
    headers: Mapping[bytes, bytes],
    body: bodies.Body,
) -> Problem | None:
    """Read the body, if the token is one that will be let in; why it was not read, if so.

    Raises StoreError.
    """
    if not bodies.is_there(headers):
        return None
    if batches.expects(caller):
        return await bodies.read(http, headers, body)
    await bodies.drop(http)
    # For a token that is let in after all, since it was made or activated just now.
    return problems.unavailable()


class _Job:
    """One request on its way through a batch."""

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
        self._asked: tuple[Asked, str] | Exception

    def prepare(self) -> None:
        """Read the request's fields. What is wrong with them is told once the token is known."""
        try:
            if self._problem is not None:
                raise self._problem
            self._asked = _asked(self._operation, self._http, bytes(self._body.received))
        except Exception as wrong:
            self._asked = wrong

    def perform(self, gateway: Gateway) -> _Answer:
        """The answer to the request, inside a batch. Raises StoreError if the batch is lost."""
        operation = self._operation
        name = self._http.path_params.get(_NAME)
        try:
            with gateway.request(
                self._caller, operation.event, name=name, writes=operation.writes
            ) as request:
                if isinstance(self._asked, Exception):
                    raise self._asked
                return _handled(operation, request, *self._asked)
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


def _handled(operation: Operation, request: Request, asked: Asked, name: str) -> dict[str, Any]:
    """What the operation answers. What it refuses is worded while the request is under way, so
    that the log has the status that is told."""
    try:
        answer = operation.handle(request, asked, name)
    except (Denied, StoreError):
        raise
    except Refusal as refusal:
        raise problems.of(refusal, operation.action, operation.subject) from None
    if operation.writes:
        lost = [
            f"{field.name} is not kept." for field in operation.not_kept if asked.states(field.name)
        ]
        answer["warnings"] = lost + answer.get("warnings", [])
    return answer


def _asked(operation: Operation, http: HttpRequest, body: bytes) -> tuple[Asked, str]:
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
    asked = asked_for(http.scope["query_string"], b"" if operation.method == "GET" else body)
    name = next(iter(http.path_params.values()), "")
    if _NAME in http.path_params:
        name = check_name(name)
    elif len(name) > _LONGEST_NAME:
        raise problems.bad_request(f"The name in the path is over {_LONGEST_NAME} characters")
    return asked, name


def _caller(http: HttpRequest, headers: list[tuple[bytes, bytes]]) -> tuple[Caller, str]:
    """Who asks, and what is wrong with how the token was sent, if anything is."""
    given = [value.decode("latin-1") for name, value in headers if name == b"authorization"]
    credentials, fault = bearer.credentials(given)
    text = _access_token(credentials) if credentials else None
    address = None if http.client is None else http.client.host
    ip = None
    if address is not None:
        with suppress(AddressError):
            ip = parse_address(address)
            if ip < IPV6 and ":" in address:
                # A socket for both families writes it as IPv6, in one way of many.
                address = customer(ip)
        # A proxy may pass on anything.
        address = shown(address[:_LONGEST_USER_AGENT])
    user_agent = next((value for name, value in headers if name == b"user-agent"), None)
    plain = (
        None if user_agent is None else shown(user_agent[:_LONGEST_USER_AGENT].decode("latin-1"))
    )
    return Caller(text, ip, address, plain), fault


def _access_token(credentials: str) -> TokenText | None:
    """The token without its key, which opens the project and is dropped before anything sees it."""
    try:
        whole = token_text.parse(credentials)
    except Refusal:
        return None
    return TokenText(whole.version, whole.id, whole.secret, "")


def _no_route(http: HttpRequest) -> Operation:
    """Answers whatever no route is for."""

    def unknown(request: Request, asked: Asked, name: str) -> dict[str, Any]:
        raise problems.not_found(f"There is no route {http.method} {path}")

    path: str = http.scope["path"]
    if len(path) > _LONGEST_PATH_TOLD:
        path = f"{path[:_LONGEST_PATH_TOLD]}…"
    return Operation("GET", "/{rest}", "unknown-route", "use", "routes", "", unknown)


async def _status(_: HttpRequest) -> Response:
    return as_json(200, {"date": expiry.iso(expiry.system_clock()), "message": "Ok"})
