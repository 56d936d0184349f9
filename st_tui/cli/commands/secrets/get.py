"""`secrets get`: the value of one secret."""

from __future__ import annotations

import click

from st_tui.cli.commands.secrets.discreet import DiscreetCommand
from st_tui.cli.commands.secrets.folder import (
    expand_option,
    find_place,
    missing_secret_is_no,
    place_options,
    remark_all,
)
from st_tui.cli.json_shapes import secret_data
from st_tui.cli.open_vault import open_vault
from st_tui.cli.options import json_option
from st_tui.cli.output import say_json, say_text


@click.command("get", cls=DiscreetCommand)
@click.argument("name")
@place_options
@expand_option
@json_option
def get_secret(name: str, environment: str | None, path: str, expand: bool, as_json: bool) -> None:
    """Print the value of a secret.

    One that is imported into the folder is found too.
    """
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        with missing_secret_is_no(name):
            found = vault.secrets.look_up(project, place, name, expand=expand)
    remark_all(found.warnings)
    [secret] = found.secrets
    if as_json:
        say_json({"secret": secret_data(secret)})
    else:
        say_text(f"{secret.value}\n")
