"""Reading what a request carries: little at once, from each, from one address and from all."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import ClassVar

from starlette.requests import ClientDisconnect, Request

from st_tui.api import problems
from st_tui.api.problems import Problem
from st_tui.api.protocol import BODY_HEADERS

LARGEST_BODY = 1024 * 1024
"""Bytes."""
LARGEST_TOGETHER = 64 * LARGEST_BODY
"""Bytes that all bodies in one process may take, besides the first of each."""
LARGEST_OF_ONE = LARGEST_TOGETHER // 4
"""The same for the bodies of one address."""
FREE = 64 * 1024
"""First bytes of each body that count for nothing: most need no more, and as there are not many
connections, none is kept out by the large bodies of others."""
SECONDS = 30.0
SECONDS_TO_DROP = 5.0
"""For a body that is not wanted: its client may read no answer before it has sent it."""
_MOST_DROPPED = 16 * LARGEST_BODY


class Room:
    """What the bodies that are being read or served take of one process."""

    taken = 0
    by_address: ClassVar[Counter[str]] = Counter()


class Body:
    """One body as it arrives. It takes its room until it is released."""

    def __init__(self, address: str | None) -> None:
        self._address = address
        self._counted = 0
        self.received = bytearray()

    def take(self, chunk: bytes) -> bool:
        """Add what arrived; whether there was room for it."""
        self.received += chunk
        more = max(len(self.received) - FREE, 0) - self._counted
        self._counted += more
        Room.taken += more
        if self._address is not None and more:
            Room.by_address[self._address] += more
        return Room.taken <= LARGEST_TOGETHER and (
            self._address is None or Room.by_address[self._address] <= LARGEST_OF_ONE
        )

    def release(self) -> None:
        """It is needed no more: others may take its room."""
        Room.taken -= self._counted
        if self._address is not None and self._counted:
            Room.by_address[self._address] -= self._counted
            if not Room.by_address[self._address]:
                del Room.by_address[self._address]
        self._counted = 0
        self.received = bytearray()


def is_there(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the request has a body."""
    return not BODY_HEADERS.isdisjoint(headers) and headers.get(b"content-length") != b"0"


async def read(http: Request, headers: Mapping[bytes, bytes], body: Body) -> Problem | None:
    """Read the request's body to its end; why that was not done, if it was not."""
    if b"upgrade" in headers:
        # It was lost; without it the request would seem to leave out what it states.
        return problems.bad_request(
            "A request with a body cannot ask for another protocol: send HTTP/1.1 without Upgrade"
        )
    problem: Problem | None = None
    try:
        async with asyncio.timeout(SECONDS):
            async for chunk in http.stream():
                if not body.take(chunk):
                    problem = problems.busy()
                elif len(body.received) > LARGEST_BODY:
                    problem = problems.too_large(LARGEST_BODY)
                if problem is not None:
                    break
    except (ClientDisconnect, TimeoutError):
        problem = problems.bad_request("The body did not arrive")
    if problem is not None:
        body.release()
        await drop(http)
    return problem


async def drop(http: Request) -> None:
    """Take what else arrives of a body, and keep nothing of it.

    A client that still sends would not see an answer.
    """
    dropped = 0
    with suppress(ClientDisconnect, TimeoutError):
        async with asyncio.timeout(SECONDS_TO_DROP):
            while dropped <= _MOST_DROPPED:
                message = await http.receive()
                dropped += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
