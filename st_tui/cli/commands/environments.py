"""`environments`: list, create, rename and delete environments."""

from __future__ import annotations

import click

from st_tui.cli.command import Group
from st_tui.cli.confirm import confirm
from st_tui.cli.open_vault import open_vault, project_in
from st_tui.cli.options import json_option, yes_option
from st_tui.cli.output import note, say, say_json, say_lost, say_table
from st_tui.core import drafts
from st_tui.core.model import Environment
from st_tui.core.secrets.model import Place
from st_tui.core.wording import counted


@click.group(cls=Group)
def environments() -> None:
    """List, create, rename and delete environments."""


@environments.command("list")
@json_option
def list_environments(as_json: bool) -> None:
    """List the project's environments."""
    with open_vault() as vault:
        every = vault.environments.every(project_in(vault))
    if as_json:
        say_json({"environments": [environment._asdict() for environment in every]})
    else:
        say_table(("SLUG", "NAME"), every)


@environments.command("create")
@click.argument("slug")
@click.option(
    "--name", help="The name that people read; it can be changed later. Default: the slug."
)
def create_environment(slug: str, name: str | None) -> None:
    """Make an environment. Tokens name it by its slug, so that never changes."""
    with open_vault() as vault:
        environment = Environment(slug, slug if name is None else name)
        vault.environments.create(project_in(vault), environment)
    say(f"Made the environment {slug}.")


@environments.command("rename")
@click.argument("slug")
@click.option("--name", required=True, help="The name that people read.")
def rename_environment(slug: str, name: str) -> None:
    """Give an environment another name. Its slug stays, for tokens name it."""
    with open_vault() as vault:
        project = project_in(vault)
        drafts.check_environment(slug, vault.environments.every(project))
        vault.environments.rename(project, Environment(slug, name))
    say(f"The environment {slug} is now called {name}.")


@environments.command("delete")
@click.argument("slug")
@yes_option
def delete_environment(slug: str, yes: bool) -> int:
    """Delete an environment with its folders and secrets.

    Tokens that name it stay, without access there.
    """
    with open_vault() as vault:
        project = project_in(vault)
        every = vault.environments.every(project)
        drafts.check_environment(slug, every)
        orphaned = vault.environments.orphaned_by(project, slug)
        for token in orphaned:
            note(f"Loses its access to {slug}: {token.name} ({token.id})")
        root = Place(slug, "/")
        if not confirm(
            f"Delete the environment {slug} of {project.name} with its folders and its "
            f"{counted(vault.secrets.count(project, root), 'secret')}?",
            yes=yes,
            lost=lambda: vault.secrets.used_by_folder(project, root),
        ):
            return 1
        with vault.together():
            gone = vault.secrets.count(project, root)
            lost = vault.secrets.used_by_folder(project, root)
            vault.environments.delete(project, slug)
    say(f"Deleted the environment {slug} with its folders and {counted(gone, 'secret')}.")
    say_lost(lost)
    return 0
