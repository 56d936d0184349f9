"""`service-token delete`: revoke tokens at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from st_tui.cli.command import Command
from st_tui.cli.confirm import confirm
from st_tui.cli.open_vault import find_token, open_vault
from st_tui.cli.options import yes_option
from st_tui.cli.output import say
from st_tui.cli.token_fields import token_name
from st_tui.core.expiry import in_utc
from st_tui.core.wording import counted

if TYPE_CHECKING:
    from st_tui.core.model import ServiceToken


@click.command(cls=Command)
@click.argument("token_ids", metavar="ID...", nargs=-1, required=True)
@yes_option
def delete(token_ids: tuple[str, ...], yes: bool) -> int:
    """Revoke tokens at once: all that are named, or none if one is not there."""
    with open_vault() as vault:
        tokens = [find_token(vault, token_id) for token_id in dict.fromkeys(token_ids)]
        names = ", ".join(map(token_name, tokens))
        question = f"Delete {counted(len(tokens), 'service token')}: {names}?"
        if not confirm(question, yes=yes, about=map(_described, tokens)):
            return 1
        vault.tokens.revoke(tokens)
    say(f"Deleted {counted(len(tokens), 'service token')}: {names}.")
    return 0


def _described(token: ServiceToken) -> str:
    """A line that tells the token from others, shown before the question."""
    used = "never used" if token.last_used is None else f"last used {in_utc(token.last_used)}"
    return f"{token_name(token)}  {token.id}  created {in_utc(token.created_at)}  {used}"
