"""`init`: make a vault and its first project."""

from __future__ import annotations

import click

from st_tui.cli.command import BadUsage, Command
from st_tui.cli.commands.project import named_environments, project_options
from st_tui.cli.open_vault import os_user, vault_directory
from st_tui.cli.output import say, say_fields
from st_tui.core import drafts
from st_tui.core.files.vault_layout import DATABASE, OPERATOR_KEY, SERVER_KEY


@click.command(cls=Command)
@project_options
def init(name: str, slugs: tuple[str, ...], e2ee: bool) -> None:
    """Make a vault, if there is none yet, and a project in it."""
    from st_tui.core.vault import Vault, check_new_project

    environments = named_environments(slugs)
    # Checked before the vault is made: a refused name leaves nothing behind.
    check_new_project(name, environments)
    with Vault.create(vault_directory(), actor=os_user()) as vault:
        slug = drafts.slug_of(name)
        if any(project.slug == slug for project in vault.projects.every()):
            raise BadUsage(
                f"The vault at {vault.directory} has a project {slug!r} already: "
                "use it, or choose another name."
            )
        project = vault.projects.create(name, environments, e2ee=e2ee)
        directory = vault.directory
    say(f"Made the project {project.name}.")
    say_fields(
        [
            ("Project", project.slug),
            ("Environments", ", ".join(environment.slug for environment in environments)),
            ("E2EE", "on" if project.e2ee else "off"),
            ("Database", str(directory / DATABASE)),
            ("Operator key", f"{directory / OPERATOR_KEY} (back it up: it opens all)"),
            ("Server key", str(directory / SERVER_KEY)),
        ]
    )
