"""Request bodies, and how much memory they may take: each, those of one address, and all."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import ClassVar

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest

from st_tui.api import problems
from st_tui.api.problems import Problem
from st_tui.api.protocol import BODY_HEADERS

LARGEST_BODY = 1024 * 1024
"""Bytes."""
LARGEST_TOGETHER = 64 * LARGEST_BODY
"""Bytes that all bodies in one process may take, beyond the `FREE` ones of each."""
LARGEST_OF_ONE = LARGEST_TOGETHER // 4
"""The same for the bodies of one address."""
FREE = 64 * 1024
"""First bytes of each body that are not counted. Most bodies are no larger, and large bodies of
others cannot keep those out. The number of connections bounds them."""
SECONDS_TO_READ = 30.0
"""Seconds in which a body must arrive."""
SECONDS_TO_DROP = 5.0
"""The same for a body that is not wanted: its client may read no answer before it has sent it."""
_MOST_DROPPED = 16 * LARGEST_BODY
"""Bytes of a body that is not wanted."""


class CountedBytes:
    """How many bytes are counted now, of the bodies that this process is reading or answering."""

    together = 0
    by_address: ClassVar[Counter[str]] = Counter()


class Body:
    """One body as it arrives. Its bytes are counted until it is released.

    `address` is whom they are counted for; None for a client that has no bound of its own.
    """

    def __init__(self, address: str | None) -> None:
        self._address = address
        self._counted = 0
        self.received = bytearray()

    def take(self, chunk: bytes) -> bool:
        """Add what arrived. Returns whether all bodies are still within their bounds."""
        self.received += chunk
        more = max(len(self.received) - FREE, 0) - self._counted
        self._counted += more
        CountedBytes.together += more
        if self._address is not None and more:
            CountedBytes.by_address[self._address] += more
        return CountedBytes.together <= LARGEST_TOGETHER and (
            self._address is None or CountedBytes.by_address[self._address] <= LARGEST_OF_ONE
        )

    def release(self) -> None:
        """Drop it: its bytes count no more."""
        CountedBytes.together -= self._counted
        if self._address is not None and self._counted:
            CountedBytes.by_address[self._address] -= self._counted
            if not CountedBytes.by_address[self._address]:
                del CountedBytes.by_address[self._address]
        self._counted = 0
        self.received = bytearray()


def has_body(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the request has a body."""
    return not BODY_HEADERS.isdisjoint(headers) and headers.get(b"content-length") != b"0"


async def read(http: HttpRequest, headers: Mapping[bytes, bytes], body: Body) -> Problem | None:
    """Read the request's body to its end. Returns why that was not done, if it was not."""
    if b"upgrade" in headers:
        # The body was lost (see `protocol`): the request would seem to leave out what it states.
        return problems.bad_request(
            "A request with a body cannot ask for another protocol: send HTTP/1.1 without Upgrade"
        )
    problem: Problem | None = None
    more = True
    try:
        async with asyncio.timeout(SECONDS_TO_READ):
            while more and problem is None:
                chunk, more = await _receive(http)
                if not body.take(chunk):
                    problem = problems.busy()
                elif len(body.received) > LARGEST_BODY:
                    problem = problems.too_large(LARGEST_BODY)
    except (ClientDisconnect, TimeoutError):
        problem = problems.bad_request("The body did not arrive")
    if problem is not None:
        body.release()
        if more:  # Else nothing comes, and the answer would wait for it.
            await drop(http)
    return problem


async def _receive(http: HttpRequest) -> tuple[bytes, bool]:
    """The next part of a body, and whether there is more of it."""
    message = await http.receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


async def drop(http: HttpRequest) -> None:
    """Receive the rest of a body and keep nothing of it.

    A client that is still sending would not see an answer.
    """
    dropped = 0
    with suppress(ClientDisconnect, TimeoutError):
        async with asyncio.timeout(SECONDS_TO_DROP):
            while dropped <= _MOST_DROPPED:
                chunk, more = await _receive(http)
                dropped += len(chunk)
                if not more:
                    return
