"""`secrets list`: the secrets of a folder."""

from __future__ import annotations

import click

from st_tui.cli.command import remark
from st_tui.cli.commands.secrets.discreet import DiscreetCommand
from st_tui.cli.commands.secrets.folder import find_place, place_options, remark_all
from st_tui.cli.json_shapes import secret_data
from st_tui.cli.open_vault import open_vault
from st_tui.cli.options import json_option
from st_tui.cli.output import say_json, say_table
from st_tui.core import expiry


@click.command("list", cls=DiscreetCommand)
@place_options
@json_option
def list_secrets(environment: str | None, path: str, as_json: bool) -> None:
    """List the secrets of a folder.

    Names and versions; the values too, as they are stored, with --json.
    """
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        if as_json:
            found = vault.secrets.read(project, place)
            remark_all(found.warnings)
            say_json({"secrets": [secret_data(secret) for secret in found.secrets]})
            return
        listed = vault.secrets.listed(project, place)
        links = vault.secrets.imports(project, place)
    remark_all(listed.warnings)
    say_table(
        ("NAME", "VERSION", "UPDATED"),
        [
            (secret.name, str(secret.version), expiry.in_utc(secret.updated_at))
            for secret in listed.secrets
        ],
    )
    if links:
        remark(f"More come from {', '.join(str(link.source) for link in links)}.")
