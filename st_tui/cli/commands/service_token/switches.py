"""`service-token activate`, `deactivate` and `trust`: what can be changed of a V3 token."""

from __future__ import annotations

import click

from st_tui.cli.command import Command
from st_tui.cli.open_vault import find_token, open_vault
from st_tui.cli.options import token_argument
from st_tui.cli.output import say


@click.command(cls=Command)
@token_argument
def activate(token_id: str) -> None:
    """Switch a V3 token on."""
    _set_active(token_id, active=True)


@click.command(cls=Command)
@token_argument
def deactivate(token_id: str) -> None:
    """Switch a V3 token off."""
    _set_active(token_id, active=False)


@click.command(cls=Command)
@token_argument
@click.option(
    "--trusted-ip",
    "ips",
    required=True,
    multiple=True,
    metavar="CIDR",
    help="An address or block that may use the token; repeatable.",
)
def trust(token_id: str, ips: tuple[str, ...]) -> None:
    """Replace the trusted IPs of a V3 token."""
    from st_tui.core.addresses import parse_ranges

    ranges = parse_ranges(ips)
    with open_vault() as vault:
        token = vault.tokens.set_trusted_ips(find_token(vault, token_id), ranges)
    say(f"{token.name} trusts {', '.join(block.text for block in ranges)}.")


def _set_active(token_id: str, *, active: bool) -> None:
    with open_vault() as vault:
        token = vault.tokens.set_active(find_token(vault, token_id), active)
    say(f"{token.name} is {'active' if active else 'inactive'}.")
