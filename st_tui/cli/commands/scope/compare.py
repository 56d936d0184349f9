"""`scope compare`: what another token, or these scopes, allow more and less than a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from st_tui.cli.command import BadUsage, Command
from st_tui.cli.commands.scope.certificates import certificates_data, require_one_project
from st_tui.cli.open_vault import open_vault, require_token
from st_tui.cli.options import json_option, trial_levels_option, typed_scopes
from st_tui.cli.output import say, say_json
from st_tui.core import drafts
from st_tui.core.model import Permission
from st_tui.core.wording import counted

if TYPE_CHECKING:
    from st_tui.core.algebra.comparison import Surplus


@click.command(cls=Command)
@click.argument("token_id", metavar="ID")
@click.argument("other_id", metavar="[OTHER_ID]", required=False)
@click.option(
    "--scope", "scopes", multiple=True, metavar="ENV:PATH", help="Instead of OTHER_ID; repeatable."
)
@trial_levels_option
@json_option
def compare(
    token_id: str,
    other_id: str | None,
    scopes: tuple[str, ...],
    levels: tuple[str, ...],
    as_json: bool,
) -> int:
    """Say what another token, or these scopes, would allow more and less than a token.

    Exit status 0: nothing more; 1: something more. --json carries the proofs, for `scope verify`.
    """
    from st_tui.core.algebra.comparison import Boundary, Grants, surplus

    if (other_id is None) == (not (scopes and levels)) or (other_id and (scopes or levels)):
        raise BadUsage("Give either a second token's id, or --scope with --access-level.")
    with open_vault(sweep=False) as vault:
        old = require_token(vault, token_id)
        project = vault.projects.of(old)
        folders = vault.folders.of_each(project)
        new: Grants
        if other_id is not None:
            new = other = require_token(vault, other_id)
            require_one_project(old, other)
        else:
            parsed = typed_scopes(scopes)
            environments = vault.environments.every(project)
            for scope in parsed:
                drafts.check_environment(scope.environment, environments)
            new = Boundary(parsed, frozenset(map(Permission, levels)))
    gains, inside = surplus(new, old, folders)
    losses, _ = surplus(old, new, folders)
    if as_json:
        say_json(
            {
                "gains": [_surplus_data(one) for one in gains],
                "losses": [_surplus_data(one) for one in losses],
                "certificates": certificates_data(inside),
            }
        )
        return 1 if gains else 0
    for sign, side in (("+", gains), ("-", losses)):
        for one in side:
            where = "the folder" if one.exists else "for example"
            say(f"{sign} {' and '.join(one.operations)} {one.scope}  {where} {one.witness}")
    if not gains:
        say(f"Nothing more is allowed: proved for {counted(len(inside), 'scope')}.")
    return 1 if gains else 0


def _surplus_data(one: Surplus) -> dict[str, Any]:
    return {
        **one.scope.data,
        "operations": [operation.value for operation in one.operations],
        "witness": one.witness,
        "witnessExists": one.exists,
    }
