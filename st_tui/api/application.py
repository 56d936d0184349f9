"""The Starlette application: from an HTTP request to a job for the batches, and back."""

from __future__ import annotations

import gc
import json
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from st_tui.api import bodies, problems, worker
from st_tui.api.authentication import caller_of
from st_tui.api.batches import Batches, Unrecorded
from st_tui.api.client_address import counted_for
from st_tui.api.description import description
from st_tui.api.http_job import Answer, HttpJob
from st_tui.api.json_responses import as_json, as_refused
from st_tui.api.operations import Operation
from st_tui.api.params import Params
from st_tui.api.problems import Problem
from st_tui.api.routes import folders, secret_imports, secrets_e2ee, secrets_raw, service_token
from st_tui.core import expiry
from st_tui.core.errors import StoreError
from st_tui.core.files.vault_layout import SERVER_KEY
from st_tui.core.model import IpRange
from st_tui.core.vault import Vault
from st_tui.core.vault.holders.holder import Caller
from st_tui.core.vault.holders.request import Request

_LONGEST_PATH_TOLD = 300

OPERATIONS: tuple[Operation, ...] = (
    *secrets_raw.OPERATIONS,
    *service_token.OPERATIONS,
    *secrets_e2ee.OPERATIONS,
    *folders.OPERATIONS,
    *secret_imports.OPERATIONS,
)


def application(directory: Path, proxies: Collection[IpRange] = ()) -> Starlette:
    """The server of the vault in this directory, which opens it with `server.key` alone.

    `proxies` are the trusted ones, which send for many clients.
    """
    batches: Batches[Answer]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        nonlocal batches
        worker.end_in_time()
        with Vault.open(directory, actor="system", key_file=SERVER_KEY) as vault:
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
    batches: Batches[Answer], proxies: Collection[IpRange], operation: Operation, http: HttpRequest
) -> Response:
    headers: list[tuple[bytes, bytes]] = http.scope["headers"]
    caller, fault = caller_of(http, headers)
    # The connection keeps its last request's headers: not with the key in them.
    headers[:] = [header for header in headers if header[0] != b"authorization"]
    fields = dict(headers)
    # Most requests have no body, and need not be counted for an address.
    body = bodies.Body(_counted_for(caller, proxies) if bodies.is_there(fields) else None)
    try:
        problem = await _read(batches, caller, http, fields, body)
        answer = await batches.run(HttpJob(operation, http, caller, fault, body, problem))
    except (Unrecorded, StoreError):
        answer = problem = problems.unavailable()
    finally:
        body.release()
    # Not earlier: it may be large, and other programs wait for a batch.
    response = as_refused(answer) if isinstance(answer, Problem) else as_json(200, answer)
    if problem is not None:
        # Nobody reads what may be left of the body.
        response.headers["Connection"] = "close"
    return response


def _counted_for(caller: Caller, proxies: Collection[IpRange]) -> str | None:
    """The address that a body's bytes are counted for; all that is no address counts together."""
    return "" if caller.ip is None else counted_for(caller.ip, proxies)


async def _read(
    batches: Batches[Answer],
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


def _no_route(http: HttpRequest) -> Operation:
    """Answers whatever no route is for."""

    def unknown(request: Request, params: Params, name: str) -> dict[str, Any]:
        raise problems.not_found(f"There is no route {http.method} {path}")

    path: str = http.scope["path"]
    if len(path) > _LONGEST_PATH_TOLD:
        path = f"{path[:_LONGEST_PATH_TOLD]}…"
    return Operation("GET", "/{rest}", "unknown-route", "use", "routes", "", unknown)


async def _status(_: HttpRequest) -> Response:
    return as_json(200, {"date": expiry.iso(expiry.system_clock()), "message": "Ok"})
