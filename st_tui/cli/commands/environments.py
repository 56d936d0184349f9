"""`environments` and `folders`: the places that scopes speak of."""

from __future__ import annotations

import click

from st_tui.cli.command import (
    Group,
    NotFound,
    json_option,
    open_vault,
    project_in,
    yes_option,
)
from st_tui.cli.output import note, say, say_json, say_lost, say_table
from st_tui.cli.secret_input import confirm
from st_tui.core import drafts
from st_tui.core.model import Environment
from st_tui.core.secrets.model import Place
from st_tui.core.wording import counted

_environment = click.option(
    "--env", "environment", required=True, metavar="SLUG", help="The folder's environment."
)
_path = click.option("--path", required=True, help="The folder's path, as in /common/db.")


@click.group(cls=Group)
def environments() -> None:
    """List, create and delete environments."""


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


@click.group(cls=Group)
def folders() -> None:
    """List, create and delete folders."""


@folders.command("list")
@click.option("--env", "environment", metavar="SLUG", help="Only this environment's.")
@json_option
def list_folders(environment: str | None, as_json: bool) -> None:
    """List the folders, parents before children."""
    with open_vault() as vault:
        project = project_in(vault)
        every = vault.environments.every(project)
        if environment is not None:
            drafts.check_environment(environment, every)
            every = [known for known in every if known.slug == environment]
        found = [
            (known.slug, path)
            for known in every
            for path in vault.folders.every(project, known.slug)
        ]
    if as_json:
        say_json({"folders": [{"path": path, "environment": slug} for slug, path in found]})
    else:
        say_table(("ENVIRONMENT", "PATH"), found)


@folders.command("create")
@_environment
@_path
def create_folder(environment: str, path: str) -> None:
    """Make a folder and its missing parents."""
    with open_vault() as vault:
        folder = vault.folders.create(project_in(vault), environment, path)
    say(f"Made the folder {folder} in {environment}.")


@folders.command("delete")
@_environment
@_path
@yes_option
def delete_folder(environment: str, path: str, yes: bool) -> int:
    """Delete a folder with its secrets and all below it."""
    with open_vault() as vault:
        project = project_in(vault)
        drafts.check_environment(environment, vault.environments.every(project))
        folder = drafts.folder_path(path)
        if folder not in ("/", *vault.folders.every(project, environment)):
            raise NotFound(f"There is no folder {environment}:{folder}: `folders list` shows all.")
        place = Place(environment, folder)
        if not confirm(
            f"Delete the folder {folder} in {environment} and all below it, with "
            f"{counted(vault.secrets.count(project, place), 'secret')}?",
            yes=yes,
            lost=lambda: vault.secrets.used_by_folder(project, place),
        ):
            return 1
        with vault.together():
            gone = vault.secrets.count(project, place)
            lost = vault.secrets.used_by_folder(project, place)
            count = vault.folders.delete(project, environment, folder)
    say(
        f"Deleted {counted(count, 'folder')} with {counted(gone, 'secret')}: "
        f"{folder} in {environment} and all below it."
    )
    say_lost(lost)
    return 0
