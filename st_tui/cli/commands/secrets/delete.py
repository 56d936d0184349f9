"""`secrets delete`: delete secrets with all their versions."""

from __future__ import annotations

import click

from st_tui.cli.commands.secrets.discreet import DiscreetCommand
from st_tui.cli.commands.secrets.folder import find_place, missing_secret_is_no, place_options
from st_tui.cli.confirm import confirm
from st_tui.cli.open_vault import open_vault
from st_tui.cli.options import yes_option
from st_tui.cli.output import say, say_lost
from st_tui.core.secrets.model import trimmed
from st_tui.core.wording import counted


@click.command("delete", cls=DiscreetCommand)
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@place_options
@yes_option
def delete_secrets(names: tuple[str, ...], environment: str | None, path: str, yes: bool) -> int:
    """Delete secrets with all their versions.

    All that are named, or none if one is not there.
    """
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        names = tuple(dict.fromkeys(map(trimmed, names)))
        for name in names:
            with missing_secret_is_no(name):
                vault.secrets.versions(project, place, name)
        listed = ", ".join(names)
        if not confirm(
            f"Delete {counted(len(names), 'secret')} from {place}: {listed}?",
            yes=yes,
            lost=lambda: vault.secrets.used_by(project, place, *names),
        ):
            return 1
        with vault.together():
            lost = vault.secrets.used_by(project, place, *names)
            vault.secrets.delete(project, place, *names)
    say(f"Deleted {counted(len(names), 'secret')} from {place}: {listed}.")
    say_lost(lost)
    return 0
