"""`init`, `project` and `e2ee`: vaults are made, projects come and go, encryption is switched."""

from __future__ import annotations

import click

from st_tui.cli.command import (
    BadUsage,
    Command,
    Group,
    NotFound,
    json_option,
    open_vault,
    os_user,
    project_in,
    stated_project,
    vault_directory,
    yes_option,
)
from st_tui.cli.output import project_data, say, say_fields, say_json, say_table
from st_tui.cli.secret_input import confirm
from st_tui.core import drafts, expiry
from st_tui.core.files import vault_files
from st_tui.core.model import Environment, Project
from st_tui.core.wording import counted

_name = click.option("--name", required=True, help="The project's name.")
_environments = click.option(
    "--env",
    "slugs",
    multiple=True,
    metavar="SLUG",
    help="An environment; repeatable. Default: dev, staging and prod.",
)
_e2ee = click.option(
    "--e2ee/--no-e2ee",
    default=True,
    help="Whether the server is kept from reading values. Default: it is.",
)


@click.command(cls=Command)
@_name
@_environments
@_e2ee
def init(name: str, slugs: tuple[str, ...], e2ee: bool) -> None:
    """Make a vault, if there is none yet, and a project in it."""
    from st_tui.core.vault import Vault, check_new_project

    environments = _named(slugs)
    # Before the vault is made, so that a refused name leaves nothing behind.
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
            ("Database", str(directory / vault_files.DATABASE)),
            ("Operator key", f"{directory / vault_files.OPERATOR_KEY} (back it up: it opens all)"),
            ("Server key", str(directory / vault_files.SERVER_KEY)),
        ]
    )


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
@_name
@_environments
@_e2ee
def create_project(name: str, slugs: tuple[str, ...], e2ee: bool) -> None:
    """Make another project in the vault."""
    with open_vault() as vault:
        project = vault.projects.create(name, _named(slugs), e2ee=e2ee)
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


@click.group(cls=Group)
def e2ee() -> None:
    """Show or switch a project's end-to-end encryption."""


@e2ee.command("show")
@json_option
def show_e2ee(as_json: bool) -> None:
    """Say whether end-to-end encryption is on."""
    with open_vault() as vault:
        project = project_in(vault)
    if as_json:
        say_json({"e2ee": project.e2ee})
    else:
        say(_meaning(project))


@e2ee.command("on")
def switch_on() -> None:
    """Erase the server's copy of the project's key."""
    _switch(on=True)


@e2ee.command("off")
def switch_off() -> None:
    """Give the server a copy of the project's key."""
    _switch(on=False)


def _switch(*, on: bool) -> None:
    with open_vault() as vault:
        before = project_in(vault)
        project = vault.projects.set_e2ee(before, on=on)
    if on and not before.e2ee:
        say("The server's copy of the key is erased; a copy of the files taken before still opens.")
    say(_meaning(project))


def _meaning(project: Project) -> str:
    if project.e2ee:
        return (
            f"E2EE is on for {project.name}: the server holds no key that opens a secret and "
            "refuses raw endpoints; only clients that decrypt with the token's own key can read."
        )
    return (
        f"E2EE is off for {project.name}: the server can open every secret, and raw endpoints "
        "answer, as Infisical's CLI and its raw SDKs need."
    )


def _named(slugs: tuple[str, ...]) -> tuple[Environment, ...]:
    from st_tui.core.vault import DEFAULT_ENVIRONMENTS

    if not slugs:
        return DEFAULT_ENVIRONMENTS
    names = {environment.slug: environment.name for environment in DEFAULT_ENVIRONMENTS}
    return tuple(Environment(slug, names.get(slug, slug)) for slug in slugs)
