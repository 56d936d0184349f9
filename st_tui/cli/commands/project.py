"""`project`: list, create and delete projects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from st_tui.cli.command import BadUsage, Group, NotFound
from st_tui.cli.confirm import confirm
from st_tui.cli.json_shapes import project_data
from st_tui.cli.open_vault import open_vault, stated_project
from st_tui.cli.options import json_option, yes_option
from st_tui.cli.output import say, say_json, say_table
from st_tui.core import expiry
from st_tui.core.model import Environment
from st_tui.core.wording import counted


def project_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --name, --env and --e2ee, which describe a new project."""
    for option in (
        click.option(
            "--e2ee/--no-e2ee",
            default=True,
            help="Whether the server is kept from reading values. Default: it is.",
        ),
        click.option(
            "--env",
            "slugs",
            multiple=True,
            metavar="SLUG",
            help="An environment; repeatable. Default: dev, staging and prod.",
        ),
        click.option("--name", required=True, help="The project's name."),
    ):
        command = option(command)
    return command


@click.group(cls=Group)
def project() -> None:
    """List, create and delete projects."""


@project.command("list")
@json_option
def list_projects(as_json: bool) -> None:
    """List the projects, the oldest first."""
    with open_vault() as vault:
        projects = vault.projects.every()
    if as_json:
        say_json({"projects": [project_data(project) for project in projects]})
        return
    say_table(
        ("SLUG", "NAME", "E2EE", "CREATED", "ID"),
        [
            (
                project.slug,
                project.name,
                "on" if project.e2ee else "off",
                expiry.in_utc(project.created_at),
                project.id,
            )
            for project in projects
        ],
    )


@project.command("create")
@project_options
def create_project(name: str, slugs: tuple[str, ...], e2ee: bool) -> None:
    """Make another project in the vault."""
    with open_vault() as vault:
        project = vault.projects.create(name, named_environments(slugs), e2ee=e2ee)
    say(f"Made the project {project.name}: its slug is {project.slug}.")


@project.command("delete")
@click.argument("slug")
@yes_option
def delete_project(slug: str, yes: bool) -> int:
    """Delete a project with its tokens, environments, folders and secrets."""
    if stated_project() not in (None, slug):
        raise BadUsage(f"{slug!r} is to be deleted, but --project names another: leave it out.")
    from st_tui.core.vault import VaultError

    with open_vault() as vault:
        try:
            project = vault.projects.get(slug)
        except VaultError as missing:
            raise NotFound(str(missing)) from None
        count = vault.tokens.count(project)
        if not confirm(
            f"Delete the project {project.name} with its {counted(count, 'service token')}, its "
            f"{counted(vault.secrets.count(project), 'secret')}, its environments and folders?",
            yes=yes,
        ):
            return 1
        vault.projects.delete(project)
    say(f"Deleted the project {project.name}.")
    return 0


def named_environments(slugs: tuple[str, ...]) -> tuple[Environment, ...]:
    """Environments of these slugs. Default: dev, staging and prod, which have their usual names."""
    from st_tui.core.vault import DEFAULT_ENVIRONMENTS

    if not slugs:
        return DEFAULT_ENVIRONMENTS
    names = {environment.slug: environment.name for environment in DEFAULT_ENVIRONMENTS}
    return tuple(Environment(slug, names.get(slug, slug)) for slug in slugs)
