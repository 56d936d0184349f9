"""`backup` and `restore`: the vault as one file, which its keys are kept apart from."""

from __future__ import annotations

from pathlib import Path

import click

from st_tui.cli.command import (
    BadUsage,
    Command,
    open_vault,
    os_user,
    remark,
    stated_project,
    vault_directory,
)
from st_tui.cli.output import note, say
from st_tui.cli.secret_input import confirm
from st_tui.core.files import vault_files
from st_tui.core.wording import counted

_file = click.argument("file", type=click.Path(path_type=Path))


@click.command(cls=Command)
@_file
def backup(file: Path) -> int:
    """Write the vault into a new file, while others use it.

    The keys are not in it. Exit status 1: it was written, but it could not be restored.
    """
    _require_no_project("backup")
    with open_vault(sweep=False) as vault:
        flaw = vault.back_up(file)
        directory = vault.directory
    say(f"Wrote {file}.")
    say(
        f"The keys are not in it, and without them it opens nothing: keep a copy of "
        f"{directory / vault_files.OPERATOR_KEY} and {directory / vault_files.SERVER_KEY} "
        "somewhere else."
    )
    if flaw is not None:
        note(f"It could not be restored: {flaw}.")
    return 0 if flaw is None else 1


@click.command(cls=Command)
@_file
@click.option("--yes", is_flag=True, help="Replace the vault without asking.")
def restore(file: Path, yes: bool) -> int:
    """Replace the vault with a backup.

    The directory must have the keys. The file is checked first: that it is whole, that its audit
    log was not changed, that its tokens are what the log says, and that the keys open it.
    """
    _require_no_project("restore")
    from st_tui.core.vault.backups import candidate

    directory = vault_directory()
    with candidate(directory, file, actor=os_user()) as found:
        if vault_files.has_database(directory):
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


def _require_no_project(command: str) -> None:
    if stated_project() is not None:
        raise BadUsage(f"`{command}` is about the whole vault: leave --project out.")
