"""`folders`: list, create and delete folders."""

from __future__ import annotations

import click

from st_tui.cli.command import Group, NotFound
from st_tui.cli.confirm import confirm
from st_tui.cli.open_vault import open_vault, project_in
from st_tui.cli.options import json_option, yes_option
from st_tui.cli.output import say, say_json, say_lost, say_table
from st_tui.core import drafts
from st_tui.core.secrets.model import Place
from st_tui.core.wording import counted

_environment = click.option(
    "--env", "environment", required=True, metavar="SLUG", help="The folder's environment."
)


_path = click.option("--path", required=True, help="The folder's path, as in /common/db.")


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
