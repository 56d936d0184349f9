"""`e2ee`: show or switch a project's end-to-end encryption."""

from __future__ import annotations

import click

from st_tui.cli.command import Group
from st_tui.cli.open_vault import open_vault, project_in
from st_tui.cli.options import json_option
from st_tui.cli.output import say, say_json
from st_tui.core.model import Project


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
