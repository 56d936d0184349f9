"""The Starlette application: from an HTTP request to a job for the batches, and back."""

from __future__ import annotations

import asyncio
import gc
import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from st_tui.api import folders, imports, problems, secrets_e2ee, secrets_raw, service_token
from st_tui.api.asked import Asked, from_body, from_query
from st_tui.api.batches import Batches, Unrecorded
from st_tui.api.description import description
from st_tui.api.operations import Operation
from st_tui.api.problems import Problem
from st_tui.core import expiry, token_text, vault_files
from st_tui.core.addresses import AddressError, parse_address
from st_tui.core.errors import Refusal
from st_tui.core.model import TokenText
from st_tui.core.plain_text import shown
from st_tui.core.secret import check_name
from st_tui.core.store.connection import StoreError
from st_tui.core.vault import Vault
from st_tui.core.vault.gateway import Caller, Gateway, NotAuthenticated, Request

LARGEST_BODY = 1024 * 1024
"""Bytes."""
_BODY_SECONDS = 30.0
_LONGEST_USER_AGENT = 256
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

OPERATIONS: tuple[Operation, ...] = (
    *service_token.OPERATIONS,
    *secrets_raw.OPERATIONS,
    *secrets_e2ee.OPERATIONS,
    *folders.OPERATIONS,
    *imports.OPERATIONS,
)


def application(directory: Path) -> Starlette:
    """The server of the vault in this directory, which opens it with `server.key` alone."""
    batches: Batches

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        nonlocal batches
        with Vault.open(directory, actor="system", key_file=vault_files.SERVER_KEY) as vault:
            # What is made at the start lives as long as the process: nobody need look at it again.
            gc.freeze()
            async with Batches(vault.gateway) as batches:
                yield

    def route(operation: Operation, path: str) -> Route:
        async def endpoint(http: HttpRequest) -> Response:
            return await _answered(batches, operation, http)

        return Route(path, endpoint, methods=[operation.method])

    async def unknown(http: HttpRequest) -> Response:
        return await _answered(batches, _UNKNOWN, http)

    described = json.dumps(description(OPERATIONS)).encode()

    async def docs(_: HttpRequest) -> Response:
        return Response(described, media_type="application/json")

    return Starlette(
        routes=[
            Route("/api/status", _status),
            Route("/api/docs/json", docs),
            *(
                route(operation, path)
                for operation in OPERATIONS
                for path in (operation.path, f"{operation.path}/")
            ),
            Route("/{rest:path}", unknown, methods=_METHODS),
        ],
        lifespan=lifespan,
    )


async def _answered(batches: Batches, operation: Operation, http: HttpRequest) -> Response:
    headers = dict(http.scope["headers"])
    body: bytes | Problem
    try:
        body = await _read(http, headers)
    except (ClientDisconnect, TimeoutError):
        return _refused(problems.bad_request("The body did not arrive"))
    caller, missing = _caller(http, headers)

    def job(gateway: Gateway) -> Response:
        try:
            with gateway.request(caller, operation.event, writes=operation.writes) as request:
                try:
                    return _json(200, operation.handle(request, *_asked(operation, http, body)))
                except StoreError:
                    raise
                except Refusal as refusal:
                    raise problems.of(refusal, operation.action, operation.subject) from refusal
        except NotAuthenticated as refused:
            return _refused(problems.unauthenticated(refused, missing=missing))
        except Problem as problem:
            return _refused(problem)
        except StoreError:
            raise
        except Exception:
            # Never its message, which may hold a secret.
            return _refused(problems.mistake())

    try:
        return await batches.run(job)
    except Unrecorded:
        return _refused(problems.unavailable())


async def _read(http: HttpRequest, headers: Mapping[bytes, bytes]) -> bytes | Problem:
    """The body, or what is wrong with its size. A body that is too large is not read to its end."""
    if b"content-length" not in headers and b"transfer-encoding" not in headers:
        return b""
    received = bytearray()
    async with asyncio.timeout(_BODY_SECONDS):
        async for chunk in http.stream():
            received += chunk
            if len(received) > LARGEST_BODY:
                return Problem(
                    413, "PayloadTooLarge", f"The body is over {LARGEST_BODY} bytes", _CLOSE
                )
    return bytes(received)


def _asked(operation: Operation, http: HttpRequest, body: bytes | Problem) -> tuple[Asked, str]:
    """The request's fields, and the name in its path. Only read once the token is known."""
    if isinstance(body, Problem):
        raise body
    raw_path: bytes = http.scope["raw_path"]
    try:
        unquote(raw_path.decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        raise problems.bad_request("The path is not valid percent-encoded UTF-8") from None
    if b"%2f" in raw_path.lower():
        raise problems.bad_request("A name in the path cannot hold a slash")
    # One client repeats its query in the body of a GET.
    query = from_query(http.scope["query_string"])
    fields = query if operation.method == "GET" else from_body(body)
    name = next(iter(http.path_params.values()), "")
    if "{secretName}" in operation.path:
        name = check_name(name)
    return fields, name


def _caller(http: HttpRequest, headers: Mapping[bytes, bytes]) -> tuple[Caller, bool]:
    """Who asks, and whether no token was given at all."""
    given = headers.get(b"authorization", b"").decode("latin-1")
    scheme, _, credentials = given.partition(" ")
    text: TokenText | None = None
    if scheme.lower() == "bearer":
        try:
            whole = token_text.parse(credentials)
            # The key opens the project: it is dropped before anything else sees it.
            text = TokenText(whole.version, whole.id, whole.secret, "")
        except Refusal:
            text = None
    address = None if http.client is None else http.client.host
    ip = None
    if address is not None:
        try:
            ip = parse_address(address)
        except AddressError:
            address = shown(address[:_LONGEST_USER_AGENT])
    user_agent = headers.get(b"user-agent")
    plain = (
        None if user_agent is None else shown(user_agent[:_LONGEST_USER_AGENT].decode("latin-1"))
    )
    return Caller(text, ip, address, plain), not given


def _unknown_route(request: Request, asked: Asked, name: str) -> dict[str, Any]:
    raise problems.not_found("There is no such route")


_UNKNOWN = Operation("GET", "/{rest}", "unknown-route", "use", "routes", "", _unknown_route)


async def _status(_: HttpRequest) -> Response:
    return _json(200, {"date": expiry.iso(expiry.system_clock()), "message": "Ok"})


def _refused(problem: Problem) -> Response:
    body = problem.body(f"req-{secrets.token_hex(8)}")
    return _json(problem.status, body, problem.headers)


def _json(status: int, content: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(_encode(content), status, headers, "application/json")


_encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_CLOSE = {"Connection": "close"}
