"""uvicorn's HTTP protocol, with an end to how long and how large a request's head may be, and to
how long an answer waits for its reader, its own idea of how long an idle connection is kept and of
what is told where there are too many, and no ear for what follows a lost body."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from st_tui.api import problems
from st_tui.api.client_address import counted_for
from st_tui.api.json_responses import as_refused
from st_tui.core.addresses import AddressError, parse_address, parse_ranges
from st_tui.core.model import IpRange

LARGEST_HEAD = 64 * 1024
"""Bytes of a request line and its headers. httptools itself would take any number."""
LONGEST_HEAD = 15.0
"""Seconds until a connection must have sent its first whole head, or any further one it began."""
LONGEST_IDLE = 75
"""Seconds that a connection is kept without a request. Longer than proxies keep theirs, and not the
few after which programs ask again: a request that is under way when it is closed is lost."""
SHORTEST_IDLE = 5
"""The same, while there is a crowd."""
CROWD = 500
"""Connections of one process from which on idle ones are closed sooner, to leave room."""
MOST = 1_000
"""Connections of one process. For one more, the one that has rested longest is closed; where none
rests, none is answered from here on."""
MOST_OF_ONE = MOST // 2
"""Requests of one address, other than a trusted proxy's, that are under way in one process."""
LONGEST_UNREAD = 60.0
"""Seconds in which a client must take some more of an answer that it has not read. TLS hides what
waits of a first answer: that is dropped with the idle connection."""
LEAST_READ = 32 * 1024
"""Bytes that are some more."""

BODY_HEADERS = frozenset((b"content-length", b"transfer-encoding"))
"""One of these stands in the head of a request that has a body."""


async def _too_many(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers instead of the application."""
    await as_refused(problems.busy())(scope, receive, send)


class _Crowd:
    """The connections of one server."""

    def __init__(self) -> None:
        self.resting: dict[BoundedProtocol, None] = {}
        """Those without a request, the one that has rested longest first."""
        self.busy: Counter[str] = Counter()
        """How many of each address have a request."""


_crowds: WeakKeyDictionary[ServerState, _Crowd] = WeakKeyDictionary()


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection that sends a head without an end, or never reads."""

    _head_bytes = 0
    _in_head = True
    _deadline: asyncio.TimerHandle | None = None
    _lost_body = False
    _look_at_reader: asyncio.TimerHandle | None = None
    _address: str | None = None
    """Whose requests are counted; None for a client of which any number is served."""
    _is_busy = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._crowd = _crowds.setdefault(self.server_state, _Crowd())
        self._address = _counted_for(self.client, self.config.forwarded_allow_ips or ())
        if len(self.connections) > MOST and self._crowd.resting:
            next(iter(self._crowd.resting)).make_room()
        self._crowd.resting[self] = None
        self._expect_head()

    def make_room(self) -> None:
        """Close the connection, which rests, for another one."""
        self._crowd.resting.pop(self, None)
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        self._crowd.resting.pop(self, None)
        self._head_is_here()
        self._answer_is_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._lost_body:
            return
        if self._in_head:
            self._head_bytes += len(data)
            if self._deadline is None:
                self._expect_head()
        super().data_received(data)
        if self._in_head and self._head_bytes > LARGEST_HEAD:
            self.transport.close()

    def on_headers_complete(self) -> None:
        self._in_head, self._head_bytes = False, 0
        self._head_is_here()
        full = self._work()
        self.app = _too_many if full else self.config.loaded_app
        super().on_headers_complete()
        if self.parser.should_upgrade() and any(name in BODY_HEADERS for name, _ in self.headers):
            # httptools hands out no body here, and takes it for the connection's next request.
            self._lost_body = True
            self.cycle.keep_alive = False

    def _work(self) -> bool:
        """Count the connection as one with a request; whether that is one too many."""
        self._crowd.resting.pop(self, None)
        if self._address is not None and not self._is_busy:
            self._is_busy = True
            self._crowd.busy[self._address] += 1
        return (
            len(self.connections) - len(self._crowd.resting) > MOST
            or len(self.tasks) >= MOST
            or (self._address is not None and self._crowd.busy[self._address] > MOST_OF_ONE)
        )

    def _rest(self) -> None:
        """Count it as one without a request."""
        self._crowd.resting[self] = None
        if self._address is not None and self._is_busy:
            self._is_busy = False
            self._crowd.busy[self._address] -= 1
            if not self._crowd.busy[self._address]:
                del self._crowd.busy[self._address]

    def on_message_complete(self) -> None:
        self._in_head = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        crowded = len(self.connections) > CROWD
        self.timeout_keep_alive = SHORTEST_IDLE if crowded else LONGEST_IDLE
        if not self.pipeline:
            self._rest()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._answer_is_read()

    def _expect_reading(self) -> None:
        unread = self.transport.get_write_buffer_size()
        self._look_at_reader = self.loop.call_later(LONGEST_UNREAD, self._has_read, unread)

    def _has_read(self, unread: int) -> None:
        if self.transport.get_write_buffer_size() > unread - LEAST_READ:
            self.transport.abort()  # to close it would wait for the reader
        else:
            self._expect_reading()

    def _answer_is_read(self) -> None:
        if self._look_at_reader is not None:
            self._look_at_reader.cancel()
            self._look_at_reader = None

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(LONGEST_HEAD, self._give_up)

    def _head_is_here(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> Any:
        self.transport.close()


def _counted_for(client: tuple[str, int] | None, proxies: Sequence[str]) -> str | None:
    """The address that a connection's requests are counted for; None for a trusted proxy."""
    if client is None:
        return None
    try:
        ip = parse_address(client[0])
    except AddressError:
        return client[0]
    return counted_for(ip, _ranges(tuple(proxies)))


@lru_cache(maxsize=1)
def _ranges(blocks: tuple[str, ...]) -> tuple[IpRange, ...]:
    return parse_ranges(blocks)
