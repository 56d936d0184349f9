"""`service-token rotate`: replace a token with a new one."""

from __future__ import annotations

from typing import Any

import click

from st_tui.cli.command import Command
from st_tui.cli.commands.service_token.new_token import (
    ExpiryOptions,
    check_form,
    expiry_options,
    form_options,
    show_new,
)
from st_tui.cli.open_vault import find_token, open_vault
from st_tui.cli.options import token_argument
from st_tui.cli.output import note
from st_tui.core import expiry
from st_tui.core.wording import old_token_works


@click.command(cls=Command)
@token_argument
@click.option(
    "--overlap",
    type=int,
    default=0,
    metavar="S",
    help="Let the old token live for so many seconds more. Default: it ends at once.",
)
@expiry_options
@form_options
def rotate(
    token_id: str, overlap: int, token_only: bool, as_json: bool, **expiry_options: Any
) -> None:
    """Replace a token with a new one: same name, scopes, switches and end. The old one ends."""
    check_form(token_only, as_json)
    ending = ExpiryOptions(**expiry_options)
    now = expiry.system_clock()
    with open_vault(now=now) as vault:
        new = vault.tokens.rotate(
            find_token(vault, token_id),
            overlap=overlap * expiry.SECOND,
            keep_end=not ending.stated,
            expires_at=ending.from_now(now),
        )
        environments = vault.environments.every(vault.projects.of(new.token))
    show_new(new, environments, now, token_only=token_only, as_json=as_json)
    if new.replaced is not None and new.replaced.ends_at is not None:
        note(old_token_works(new.replaced, expiry.iso))
