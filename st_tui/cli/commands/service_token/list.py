"""`service-token list`: a table of the tokens."""

from __future__ import annotations

import click

from st_tui.cli.command import Command
from st_tui.cli.open_vault import open_vault, project_in
from st_tui.cli.options import json_option
from st_tui.cli.output import say_json, say_table
from st_tui.cli.token_fields import access_text, status, token_name
from st_tui.core import expiry
from st_tui.core.token_json import tokens_data


@click.command("list", cls=Command)
@click.option(
    "--expiring-within", metavar="DURATION", help="Only those that end within this time, as in 7d."
)
@json_option
def list_tokens(expiring_within: str | None, as_json: bool) -> None:
    """List the project's tokens: the newest first, or those that expire soon, the soonest first."""
    from st_tui.core.model import NO_LIMITS, Limits, Order

    within = None if expiring_within is None else expiry.parse_duration(expiring_within)
    with open_vault() as vault:
        project, now = project_in(vault), vault.now()
        environments = vault.environments.every(project)
        order = Order.CREATED if within is None else Order.EXPIRES
        limits = NO_LIMITS if within is None else Limits(ends_by=now + within)
        tokens = vault.tokens.page(project, order=order, limits=limits)
    if as_json:
        say_json(tokens_data(tokens))
        return
    say_table(
        ("ID", "NAME", "VERSION", "ACCESS", "EXPIRES", "STATUS", "SCOPES"),
        [
            (
                token.id,
                token_name(token),
                f"V{token.version}",
                access_text(token),
                expiry.end_text(token.expires_at, now),
                status(token, environments, now),
                ", ".join(map(str, token.scopes)),
            )
            for token in tokens
        ],
    )
