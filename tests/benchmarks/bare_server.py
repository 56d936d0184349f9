"""The least that answers JSON on the same set-up: one Starlette route on uvicorn."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from uvicorn.supervisors import Multiprocess

from st_tui.api.server import Address, listen


async def answer(request: Request) -> JSONResponse:
    return JSONResponse({"secret": {"secretKey": "PASSWORD", "secretValue": "x" * 32}})


def application() -> Starlette:
    return Starlette(routes=[Route("/{rest:path}", answer)])


def main(workers: int) -> None:
    config = uvicorn.Config(
        application,
        factory=True,
        workers=workers,
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
    )
    taken = listen(Address("127.0.0.1", 0))
    print(f"Serving http://127.0.0.1:{taken.getsockname()[1]}", flush=True)
    if workers > 1:
        Multiprocess(config, [taken]).run()
    else:
        uvicorn.Server(config).run([taken])


if __name__ == "__main__":
    main(int(sys.argv[1]))
