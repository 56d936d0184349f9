"""The Starlette application: its routes, and the vault that is open while it runs."""

from __future__ import annotations

import gc
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from st_tui.api import answers, problems, worker
from st_tui.api.description import description
from st_tui.api.json_responses import as_json
from st_tui.api.operations import Operation
from st_tui.api.params import Params
from st_tui.api.request_handler import RequestHandler
from st_tui.api.routes import folders, secret_imports, secrets_e2ee, secrets_raw, service_token
from st_tui.core import expiry
from st_tui.core.files.vault_layout import SERVER_KEY
from st_tui.core.model import IpRange
from st_tui.core.vault import Vault
from st_tui.core.vault.holders.group_commit import GroupCommit
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
    """The server of the vault in this directory. It opens the vault with `server.key` alone.

    `proxies` are the trusted ones: each sends for many clients.
    """
    handler: RequestHandler

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        nonlocal handler
        worker.end_with_parent()
        with Vault.open(directory, actor="system", key_file=SERVER_KEY) as vault:
            # What was made so far lives as long as the process: the collector need not look at it.
            gc.freeze()
            async with GroupCommit(vault.gateway) as group_commit:
                handler = RequestHandler(vault.gateway, group_commit, proxies)
                yield

    def route(operation: Operation, path: str) -> Route:
        async def endpoint(http: HttpRequest) -> Response:
            return await handler.answer(operation, http)

        return Route(path, endpoint, methods=[operation.method])

    async def unknown(http: HttpRequest, _: Exception) -> Response:
        return await handler.answer(_no_route(http), http)

    described = json.dumps(description(OPERATIONS)).encode()

    async def docs(_: HttpRequest) -> Response:
        return Response(described, media_type="application/json")

    starlette = Starlette(
        routes=[
            # Tried in this order: the routes that are asked most come first.
            *(route(operation, operation.path) for operation in OPERATIONS),
            Route("/api/status", _status),
            Route("/api/docs/json", docs),
            *(route(operation, f"{operation.path}/") for operation in OPERATIONS),
        ],
        # A request without a route needs a token too, whatever its method and path.
        exception_handlers={404: unknown, 405: unknown},
        lifespan=lifespan,
    )
    starlette.router.redirect_slashes = False
    return starlette


def _no_route(http: HttpRequest) -> Operation:
    """An operation for a request that has no route: it answers 404 to a good token."""

    def unknown(request: Request, params: Params, name: str) -> dict[str, Any]:
        raise problems.not_found(f"There is no route {http.method} {path}")

    path: str = http.scope["path"]
    if len(path) > _LONGEST_PATH_TOLD:
        path = f"{path[:_LONGEST_PATH_TOLD]}…"
    return Operation("GET", "/{rest}", "unknown-route", "use", "routes", "", unknown)


async def _status(_: HttpRequest) -> Response:
    status: answers.Status = {"date": expiry.iso(expiry.system_clock()), "message": "Ok"}
    return as_json(200, status)
