"""`backup`: write the vault into one file. The keys are kept apart from it."""

from __future__ import annotations

from pathlib import Path

import click

from st_tui.cli.command import Command
from st_tui.cli.open_vault import open_vault, refuse_project
from st_tui.cli.output import note, say
from st_tui.core.files.vault_layout import OPERATOR_KEY, SERVER_KEY


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> int:
    """Write the vault into a new file, while others use it.

    The keys are not in it. Exit status 1: it was written, but it could not be restored.
    """
    refuse_project("`backup` is about the whole vault: leave --project out.")
    with open_vault(sweep=False) as vault:
        flaw = vault.back_up(file)
        directory = vault.directory
    say(f"Wrote {file}.")
    say(
        f"The keys are not in it, and without them it opens nothing: keep a copy of "
        f"{directory / OPERATOR_KEY} and {directory / SERVER_KEY} "
        "somewhere else."
    )
    if flaw is not None:
        note(f"It could not be restored: {flaw}.")
    return 0 if flaw is None else 1
