"""How long and how large the head of a request may be, whoever sends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from st_tui.api import protocol
from st_tui.api.protocol import LARGEST_HEAD, BoundedProtocol

Message = MutableMapping[str, Any]
LEAST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def answers(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Reads a request to its end and says how large its body was."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    said = str(size).encode()
    headers = [(b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": said})


class Line:
    """A connection on which single bytes can be sent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self) -> str:
        """The body of the next answer; empty if the connection was closed instead."""
        try:
            await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return ""
        return (await self._reader.read(100)).decode()


@asynccontextmanager
async def connected() -> AsyncIterator[Line]:
    """A connection to a server of this protocol; nobody waits for it for ever."""
    config = uvicorn.Config(answers, http=BoundedProtocol, port=0, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(30):
            yield Line(reader, writer)
    finally:
        writer.close()
        await server.shutdown()


def test_a_head_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "LONGEST_HEAD", 3_600.0)

    async def run() -> str:
        async with connected() as line:
            await line.send(b"GET / HTTP/1.1\r\n")
            for number in range(LARGEST_HEAD // 1_000 + 1):
                await line.send(f"X{number}: {'y' * 1_000}\r\n".encode())
            return await line.answer()

    assert asyncio.run(run()) == ""


def test_many_requests_together_may_be_larger_than_a_head() -> None:
    """On one connection, and their bodies, which are none of the head."""

    async def run() -> list[str]:
        found = []
        field = b"X: " + b"y" * (LARGEST_HEAD // 2)
        async with connected() as line:
            for _ in range(3):
                await line.send(b"GET / HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n" % field)
                found.append(await line.answer())
            size = 2 * LARGEST_HEAD
            await line.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size)
            await line.send(b"z" * size)
            found.append(await line.answer())
        return found

    assert asyncio.run(run()) == ["0", "0", "0", str(2 * LARGEST_HEAD)]


@pytest.mark.parametrize(
    "begun", [b"", b"GET / HTTP/1.1\r\nHost:", LEAST + b"GET /"], ids=["none", "first", "further"]
)
def test_who_does_not_finish_a_head_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(protocol, "LONGEST_HEAD", 0.1)

    async def run() -> str:
        async with connected() as line:
            await line.send(begun)
            if begun.startswith(LEAST):
                assert await line.answer() == "0"
                await line.send(b"x")
            return await line.answer()

    assert asyncio.run(run()) == ""


def test_a_slow_body_is_no_slow_head(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is a connection that rests between two requests."""
    monkeypatch.setattr(protocol, "LONGEST_HEAD", 0.2)

    async def run() -> list[str]:
        async with connected() as line:
            await line.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nz")
            await asyncio.sleep(0.5)
            await line.send(b"z")
            first = await line.answer()
            await asyncio.sleep(0.5)
            await line.send(LEAST)
            return [first, await line.answer()]

    assert asyncio.run(run()) == ["2", "0"]
