"""uvicorn's HTTP protocol with bounds, so that no client can hold the server up.

Bounded are: how large a request's head may be and how long it may take; how long an answer waits
for its reader; how long an idle connection is kept; how many connections a process has, and how
many requests of one address it answers at once. Whatever follows a body that was lost is ignored.
"""

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
"""Seconds in which a connection must send its first head, and any further one that it began."""
LONGEST_IDLE = 75
"""Seconds that a connection is kept without a request. This is longer than proxies keep theirs,
and than the few seconds after which programs ask again: a request that is sent while its connection
is being closed is lost."""
SHORTEST_IDLE = 5
"""The same while there are more than `CROWD` connections."""
CROWD = 500
"""Connections of one process from which on idle ones are closed sooner, to make room."""
MOST = 1_000
"""Connections of one process. For one more, the one that has been idle longest is closed. Where
none is idle, further requests are refused as busy."""
MOST_OF_ONE = MOST // 2
"""Requests that one address may have under way in one process; a trusted proxy may have any
number."""
LONGEST_UNREAD = 60.0
"""Seconds in which a client must read at least `LEAST_READ` more of an answer. With TLS the part of
a first answer that is not yet read cannot be seen: it is dropped with the idle connection."""
LEAST_READ = 32 * 1024
"""Bytes."""

BODY_HEADERS = frozenset((b"content-length", b"transfer-encoding"))
"""A request that has a body states one of these."""


async def _refuse_as_busy(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers instead of ours when there are too many requests."""
    await as_refused(problems.busy())(scope, receive, send)


class _Connections:
    """The connections of one server."""

    def __init__(self) -> None:
        self.idle: dict[BoundedProtocol, None] = {}
        """Those without a request; the one that has been idle longest comes first."""
        self.busy: Counter[str] = Counter()
        """How many connections of each address have a request."""


_connections: WeakKeyDictionary[ServerState, _Connections] = WeakKeyDictionary()


class BoundedProtocol(HttpToolsProtocol):
    """One connection, which is closed where it breaks a bound."""

    _head_bytes = 0
    _in_head = True
    _head_deadline: asyncio.TimerHandle | None = None
    _lost_body = False
    _reading_check: asyncio.TimerHandle | None = None
    _address: str | None = None
    """The address that its requests are counted for; None for a trusted proxy."""
    _is_busy = False

    # uvicorn declares the transport so, more narrowly than asyncio.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._all = _connections.setdefault(self.server_state, _Connections())
        self._address = _counted_for(self.client, self.config.forwarded_allow_ips or ())
        if len(self.connections) > MOST and self._all.idle:
            next(iter(self._all.idle)).make_room()
        self._all.idle[self] = None
        self._expect_head()

    def make_room(self) -> None:
        """Close this idle connection for a new one."""
        self._all.idle.pop(self, None)
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._become_idle()
        self._all.idle.pop(self, None)
        self._head_arrived()
        self._answer_was_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._lost_body:
            return
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_deadline is None:
                self._expect_head()
        super().data_received(data)
        if self._in_head and self._head_bytes > LARGEST_HEAD:
            self.transport.close()

    def on_headers_complete(self) -> None:
        self._in_head, self._head_bytes = False, 0
        self._head_arrived()
        too_many = self._become_busy()
        self.app = _refuse_as_busy if too_many else self.config.loaded_app
        super().on_headers_complete()
        if self.parser.should_upgrade() and any(name in BODY_HEADERS for name, _ in self.headers):
            # httptools hands out no body after `Upgrade`, and takes it for the next request.
            self._lost_body = True
            self.cycle.keep_alive = False

    def _become_busy(self) -> bool:
        """Count the connection as one with a request. Returns whether there are too many."""
        self._all.idle.pop(self, None)
        if self._address is not None and not self._is_busy:
            self._is_busy = True
            self._all.busy[self._address] += 1
        return (
            len(self.connections) - len(self._all.idle) > MOST
            or len(self.tasks) >= MOST
            or (self._address is not None and self._all.busy[self._address] > MOST_OF_ONE)
        )

    def _become_idle(self) -> None:
        """Count the connection as one without a request."""
        self._all.idle[self] = None
        if self._address is not None and self._is_busy:
            self._is_busy = False
            self._all.busy[self._address] -= 1
            if not self._all.busy[self._address]:
                del self._all.busy[self._address]

    def on_message_complete(self) -> None:
        self._in_head = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        crowded = len(self.connections) > CROWD
        self.timeout_keep_alive = SHORTEST_IDLE if crowded else LONGEST_IDLE
        if not self.pipeline:
            self._become_idle()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._answer_was_read()

    def _expect_reading(self) -> None:
        unread = self.transport.get_write_buffer_size()
        self._reading_check = self.loop.call_later(LONGEST_UNREAD, self._check_reading, unread)

    def _check_reading(self, unread: int) -> None:
        if self.transport.get_write_buffer_size() > unread - LEAST_READ:
            self.transport.abort()  # `close` would wait for the reader
        else:
            self._expect_reading()

    def _answer_was_read(self) -> None:
        if self._reading_check is not None:
            self._reading_check.cancel()
            self._reading_check = None

    def _expect_head(self) -> None:
        self._head_deadline = self.loop.call_later(LONGEST_HEAD, self._close)

    def _head_arrived(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def _close(self) -> Any:
        self.transport.close()


def _counted_for(client: tuple[str, int] | None, proxies: Sequence[str]) -> str | None:
    """The address that a connection's requests are counted for.

    None for a trusted proxy, and for a client on a Unix socket.
    """
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
