"""Options that several commands take, and reading the paths and scopes given to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from st_tui.cli.command import remark
from st_tui.core.model import Permission

if TYPE_CHECKING:
    from st_tui.core.drafts import Adjusted
    from st_tui.core.model import Scope

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
yes_option = click.option("--yes", is_flag=True, help="Delete without asking.")
token_argument = click.argument("token_id", metavar="ID")
permission_type = click.Choice([permission.value for permission in Permission])
"""The type of an option that names a permission."""
environment_option = click.option(
    "--env", "environment", required=True, metavar="SLUG", help="The environment."
)
operation_option = click.option(
    "--operation", required=True, type=permission_type, help="What is to be done there."
)
trial_levels_option = click.option(
    "--access-level",
    "levels",
    multiple=True,
    type=permission_type,
    help="With --scope; repeatable.",
)
ip_option = click.option(
    "--ip", metavar="ADDR", help="The caller's address. Default: from anywhere."
)
at_option = click.option("--at", metavar="ISO", help="The moment to judge for. Default: now.")


def typed_path(adjusted: Adjusted) -> str:
    """The adjusted path, with a remark where it differs from what was typed."""
    if adjusted.note is not None:
        remark(f"The path was read otherwise: {adjusted.note}.")
    return adjusted.path


def typed_scopes(texts: Iterable[str]) -> tuple[Scope, ...]:
    """The scopes given by --scope, with a remark where one differs from what was typed."""
    from st_tui.core.drafts import parse_scope

    scopes = []
    for text in texts:
        scope, adjustment = parse_scope(text)
        if adjustment is not None:
            remark(f"The scope of {scope.environment} was read otherwise: {adjustment}.")
        scopes.append(scope)
    return tuple(scopes)
