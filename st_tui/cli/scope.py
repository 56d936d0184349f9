"""`scope`: questions about what scopes open, answered with a proof or a path."""

from __future__ import annotations

import click

from st_tui.cli.commands import Group
from st_tui.cli.scope_compare import compare, lint, verify


@click.group(cls=Group)
def scope() -> None:
    """Compare, prove and lint what tokens may reach."""


for _command in (compare, lint, verify):
    scope.add_command(_command)
