"""`serve`: the Infisical-compatible API, for services that hold a token."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from st_tui.cli.command import BadUsage, Command
from st_tui.cli.open_vault import refuse_project, vault_directory
from st_tui.cli.output import note, say

_LARGEST_PORT = 65_535
_MOST_WORKERS = 64
_SERVER_PACKAGES = frozenset({"httptools", "starlette", "uvicorn", "uvloop"})


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, _LARGEST_PORT),
    default=8080,
    show_default=True,
    help="The port; 0 for any free one.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, _MOST_WORKERS),
    default=1,
    show_default=True,
    help="How many processes answer.",
)
@click.option("--certfile", type=Path, metavar="FILE", help="The certificate for TLS, in PEM.")
@click.option("--keyfile", type=Path, metavar="FILE", help="Its key.")
@click.option(
    "--trusted-proxy",
    "trusted_proxies",
    multiple=True,
    metavar="CIDR",
    help="A proxy whose forwarded client addresses count; repeatable.",
)
def serve(
    host: str,
    port: int,
    workers: int,
    certfile: Path | None,
    keyfile: Path | None,
    trusted_proxies: tuple[str, ...],
) -> None:
    """Serve the vault to Infisical's clients.

    Over HTTP, until SIGTERM or Ctrl-C. It reads server.key and never the operator's key: with E2EE
    on it can open no value.
    """
    from st_tui.core.addresses import AddressError, covers_a_family, parse_address, parse_ranges

    refuse_project("The server takes no --project: each token belongs to its own.")
    if (certfile is None) != (keyfile is None):
        raise BadUsage("TLS needs both: give --certfile and --keyfile together.")
    proxies = parse_ranges(trusted_proxies)
    if covers_a_family(proxies):
        raise BadUsage(
            "Not everybody is a trusted proxy: with all of IPv4 or IPv6 each client could state "
            "the address it likes; give the addresses of your proxies."
        )
    try:
        loopback = _is_loopback(parse_address(host))
    except AddressError:
        loopback = host == "localhost"
    try:
        from st_tui.api.server import Address
        from st_tui.api.server import serve as run
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _SERVER_PACKAGES:
            raise
        raise BadUsage(
            "The server needs packages of its own: in the clone, run pip install '.[server]'."
        ) from None
    if not loopback and certfile is None:
        note(
            f"Warning: tokens and secrets will pass {host} in clear text: "
            "give --certfile and --keyfile, or put a proxy with TLS before it."
        )
    run(
        vault_directory(),
        Address(host, port, certfile, keyfile),
        workers=workers,
        trusted_proxies=[block.text for block in proxies],
        started=_say_started,
    )


def _is_loopback(ip: int) -> bool:
    from st_tui.core.addresses import parse_range

    return any(
        block.first <= ip <= block.last
        for block in (parse_range("127.0.0.0/8"), parse_range("::1"))
    )


def _say_started(url: str) -> None:
    say(f"Serving {url}")
    sys.stdout.flush()
