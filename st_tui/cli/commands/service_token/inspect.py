"""`service-token inspect`: which token a text is, and whether its secret is right."""

from __future__ import annotations

import click

from st_tui.cli.command import Command
from st_tui.cli.open_vault import open_vault, require_project
from st_tui.cli.options import json_option
from st_tui.cli.output import say, say_fields, say_json
from st_tui.cli.secret_input import read_token
from st_tui.cli.token_fields import status, token_fields
from st_tui.core import expiry
from st_tui.core.token_json import token_data


@click.command(cls=Command)
@click.argument("text", metavar="-")
@json_option
def inspect(text: str, as_json: bool) -> int:
    """Read a token's text from stdin; say which token it is, and whether its secret is right."""
    from st_tui.core.vault import ended_at

    parsed = read_token(text)
    with open_vault(sweep=False) as vault:
        known, now = vault.tokens.lookup(parsed.id), vault.now()
        token, environments = known.token, []
        # The hash of a swept token's secret is deleted: there is nothing to compare with.
        matches = None if known.tombstone else vault.tokens.authenticate(parsed).token is not None
        if token is not None:
            require_project(vault, token)
            environments = vault.environments.every(vault.projects.of(token))
    if as_json:
        state = "expired" if known.tombstone else "unknown"
        data = None
        if token is not None:
            state, data = status(token, environments, now), token_data(token)
        say_json({"serviceTokenData": data, "status": state, "secretMatches": matches})
    elif token is not None:
        verdict = "matches" if matches else "does not match: this is not the token's text"
        say_fields([*token_fields(token, environments, now), ("Secret", verdict)])
    elif known.tombstone is not None:
        say(f"That token expired at {expiry.iso(ended_at(known.tombstone))} and was deleted.")
    else:
        say(f"The vault knows no token {parsed.id}.")
    return 0 if matches else 1
