"""`scope`: questions about what tokens may do. Each command has its own module."""

from __future__ import annotations

import click

from st_tui.cli.command import Group
from st_tui.cli.commands.scope.around import around
from st_tui.cli.commands.scope.compare import compare
from st_tui.cli.commands.scope.contains import contains
from st_tui.cli.commands.scope.equivalent import equivalent
from st_tui.cli.commands.scope.lint import lint
from st_tui.cli.commands.scope.matrix import matrix
from st_tui.cli.commands.scope.narrow import narrow
from st_tui.cli.commands.scope.overlaps import overlaps
from st_tui.cli.commands.scope.prove import prove
from st_tui.cli.commands.scope.verify import verify
from st_tui.cli.commands.scope.who import who


@click.group(cls=Group)
def scope() -> None:
    """Ask what tokens may do, with a proof or a path."""


for _command in (
    who, prove, overlaps, contains, equivalent, compare, narrow, verify, lint, around, matrix,
):  # fmt: skip
    scope.add_command(_command)
