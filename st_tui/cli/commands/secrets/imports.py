"""`secrets imports`: imports of other folders, whose secrets a folder then has too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from st_tui.cli.command import BadUsage, NotFound
from st_tui.cli.commands.secrets.discreet import DiscreetGroup
from st_tui.cli.commands.secrets.folder import find_place, missing_folder_is_no, place_options
from st_tui.cli.confirm import confirm
from st_tui.cli.open_vault import open_vault
from st_tui.cli.options import json_option, yes_option
from st_tui.cli.output import say, say_json, say_lost, say_table
from st_tui.core import drafts, expiry

if TYPE_CHECKING:
    from st_tui.core.secrets.model import Place

_source = click.option(
    "--from",
    "source",
    required=True,
    metavar="SLUG:PATH",
    help="The folder whose secrets are found here too, as in prod:/common.",
)


@click.group(cls=DiscreetGroup)
def imports() -> None:
    """List, create and delete a folder's imports."""


@imports.command("list")
@place_options
@json_option
def list_imports(environment: str | None, path: str, as_json: bool) -> None:
    """List what a folder imports.

    Later ones win over earlier, the folder's own secrets over all of them.
    """
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        links = vault.secrets.imports(project, place)
        names = {known.slug: known.name for known in vault.environments.every(project)}
    if not as_json:
        say_table(
            ("FROM", "SINCE", "ID"),
            [(str(link.source), expiry.in_utc(link.created_at), link.id) for link in links],
        )
        return
    say_json(
        {
            "secretImports": [
                {
                    "id": link.id,
                    "environment": link.place.environment,
                    "secretPath": link.place.path,
                    "importEnv": {
                        "slug": link.source.environment,
                        "name": names[link.source.environment],
                    },
                    "importPath": link.source.path,
                    "position": link.position,
                    "createdAt": expiry.iso(link.created_at),
                }
                for link in links
            ]
        }
    )


@imports.command("create")
@place_options
@_source
def create_import(environment: str | None, path: str, source: str) -> None:
    """Let another folder's secrets be found here.

    A token finds them only if it may read both folders.
    """
    other = _source_folder(source)
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        with missing_folder_is_no():
            vault.secrets.add_import(project, place, other)
    say(f"{place} imports {other}.")


@imports.command("delete")
@place_options
@_source
@yes_option
def delete_import(environment: str | None, path: str, source: str, yes: bool) -> int:
    """Stop importing a folder.

    Its secrets stay where they are.
    """
    other = _source_folder(source)
    with open_vault() as vault:
        project, place = find_place(vault, environment, path)
        every = vault.secrets.imports(project, place)
        link = next((link for link in every if link.source == other), None)
        if link is None:
            raise NotFound(f"{place} does not import {other}: `secrets imports list` shows all.")
        if not confirm(
            f"Delete the import of {other} into {place}?",
            yes=yes,
            lost=lambda: vault.secrets.used_by_import(project, link),
        ):
            return 1
        with vault.together():
            lost = vault.secrets.used_by_import(project, link)
            vault.secrets.delete_import(project, link)
    say(f"{place} no longer imports {other}.")
    say_lost(lost)
    return 0


def _source_folder(text: str) -> Place:
    from st_tui.core.secrets.model import Place

    environment, colon, path = text.partition(":")
    if not colon or not environment.strip():
        raise BadUsage("--from names no folder: write it as environment:/path, as in prod:/common.")
    return Place(environment.strip(), drafts.folder_path(path))
