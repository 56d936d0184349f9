"""The server of the demo: its routes, and what a request must have.

textual-serve guards none of its routes, so that any page that a browser has open could drive the
app. Here each path begins with a random key, which only the link has. `Host` must be a name of this
server, so that no foreign name leads here (DNS rebinding). `Origin`, where a browser sends it, must
be the server itself, and the WebSocket is refused without it.
"""

from __future__ import annotations

import asyncio
import hmac
import html
import json
import secrets
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import urlsplit

import textual_serve
from aiohttp import WSMsgType, web

from st_tui.web.visitor import LONGEST_VISIT, Visitor

MOST_VISITORS = 8
"""Visitors at a time. Each has a process of its own, of some 60 MB."""

_STATIC: Final = Path(textual_serve.__file__).parent / "static"
_FILES: Final = (
    "css/xterm.css",
    "js/textual.js",
    "fonts/RobotoMono-VariableFont_wght.ttf",
    "fonts/RobotoMono-Italic-VariableFont_wght.ttf",
)
_LARGEST_MESSAGE = 64 * 1024
_LARGEST_SIDE = 500
"""The most columns or rows of a visitor's terminal."""
_ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  (to recognise them)
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def names_of(host: str) -> frozenset[str]:
    """The names that a request may call this server by in `Host`, given where it listens."""
    loopback = {"localhost", "127.0.0.1", "::1"}
    if host in loopback:
        return frozenset(loopback)
    if host in _ANYWHERE:
        own = socket.gethostname()
        found: set[str] = set()
        with suppress(OSError):
            found = {str(info[4][0]) for info in socket.getaddrinfo(own, None)}
        return frozenset(loopback | {own.casefold(), *found})
    return frozenset({host.casefold()})


class DemoServer:
    """Serves a fresh demo to each visitor who has the key. `names` are what `Host` may be."""

    def __init__(self, names: frozenset[str]) -> None:
        self.key = secrets.token_urlsafe(24)
        self._names = names
        self._visitors: set[Visitor] = set()

    def application(self) -> web.Application:
        """The routes, all of them behind the guard."""
        application = web.Application(middlewares=[self._guard])
        application.add_routes(
            [
                web.get("/{key}/", self._page),
                web.get("/{key}/page.js", self._script),
                web.get("/{key}/ws", self._socket),
                web.get("/{key}/static/{name:.+}", self._file),
            ]
        )
        application.on_shutdown.append(self._end_visits)
        return application

    @web.middleware
    async def _guard(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Refuse a request that lacks the key, or comes by a foreign name or from another page."""
        key = request.path.split("/")[1]
        if not hmac.compare_digest(key.encode(), self.key.encode()):
            raise web.HTTPForbidden(text="Open the link that st-tui web printed: it has a key.\n")
        if _host_name(request.host) not in self._names:
            raise web.HTTPForbidden(text="This server has another name.\n")
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text="Another page must not use the demo.\n")
        return await handler(request)

    async def _page(self, request: web.Request) -> web.Response:
        page = Template(_own("page.html"))
        socket_url = f"ws://{request.host}/{self.key}/ws"
        return web.Response(
            text=page.substitute(socket=html.escape(socket_url)),
            content_type="text/html",
            headers={**_HEADERS, "Content-Security-Policy": _policy(request.host)},
        )

    async def _script(self, request: web.Request) -> web.Response:
        return web.Response(text=_own("page.js"), content_type="text/javascript", headers=_HEADERS)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """One of textual-serve's files."""
        name = request.match_info["name"]
        if name not in _FILES:
            raise web.HTTPNotFound
        return web.FileResponse(_STATIC / name, headers=_HEADERS)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        """One visit: what the browser types goes to its demo, what that draws comes back."""
        if "Origin" not in request.headers:
            raise web.HTTPForbidden(text="Only a browser's page may use the demo.\n")
        if len(self._visitors) >= MOST_VISITORS:
            raise web.HTTPServiceUnavailable(
                text=f"{MOST_VISITORS} people look at the demo already. Try again later.\n"
            )
        connection = web.WebSocketResponse(heartbeat=15, max_msg_size=_LARGEST_MESSAGE)
        visitor = Visitor(
            write_bytes=connection.send_bytes,
            write_str=connection.send_str,
            close=_closer(connection),
        )
        self._visitors.add(visitor)
        try:
            await connection.prepare(request)
            await visitor.start(
                _side(request.query.get("width", "")), _side(request.query.get("height", ""))
            )
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_VISIT):
                    await _listen(connection, visitor)
        finally:
            self._visitors.discard(visitor)
            await visitor.stop()
            await connection.close()
        return connection

    async def _end_visits(self, _application: web.Application) -> None:
        await asyncio.gather(*(visitor.stop() for visitor in self._visitors))


def _own(name: str) -> str:
    """One of the page's own files."""
    return files("st_tui.web").joinpath(name).read_text("utf-8")


async def _listen(connection: web.WebSocketResponse, visitor: Visitor) -> None:
    """Pass a visitor's messages on, until one is none that textual-serve's page sends."""
    async for message in connection:
        if message.type is not WSMsgType.TEXT:
            return
        try:
            kind, *rest = json.loads(message.data)
            if kind == "stdin":
                await visitor.send_bytes(str(rest[0]).encode())
            elif kind == "resize":
                await visitor.set_terminal_size(_side(rest[0]["width"]), _side(rest[0]["height"]))
            elif kind == "ping":
                await connection.send_json(["pong", str(rest[0])])
            elif kind == "focus":
                await visitor.focus()
            elif kind == "blur":
                await visitor.blur()
        except (ValueError, TypeError, LookupError, AttributeError):
            return


def _closer(connection: web.WebSocketResponse) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        await connection.close()

    return close


def _side(said: object) -> int:
    """Columns or rows that a browser said, within reason. Raises TypeError for no number."""
    number = (
        int(said) if isinstance(said, int) or (isinstance(said, str) and said.isdigit()) else 80
    )
    return max(1, min(number, _LARGEST_SIDE))


def _host_name(host: str) -> str:
    """The name in a `Host` header, without its port and an IPv6 address's brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _policy(host: str) -> str:
    """The page may load its own parts and talk to its own server; nothing else, nowhere else."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        f"font-src 'self'; img-src 'self' data:; connect-src 'self' ws://{host}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def serve(host: str, port: int, started: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `started` gets the link. Raises OSError for a taken port."""
    server = DemoServer(names_of(host))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listening:
        shown_host = f"[{host}]" if ":" in host else host
        link = f"http://{shown_host}:{listening.getsockname()[1]}/{server.key}/"

        async def say_started(_application: web.Application) -> None:
            started(link)

        application = server.application()
        application.on_startup.append(say_started)
        web.run_app(application, sock=listening, print=None, access_log=None)
