"""One real HTTP call to a running server: what is sent, and what came back.

It is made with `http.client`, which follows no redirect and uses no proxy. So the token goes to the
server that was named, and nowhere else.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from secrets import token_hex
from socket import gaierror
from threading import Thread
from time import monotonic, perf_counter
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from st_tui import __version__
from st_tui.core.errors import Refusal
from st_tui.core.json_text import read_object
from st_tui.core.model import AccessRequest, Endpoint, Permission
from st_tui.core.plain_text import refuse_controls

SECONDS = 5
"""How long a whole try may take."""
_LARGEST = 64 * 1024 * 1024
"""Bytes of a reply that are read at most."""
_AT_ONCE = 64 * 1024
"""Bytes of a reply that are read between two looks at the time."""
_PORTS = {"http": 80, "https": 443}


class CallFailed(Refusal):
    """No reply came, or none of an st-tui server. The sentence never holds the token."""


class Server(NamedTuple):
    """Where a server runs."""

    scheme: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """The server's URL, with its port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def in_clear(self) -> bool:
        """Whether others on the way can read the token."""
        return self.scheme == "http" and not _is_this_machine(self.host)


class HttpCall(NamedTuple):
    """A request without its token: method, path with query, and a body that may be empty."""

    method: str
    target: str
    body: str = ""


class Reply(NamedTuple):
    """What came back. `secrets` is how many a list has; their values are not kept.

    `own_address` is the address that the call came from, as a server without a proxy sees it.
    """

    status: int
    error: str
    message: str
    secrets: int | None
    milliseconds: int
    own_address: str


def parse_server(text: str) -> Server:
    """The server at a URL; `http://` may be left out. Raises CallFailed or TextError."""
    typed = text.strip()
    refuse_controls(typed, "address of the server")
    whole = typed if "://" in typed else f"http://{typed}"
    try:
        parts = urlsplit(whole)
        host, port = parts.hostname or "", parts.port
        is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment)
        if parts.scheme not in _PORTS or not host or port == 0 or " " in host or not is_bare:
            raise ValueError
        if parts.username is not None:
            raise ValueError
    except ValueError:
        raise CallFailed(
            "That is no address of a server: write one like http://127.0.0.1:8080 or "
            "https://secrets.example.com."
        ) from None
    return Server(parts.scheme, host, port or _PORTS[parts.scheme])


WHAT_HAPPENS = {
    Permission.READ: "Lists the folder's secrets; only their number is shown here.",
    Permission.WRITE: "Deletes a secret that is not there: nothing is changed, 404 means allowed.",
}
"""What the person is told of the call that `call_for` makes, before it is sent."""


def call_for(request: AccessRequest) -> HttpCall:
    """The call that makes the server decide about this request, and changes nothing.

    A read lists the folder's secrets. A write deletes a secret by a random name. The server looks
    for it only after it has admitted the token, and answers that there is none.
    """
    secrets = "/api/v3/secrets/raw" if request.endpoint is Endpoint.RAW else "/api/v3/secrets"
    place = {"environment": request.environment, "secretPath": request.path}
    if request.operation is Permission.WRITE:
        return HttpCall("DELETE", f"{secrets}/ST_TUI_TRY_{token_hex(8)}", json.dumps(place))
    if request.endpoint is Endpoint.RAW:
        place["viewSecretValue"] = "false"  # nobody looks at them here
    return HttpCall("GET", f"{secrets}?{urlencode(place, safe='/')}")


async def send_in_thread(server: Server, call: HttpCall, access_token: str) -> Reply:
    """Send a call in a thread and wait for the reply. Raises CallFailed.

    It is a daemon thread, so that the app's end need not wait: a name look-up cannot be cancelled.
    """
    loop = asyncio.get_running_loop()
    came: asyncio.Future[Reply] = loop.create_future()

    def settle(answer: Reply | None, fault: Exception | None) -> None:
        if came.done():
            return  # too late, or nobody waits any more
        if answer is not None:
            came.set_result(answer)
        elif fault is not None:
            came.set_exception(fault)

    def run() -> None:
        answer, fault = None, None
        try:
            answer = send(server, call, access_token)
        except Exception as error:
            fault = error
        with suppress(RuntimeError):  # the app ended meanwhile
            loop.call_soon_threadsafe(partial(settle, answer, fault))

    Thread(target=run, daemon=True).start()
    try:
        async with asyncio.timeout(SECONDS):
            return await came
    except TimeoutError:
        raise CallFailed(_timed_out(server)) from None


def send(server: Server, call: HttpCall, access_token: str) -> Reply:
    """Send a call and read the reply. Raises CallFailed.

    It first asks the server for its status, so that only an st-tui server sees the token.
    """
    deadline = monotonic() + SECONDS
    try:
        with closing(_connection(server)) as connection:
            connection.connect()
            own_address = connection.sock.getsockname()[0]
            status, said = _exchange(connection, HttpCall("GET", "/api/status"), {}, deadline)
            if status != 200 or set(said) != {"date", "message"}:
                raise CallFailed(_not_st_tui(server, status))
            headers = {"Authorization": f"Bearer {access_token}"}
            started = perf_counter()
            status, said = _exchange(connection, call, headers, deadline)
            milliseconds = round((perf_counter() - started) * 1000)
    except CallFailed:
        raise
    except (OSError, HTTPException, UnicodeError) as error:
        raise CallFailed(_what_failed(server, error)) from None
    if not said:
        raise CallFailed(_not_st_tui(server, status))
    listed = said.get("secrets")
    return Reply(
        status,
        str(said.get("error", "")),
        str(said.get("message", "")),
        len(listed) if isinstance(listed, list) else None,
        milliseconds,
        own_address,
    )


def _connection(server: Server) -> HTTPConnection:
    if server.scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(server.host, server.port, timeout=SECONDS, context=context)
    return HTTPConnection(server.host, server.port, timeout=SECONDS)


def _exchange(
    connection: HTTPConnection, call: HttpCall, headers: dict[str, str], deadline: float
) -> tuple[int, dict[str, Any]]:
    """The status and the JSON object that came back; an empty one for anything else."""
    if monotonic() > deadline:
        raise TimeoutError
    headers = {"Accept": "application/json", "User-Agent": f"st-tui/{__version__}", **headers}
    if call.body:
        headers["Content-Type"] = "application/json"
    connection.request(call.method, call.target, call.body.encode() or None, headers)
    received = bytearray()
    # Closed by `with`: read in pieces, it would keep the connection from the next request.
    with connection.getresponse() as response:
        while chunk := response.read1(_AT_ONCE):
            received += chunk
            if len(received) > _LARGEST:
                raise CallFailed("The answer is over 64 MiB: it was not read to its end.")
            if monotonic() > deadline:
                raise TimeoutError
    return response.status, read_object(received) or {}


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _timed_out(server: Server) -> str:
    return f"{server.url} did not answer within {SECONDS} seconds."


def _not_st_tui(server: Server, status: int) -> str:
    if 300 <= status < 400:
        return f"{server.url} redirects elsewhere, which is not followed: write the address meant."
    return f"What answers at {server.url} is no st-tui server."


def _what_failed(server: Server, error: Exception) -> str:
    url = server.url
    match error:
        case TimeoutError():
            return _timed_out(server)
        case ConnectionRefusedError():
            return f"Nothing answers at {url}: start `st-tui serve`, or write where it runs."
        case ssl.SSLCertVerificationError():
            return (
                f"The certificate of {server.host} is not trusted ({error.verify_message}). If its "
                "authority is your own, name its file in SSL_CERT_FILE and start st-tui again."
            )
        case ssl.SSLError():
            return f"{url} does not speak TLS: if the server has no certificate, write http://."
        case gaierror() | UnicodeError():
            return f"There is no host {server.host!r}: write another name or its address."
        case ConnectionError():
            return f"{url} broke off without an answer: if the server has a certificate, write https://."
        case HTTPException():
            return f"What answers at {url} is no HTTP server."
        case _:
            reason = getattr(error, "strerror", None) or type(error).__name__
            return f"{url} cannot be reached: {reason}."
