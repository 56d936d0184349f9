"""How long and how large the head of a request may be, how long a connection may rest or not read,
and how many there may be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from st_tui.api import protocol
from st_tui.api.protocol import LARGEST_HEAD
from tests.api.lines import Line, connect, line_to, port_of

Message = MutableMapping[str, Any]
LEAST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def answers(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """An application that answers how large the request's body was."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    said = str(size).encode()
    headers = [(b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": said})


def connected() -> AbstractAsyncContextManager[Line]:
    return line_to(answers)


def test_a_head_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "LONGEST_HEAD", 3_600.0)

    async def run() -> tuple[int, str] | None:
        async with connected() as line:
            await line.send(b"GET / HTTP/1.1\r\n")
            for number in range(LARGEST_HEAD // 1_000 + 1):
                await line.send(f"X{number}: {'y' * 1_000}\r\n".encode())
            return await line.answer()

    assert asyncio.run(run()) is None


def test_many_requests_together_may_be_larger_than_a_head() -> None:
    """On one connection. Bodies do not count as heads either."""

    async def run() -> list[tuple[int, str] | None]:
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

    assert asyncio.run(run()) == [*[(200, "0")] * 3, (200, str(2 * LARGEST_HEAD))]


@pytest.mark.parametrize(
    "begun", [b"", b"GET / HTTP/1.1\r\nHost:", LEAST + b"GET /"], ids=["none", "first", "further"]
)
def test_who_does_not_finish_a_head_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(protocol, "LONGEST_HEAD", 0.5)

    async def run() -> tuple[int, str] | None:
        async with connected() as line:
            await line.send(begun)
            if begun.startswith(LEAST):
                assert await line.answer() == (200, "0")
                await line.send(b"x")
            return await line.answer()

    assert asyncio.run(run()) is None


def test_a_slow_body_is_no_slow_head(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a connection count as slow that is idle between two requests."""
    monkeypatch.setattr(protocol, "LONGEST_HEAD", 0.5)

    async def run() -> list[tuple[int, str] | None]:
        async with connected() as line:
            await line.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nz")
            await asyncio.sleep(0.8)
            await line.send(b"z")
            first = await line.answer()
            await asyncio.sleep(0.8)
            await line.send(LEAST)
            return [first, await line.answer()]

    assert asyncio.run(run()) == [(200, "2"), (200, "0")]


def test_an_idle_connection_is_kept_unless_there_is_a_crowd(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A request that is sent while its connection is closed is lost, and some clients then fail."""
    monkeypatch.setattr(protocol, "CROWD", 2)
    monkeypatch.setattr(protocol, "SHORTEST_IDLE", 0)

    async def answered(line: Line) -> bool:
        await line.send(LEAST)
        return await line.answer() == (200, "0")

    async def run() -> None:
        async with port_of(answers, timeout_keep_alive=0) as port, asyncio.timeout(30):
            kept = [await connect(port) for _ in range(2)]
            for _ in range(2):
                one_more = await connect(port)
                assert await answered(one_more)
                assert await one_more.answer() is None
                one_more.close()
                for line in kept:
                    assert await answered(line)
            for line in kept:
                line.close()

    asyncio.run(run())


def held(release: asyncio.Event) -> Any:
    """An application whose answers wait."""

    async def application(
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        await release.wait()
        await answers(scope, receive, send)

    return application


@pytest.mark.parametrize("bound", ["MOST", "MOST_OF_ONE"])
def test_what_is_too_much_at_once_is_told_as_every_refusal_is(
    monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    """Clients read the message out of the error body."""
    monkeypatch.setattr(protocol, bound, 2)

    async def run() -> None:
        release = asyncio.Event()
        async with port_of(held(release), lifespan="off") as port, asyncio.timeout(30):
            first, second, third = [await connect_and_ask(port) for _ in range(3)]
            answer = await third.answer()
            assert answer is not None
            told = json.loads(answer[1])
            assert (answer[0], told["statusCode"]) == (503, 503)
            assert (told["error"], told["message"]) == (
                "ServiceUnavailable",
                "The server is busy: try again",
            )
            assert await third.answer() is None
            release.set()
            for line in (first, second):
                assert await line.answer() == (200, "0")
                line.close()
            third.close()

    asyncio.run(run())


async def connect_and_ask(port: int) -> Line:
    """A connection with a request that the server has seen."""
    line = await connect(port)
    await line.send(LEAST)
    await turns()
    return line


async def turns() -> None:
    """Let the server, which runs in this event loop, do what is due."""
    for _ in range(20):
        await asyncio.sleep(0.01)


def test_a_trusted_proxy_sends_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MOST_OF_ONE", 1)

    async def run() -> None:
        release = asyncio.Event()
        async with (
            port_of(held(release), lifespan="off", forwarded_allow_ips=["127.0.0.0/8"]) as port,
            asyncio.timeout(30),
        ):
            lines = [await connect_and_ask(port) for _ in range(3)]
            release.set()
            for line in lines:
                assert await line.answer() == (200, "0")
                line.close()

    asyncio.run(run())


def test_connections_that_rest_keep_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that has been idle longest is closed, whether it ever sent a request or not."""
    monkeypatch.setattr(protocol, "MOST", 3)

    async def run() -> None:
        async with port_of(answers) as port, asyncio.timeout(30):
            silent, asked, latest = [await connect(port) for _ in range(3)]
            await turns()
            for line in (asked, latest):
                await line.send(LEAST)
                assert await line.answer() == (200, "0")
            kept = [silent, asked, latest]
            for gone in (silent, asked, latest):
                kept.append(await connect(port))
                await kept[-1].send(LEAST)
                assert await kept[-1].answer() == (200, "0")
                assert await gone.answer() is None
            for line in kept:
                line.close()

    asyncio.run(run())


LARGE = 32 * 1024 * 1024


def sending(done: asyncio.Event) -> Any:
    """An application with a large answer. It sets `done` once uvicorn has taken the last of it."""

    async def application(
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        headers = [(b"content-length", str(LARGE + 1).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": bytes(LARGE), "more_body": True})
        await send({"type": "http.response.body", "body": b"."})
        done.set()

    return application


def test_an_answer_that_nobody_reads_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "LONGEST_UNREAD", 0.3)

    async def run() -> None:
        done = asyncio.Event()
        async with line_to(sending(done)) as line:
            await line.send(LEAST)
            await done.wait()
            with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
                await line.answer()

    asyncio.run(run())


def test_an_answer_that_is_read_slowly_is_not_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is the connection, once it is read."""
    monkeypatch.setattr(protocol, "LONGEST_UNREAD", 0.3)

    async def run() -> list[int]:
        async with port_of(sending(asyncio.Event())) as port, asyncio.timeout(60):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            sizes = []
            for pause in (0.05, 0.0):
                writer.write(LEAST)
                await reader.readuntil(b"\r\n\r\n")
                size = 0
                while size <= LARGE:
                    size += len(await reader.readexactly(min(1024 * 1024, LARGE + 1 - size)))
                    await asyncio.sleep(pause)
                sizes.append(size)
                await asyncio.sleep(1)  # three times what a reader may take
            writer.close()
        return sizes

    assert asyncio.run(run()) == [LARGE + 1] * 2
