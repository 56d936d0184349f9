"""`secrets`: read and write a folder's secrets. Each command has its own module."""

from __future__ import annotations

import click

from st_tui.cli.commands.secrets.delete import delete_secrets
from st_tui.cli.commands.secrets.discreet import DiscreetGroup
from st_tui.cli.commands.secrets.export import export
from st_tui.cli.commands.secrets.get import get_secret
from st_tui.cli.commands.secrets.import_file import import_secrets
from st_tui.cli.commands.secrets.imports import imports
from st_tui.cli.commands.secrets.list import list_secrets
from st_tui.cli.commands.secrets.set import set_secrets


@click.group(cls=DiscreetGroup)
def secrets() -> None:
    """Read, write, import and export secrets."""


for _command in (
    list_secrets, get_secret, set_secrets, delete_secrets, import_secrets, export, imports,
):  # fmt: skip
    secrets.add_command(_command)
