"""`st-tui serve`: the application on uvicorn, in one process or several."""

from __future__ import annotations

import signal
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import uvicorn
from uvicorn.supervisors import Multiprocess

from st_tui.api.application import application
from st_tui.api.protocol import BoundedProtocol
from st_tui.core.addresses import parse_ranges
from st_tui.core.errors import Refusal
from st_tui.core.files.vault_layout import SERVER_KEY
from st_tui.core.vault import Vault

_SECONDS_TO_FINISH = 10
_WAITING_CONNECTIONS = 2048


class ServeError(Refusal):
    """A server that cannot start as asked."""


class Address(NamedTuple):
    """Where to listen, and with which certificate."""

    host: str
    port: int
    certfile: Path | None = None
    keyfile: Path | None = None

    @property
    def scheme(self) -> str:
        """`http`, or `https` with a certificate."""
        return "http" if self.certfile is None else "https"


def serve(
    directory: Path,
    address: Address,
    *,
    workers: int = 1,
    trusted_proxies: Sequence[str] = (),
    started: Callable[[str], None],
) -> None:
    """Serve the vault until SIGTERM, SIGINT, SIGQUIT or SIGHUP; finish requests in flight first.

    `started` is told the URL once the port is taken. Raises Refusal.
    """
    with Vault.open(directory, actor="system", key_file=SERVER_KEY) as vault:
        vault.projects.check_server_key()
    _check_certificate(address)
    config = _config(directory, address, workers, trusted_proxies)
    listening = listen(address)
    _set_signals()
    host = f"[{address.host}]" if ":" in address.host else address.host
    url = f"{address.scheme}://{host}:{listening.getsockname()[1]}"
    if workers > 1:
        _run_workers(config, listening, lambda: started(url))
    else:
        _run(config, listening, lambda: started(url))


def _config(
    directory: Path, address: Address, workers: int, trusted_proxies: Sequence[str]
) -> uvicorn.Config:
    return uvicorn.Config(
        partial(application, directory, parse_ranges(trusted_proxies)),
        factory=True,
        http=BoundedProtocol,
        # Where a library for it is installed, an upgrade would pass by the token and the log.
        ws="none",
        host=address.host,
        port=address.port,
        workers=workers,
        ssl_certfile=address.certfile,
        ssl_keyfile=address.keyfile,
        # uvicorn's own log would name paths, which hold secret names, and show tracebacks.
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        lifespan="on",
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=[text for block in trusted_proxies for text in _spellings(block)],
        backlog=_WAITING_CONNECTIONS,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )


def _set_signals() -> None:
    """Let every signal that ends the server end it alike."""
    # When uvicorn has ended, it raises the signal that ended it again. The exit status is 0.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGQUIT, lambda *_: signal.raise_signal(signal.SIGTERM))
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        # The terminal is gone: end as at SIGTERM, unless `nohup` has SIGHUP ignored.
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def _run_workers(
    config: uvicorn.Config, listening: socket.socket, say_started: Callable[[], None]
) -> None:
    ours = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGQUIT)}
    processes = Multiprocess(config, [listening])
    # uvicorn would start all workers anew at SIGHUP, and pass over SIGQUIT.
    for number, handler in ours.items():
        signal.signal(number, handler)
    say_started()
    processes.run()


def _run(config: uvicorn.Config, listening: socket.socket, say_started: Callable[[], None]) -> None:
    server = _Server(config, say_started)
    server.run([listening])
    if not server.started:
        raise ServeError("The server could not start: the vault changed meanwhile; try again.")


class _Server(uvicorn.Server):
    """Says that it has started once it listens to signals."""

    def __init__(self, config: uvicorn.Config, say_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._say_started = say_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._say_started()


def _spellings(block: str) -> list[str]:
    """A CIDR block as stated; an IPv4 block also as a socket for both families reports it."""
    if ":" in block:
        return [block]
    first, _, bits = block.partition("/")
    return [block, f"::ffff:{first}/{96 + int(bits)}"]


def listen(address: Address) -> socket.socket:
    """A socket that connections can queue at from now on. Raises ServeError."""
    try:
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        listening = socket.socket(family)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address.host, address.port))
        listening.listen(_WAITING_CONNECTIONS)
    except OSError as error:
        raise ServeError(
            f"{address.host} port {address.port} cannot be used: {error.strerror or error}."
        ) from None
    return listening


def _check_certificate(address: Address) -> None:
    """Raise ServeError unless certificate and key can be used together."""
    if address.certfile is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            address.certfile, address.keyfile, password=""
        )
    except (OSError, ValueError):
        raise ServeError(
            f"{address.certfile} and {address.keyfile} are no certificate and its key in PEM "
            "without a passphrase: check both files."
        ) from None
