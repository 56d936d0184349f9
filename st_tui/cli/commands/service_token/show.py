"""`service-token show`: all that is known of one token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from st_tui.cli.command import Command
from st_tui.cli.open_vault import find_token, open_vault
from st_tui.cli.options import json_option, token_argument
from st_tui.cli.output import say_fields, say_json
from st_tui.cli.token_fields import token_fields
from st_tui.core.expiry import in_utc
from st_tui.core.token_json import token_data

if TYPE_CHECKING:
    from st_tui.core.vault.lineage import Relative


@click.command(cls=Command)
@token_argument
@json_option
def show(token_id: str, as_json: bool) -> None:
    """Show all that is known of a token."""
    with open_vault() as vault:
        token = find_token(vault, token_id)
        environments = vault.environments.every(vault.projects.of(token))
        related, now = vault.tokens.lineage(token), vault.now()
    if as_json:
        say_json({"serviceTokenData": token_data(token)})
    else:
        fields = token_fields(token, environments, now)
        if related.predecessor:
            fields.append(("Replaces", _relative(related.predecessor)))
        fields += [("Replaced by", _relative(after)) for after in related.successors]
        say_fields(fields)


def _relative(relative: Relative) -> str:
    return f"{relative.name}  {relative.id}  {relative.state(in_utc)}"
