"""`restore`: replace the vault with a backup."""

from __future__ import annotations

from pathlib import Path

import click

from st_tui.cli.command import Command, remark
from st_tui.cli.confirm import confirm
from st_tui.cli.open_vault import os_user, refuse_project, vault_directory
from st_tui.cli.output import note, say
from st_tui.core.files.vault_layout import has_database
from st_tui.core.wording import counted


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Replace the vault without asking.")
def restore(file: Path, yes: bool) -> int:
    """Replace the vault with a backup.

    The directory must have the keys. The file is checked first: that it is whole, that its audit
    log was not changed, that its tokens are what the log says, and that the keys open it.
    """
    refuse_project("`restore` is about the whole vault: leave --project out.")
    from st_tui.core.vault.backups import candidate

    directory = vault_directory()
    with candidate(directory, file, actor=os_user()) as found:
        if has_database(directory):
            widened = found.widened()
            for token in widened.in_time:
                note(f"Works again or for longer: {token.name} ({token.id})")
            for token in widened.in_addresses:
                note(f"Works from more addresses: {token.name} ({token.id})")
            for project in widened.without_e2ee:
                note(f"E2EE is off again, so the server can read its secrets: {project.name}")
            if not confirm(
                f"Replace the vault at {directory}, and its audit log, by what {file} holds?",
                yes=yes,
                otherwise="Nothing was changed.",
            ):
                return 1
        else:
            remark("Tokens that were deleted after the backup was made work again.")
        content = found.content()
        found.put_in_place()
    say(
        f"Restored {counted(content.projects, 'project')}, "
        f"{counted(content.tokens, 'service token')} and "
        f"{counted(content.audit_entries, 'audit entry', 'audit entries')}."
    )
    return 0
