"""`web`: the demo in a browser, for somebody who has no terminal at hand."""

from __future__ import annotations

import sys

import click

from st_tui.cli.command import BadUsage, Command
from st_tui.cli.open_vault import refuse_project
from st_tui.cli.output import note, say

_LARGEST_PORT = 65_535
_WEB_PACKAGES = frozenset({"aiohttp", "textual_serve"})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, _LARGEST_PORT),
    default=8000,
    show_default=True,
    help="The port; 0 for any free one.",
)
def web(host: str, port: int) -> None:
    """Show the demo in a browser.

    Each visitor gets a fresh demo of their own. Nobody comes in without the key in the link that
    is printed. Your own vault is not served.
    """
    refuse_project("The demo takes no --project.")
    try:
        from st_tui.web.server import serve
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _WEB_PACKAGES:
            raise
        raise BadUsage(
            "The web demo needs packages of its own: in the clone, run pip install '.[web]'."
        ) from None
    if host not in _LOOPBACK:
        note(f"Warning: whoever has the link reaches the demo on {host}, in clear text.")
    try:
        serve(host, port, _say_started)
    except OSError as error:
        raise BadUsage(f"Cannot listen on {host}:{port}: {error.strerror or error}.") from None


def _say_started(link: str) -> None:
    say(f"Open {link}")
    say("Ctrl-C ends it, and every demo with it.")
    sys.stdout.flush()
