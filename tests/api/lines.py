"""Connections on which single bytes are sent, to a server in this process."""

from __future__ import annotations

import asyncio
import gc
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from st_tui.api.protocol import BoundedProtocol


class Line:
    """A connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self) -> tuple[int, str] | None:
        """Status and body of the next answer; None if the connection was closed instead."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        found = re.fullmatch(rb"HTTP/1.1 (\d+) .*\r\ncontent-length: (\d+)\r\n.*", head, re.S)
        assert found is not None, head
        return int(found[1]), (await self._reader.readexactly(int(found[2]))).decode()

    def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def port_of(application: Any, **options: Any) -> AsyncIterator[int]:
    """The port that an application is served at, with further options of uvicorn's."""
    config = uvicorn.Config(
        application,
        http=BoundedProtocol,
        port=0,
        log_config=None,
        **{"forwarded_allow_ips": []} | options,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.force_exit = True  # a test that failed has left its connections open
        await server.shutdown()
        # The application froze what lived at its start, which here is the tests' too.
        gc.unfreeze()


@asynccontextmanager
async def line_to(application: Any) -> AsyncIterator[Line]:
    """A connection to an application, with a timeout."""
    async with port_of(application) as port, asyncio.timeout(30):
        line = await connect(port)
        try:
            yield line
        finally:
            line.close()


async def connect(port: int) -> Line:
    """A connection to this port."""
    return Line(*await asyncio.open_connection("127.0.0.1", port))
