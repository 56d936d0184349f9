"""`service-token create`: make a token."""

from __future__ import annotations

from typing import Any

import click

from st_tui.cli.command import BadUsage, Command
from st_tui.cli.commands.service_token.new_token import (
    ExpiryOptions,
    check_form,
    expiry_options,
    form_options,
    say_warnings,
    show_new,
    warnings_about,
)
from st_tui.cli.open_vault import open_vault, project_in
from st_tui.cli.options import permission_type, typed_scopes
from st_tui.core import expiry
from st_tui.core.model import Permission, TokenDraft

DEFAULT_NAME = "Service token made with st-tui"


@click.command(cls=Command)
@click.option("--name", default=DEFAULT_NAME, help=f"Default: {DEFAULT_NAME}.")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    metavar="ENV:PATH",
    help="Where the token may go, as dev:/common/**; repeatable.",
)
@click.option(
    "--access-level",
    "levels",
    required=True,
    multiple=True,
    type=permission_type,
    help="What it may do there; repeatable. Write does not include read.",
)
@expiry_options
@click.option(
    "--token-version",
    "version",
    type=click.Choice(["2", "3"]),
    default="2",
    help="3 can be switched off, and trusts addresses. Default: 2.",
)
@click.option(
    "--trusted-ip",
    "ips",
    multiple=True,
    metavar="CIDR",
    help="V3: an address or block that may use it; repeatable. Default: any.",
)
@click.option("--active/--inactive", default=None, help="V3: on from the start. Default: off.")
@form_options
def create(
    name: str,
    scopes: tuple[str, ...],
    levels: tuple[str, ...],
    version: str,
    ips: tuple[str, ...],
    active: bool | None,
    token_only: bool,
    as_json: bool,
    **expiry_options: Any,
) -> None:
    """Make a service token; it lives for one day unless another expiry is given."""
    check_form(token_only, as_json)
    ending = ExpiryOptions(**expiry_options)
    if version == "2" and (ips or active is not None):
        raise BadUsage(
            "--trusted-ip, --active and --inactive belong to V3 tokens: add --token-version 3."
        )
    parsed = typed_scopes(scopes)
    trusted = None
    if version == "3":
        from st_tui.core.addresses import ANYWHERE_TEXT, parse_ranges

        trusted = parse_ranges(ips or ANYWHERE_TEXT)
    now = expiry.system_clock()
    with open_vault(now=now) as vault:
        project = project_in(vault)
        draft = TokenDraft(
            name=name,
            scopes=parsed,
            permissions=frozenset(map(Permission, levels)),
            expires_at=ending.from_now(now),
            version=int(version),
            is_active=version == "2" or active is True,
            trusted_ips=trusted,
        )
        environments = vault.environments.every(project)
        warnings = warnings_about(vault, project, draft)
        new = vault.tokens.create(project, draft)
    show_new(new, environments, now, token_only=token_only, as_json=as_json)
    say_warnings(warnings)
