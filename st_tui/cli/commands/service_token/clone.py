"""`service-token clone`: make a token like another."""

from __future__ import annotations

import click

from st_tui.cli.command import Command
from st_tui.cli.commands.service_token.new_token import (
    check_form,
    form_options,
    say_warnings,
    show_new,
    warnings_about,
)
from st_tui.cli.open_vault import find_token, open_vault
from st_tui.cli.options import token_argument
from st_tui.core import expiry


@click.command(cls=Command)
@token_argument
@click.option("--name", help="Default: the original's, with `copy` behind it.")
@form_options
def clone(token_id: str, name: str | None, token_only: bool, as_json: bool) -> None:
    """Make a token like another: same scopes and permissions, the same duration from now."""
    check_form(token_only, as_json)
    now = expiry.system_clock()
    with open_vault(now=now) as vault:
        token = find_token(vault, token_id)
        project = vault.projects.of(token)
        environments = vault.environments.every(project)
        warnings = warnings_about(vault, project, vault.tokens.clone_draft(token, name=name))
        new = vault.tokens.clone(token, name=name)
    show_new(new, environments, now, token_only=token_only, as_json=as_json)
    say_warnings(warnings)
