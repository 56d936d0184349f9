"""Reading what a request carries: little at once, from each and from all together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request

from st_tui.api import problems
from st_tui.api.problems import Problem
from st_tui.api.protocol import BODY_HEADERS

LARGEST_BODY = 1024 * 1024
"""Bytes."""
LARGEST_TOGETHER = 64 * LARGEST_BODY
"""Bytes that all bodies in one process may take: they arrive before anybody is known."""
SECONDS = 30.0
_MOST_DROPPED = 16 * LARGEST_BODY


class _Held:
    """Bytes of all bodies that are being read or served."""

    bytes = 0


async def read(http: Request, headers: Mapping[bytes, bytes]) -> bytes | Problem:
    """The body, or why it was not read to its end. It counts until it is given to `release`."""
    if BODY_HEADERS.isdisjoint(headers) or headers.get(b"content-length") == b"0":
        return b""
    if b"upgrade" in headers:
        # It was lost; without it the request would seem to leave out what it states.
        return problems.bad_request(
            "A request with a body cannot ask for another protocol: send HTTP/1.1 without Upgrade"
        )
    received = bytearray()
    try:
        problem = await _receive(http, received)
    except BaseException:
        release(received)
        raise
    if problem is None:
        return bytes(received)
    release(received)
    return problem


def release(body: bytes | bytearray | Problem) -> None:
    """The body is needed no more: others may take its room."""
    if not isinstance(body, Problem):
        _Held.bytes -= len(body)


async def _receive(http: Request, received: bytearray) -> Problem | None:
    problem: Problem | None = None
    dropped = 0
    try:
        async with asyncio.timeout(SECONDS):
            async for chunk in http.stream():
                # A client that still sends would not see an answer: what it sends is dropped.
                if problem is not None:
                    dropped += len(chunk)
                    if dropped > _MOST_DROPPED:
                        break
                    continue
                received += chunk
                _Held.bytes += len(chunk)
                if len(received) > LARGEST_BODY:
                    problem = problems.too_large(LARGEST_BODY)
                elif _Held.bytes > LARGEST_TOGETHER:
                    problem = problems.busy()
    except (ClientDisconnect, TimeoutError):
        return problems.bad_request("The body did not arrive")
    return problem
