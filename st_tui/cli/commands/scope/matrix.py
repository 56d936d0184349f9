"""`scope matrix`: what every token may do in every folder."""

from __future__ import annotations

import click

from st_tui.cli.command import Command
from st_tui.cli.open_vault import open_vault, project_in
from st_tui.cli.options import environment_option, json_option
from st_tui.cli.output import say, say_json, say_table
from st_tui.cli.token_fields import token_name
from st_tui.core import drafts
from st_tui.core.errors import Refusal
from st_tui.core.model import AccessRequest, Permission


@click.command(cls=Command)
@environment_option
@json_option
def matrix(environment: str, as_json: bool) -> None:
    """Print what every token may do in every folder of an environment: R, W, or RW.

    The verdicts are for now, from anywhere, at an E2EE endpoint. Small letters: the scopes grant
    it, but the token has ended, is not activated, or works only from the addresses it trusts.
    """
    from st_tui.core.matrix import letters

    with open_vault(sweep=False) as vault:
        project = project_in(vault)
        drafts.check_environment(environment, vault.environments.every(project))
        folders = ["/", *vault.folders.every(project, environment)]
        tokens = vault.tokens.page(project)
        now = vault.now()
    if not tokens:
        raise Refusal("There is no token to look at: make one first.")

    def request(path: str, operation: Permission) -> AccessRequest:
        return AccessRequest(environment, path, operation, now, e2ee=project.e2ee)

    cells = [[letters(token, path, request) for path in folders] for token in tokens]
    if as_json:
        say_json(
            {
                "environment": environment,
                "folders": folders,
                "tokens": [
                    {
                        "id": token.id,
                        "name": token.name,
                        "access": [cell.strip(" ·") for cell in row],
                    }
                    for token, row in zip(tokens, cells, strict=True)
                ],
            }
        )
        return
    numbers = [str(number) for number in range(1, len(folders) + 1)]
    say_table(
        ("NAME", *numbers),
        [(token_name(token), *row) for token, row in zip(tokens, cells, strict=True)],
    )
    say()
    say_table(("COLUMN", "FOLDER"), zip(numbers, folders, strict=True))
