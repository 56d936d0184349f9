"""`service-token`: make, list, switch and delete tokens. Each command has its own module."""

from __future__ import annotations

import click

from st_tui.cli.command import Group
from st_tui.cli.commands.service_token.clone import clone
from st_tui.cli.commands.service_token.create import create
from st_tui.cli.commands.service_token.delete import delete
from st_tui.cli.commands.service_token.inspect import inspect
from st_tui.cli.commands.service_token.list import list_tokens
from st_tui.cli.commands.service_token.rotate import rotate
from st_tui.cli.commands.service_token.show import show
from st_tui.cli.commands.service_token.switches import activate, deactivate, trust


@click.group("service-token", cls=Group)
def service_token() -> None:
    """Create, list, clone, rotate and delete service tokens."""


for _command in (
    create, list_tokens, show, inspect, clone, rotate, delete, activate, deactivate, trust,
):  # fmt: skip
    service_token.add_command(_command)
