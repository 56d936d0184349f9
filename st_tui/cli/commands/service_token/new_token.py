"""The three commands that make a service token: `create`, `clone` and `rotate`.

Each prints the new token's text once; nothing can show it again. What is doubtful about a new
token's scopes and name is said on stderr, in every form of output.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from st_tui.cli.command import (
    BadUsage,
    Command,
    find_token,
    json_option,
    open_vault,
    project_in,
    token_argument,
    typed_scopes,
)
from st_tui.cli.output import new_token_data, note, say, say_fields, say_json, token_fields
from st_tui.core import expiry
from st_tui.core.errors import Refusal
from st_tui.core.model import Environment, NewToken, Permission, Project, TokenDraft
from st_tui.core.wording import old_token_works

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

DEFAULT_NAME = "Service token made with st-tui"

_DEFAULT_LIFE = expiry.DAY


class Ending:
    """The end that options ask for, once it is known what time it is."""

    def __init__(
        self,
        expiry_seconds: int | None,
        expires_in: str | None,
        expires_at: str | None,
        never: bool,
    ) -> None:
        given = [expiry_seconds is not None, expires_in is not None, expires_at is not None, never]
        if sum(given) > 1:
            raise BadUsage(
                "The expiry is given twice: choose one of --expiry-seconds, --expires-in, "
                "--expires-at and --never."
            )
        if expiry_seconds is not None and expiry_seconds < 0:
            raise BadUsage("--expiry-seconds cannot be negative: 0 means never.")
        self.stated = any(given)
        self._never = never or expiry_seconds == 0
        self._life = _DEFAULT_LIFE
        if expiry_seconds is not None:
            self._life = expiry_seconds * expiry.SECOND
        elif expires_in is not None:
            self._life = expiry.parse_duration(expires_in)
        self._moment = None if expires_at is None else expiry.parse_time(expires_at)

    def from_now(self, now: int) -> int | None:
        """The end in milliseconds, None for never. Raises ExpiryError."""
        if self._never:
            return None
        if self._moment is not None:
            return expiry.checked_end(self._moment, now)
        return expiry.expires_after(self._life, now)


def _expiry_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--never", is_flag=True, help="The token never expires."),
        click.option("--expires-at", metavar="ISO", help="Its end, as 2027-01-31T18:00:00Z."),
        click.option("--expires-in", metavar="DURATION", help="Its life, as 12h, 45d or 6months."),
        click.option(
            "--expiry-seconds", type=int, metavar="S", help="Its life in seconds; 0 means never."
        ),
    ):
        command = option(command)
    return command


def _form_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        json_option,
        click.option("--token-only", is_flag=True, help="Print the token's text and nothing else."),
    ):
        command = option(command)
    return command


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
    type=click.Choice([permission.value for permission in Permission]),
    help="What it may do there; repeatable. Write does not include read.",
)
@_expiry_options
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
@_form_options
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
    _check_form(token_only, as_json)
    ending = Ending(**expiry_options)
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
        warnings = _warnings(vault, project, draft)
        new = vault.tokens.create(project, draft)
    _show(new, environments, now, token_only=token_only, as_json=as_json)
    _warn(warnings)


@click.command(cls=Command)
@token_argument
@click.option("--name", help="Default: the original's, with `copy` behind it.")
@_form_options
def clone(token_id: str, name: str | None, token_only: bool, as_json: bool) -> None:
    """Make a token like another: same scopes and permissions, the same duration from now."""
    _check_form(token_only, as_json)
    now = expiry.system_clock()
    with open_vault(now=now) as vault:
        token = find_token(vault, token_id)
        project = vault.projects.of(token)
        environments = vault.environments.every(project)
        warnings = _warnings(vault, project, vault.tokens.clone_draft(token, name=name))
        new = vault.tokens.clone(token, name=name)
    _show(new, environments, now, token_only=token_only, as_json=as_json)
    _warn(warnings)


@click.command(cls=Command)
@token_argument
@click.option(
    "--overlap",
    type=int,
    default=0,
    metavar="S",
    help="Let the old token live for so many seconds more. Default: it ends at once.",
)
@_expiry_options
@_form_options
def rotate(
    token_id: str, overlap: int, token_only: bool, as_json: bool, **expiry_options: Any
) -> None:
    """Replace a token with a new one: same name, scopes, switches and end. The old one ends."""
    _check_form(token_only, as_json)
    ending = Ending(**expiry_options)
    now = expiry.system_clock()
    with open_vault(now=now) as vault:
        new = vault.tokens.rotate(
            find_token(vault, token_id),
            overlap=overlap * expiry.SECOND,
            keep_end=not ending.stated,
            expires_at=ending.from_now(now),
        )
        environments = vault.environments.every(vault.projects.of(new.token))
    _show(new, environments, now, token_only=token_only, as_json=as_json)
    if new.replaced is not None and new.replaced.ends_at is not None:
        note(old_token_works(new.replaced, expiry.iso))


def _warnings(vault: Vault, project: Project, draft: TokenDraft) -> list[str]:
    """What the app's form says of a draft: looked for before there is a token that can be lost."""
    from st_tui.core.lint import lint

    folders = vault.folders.of_each(project)
    written = vault.tokens.written_environments(project)
    return lint(draft, folders, written, names=vault.tokens.names(project))


def _warn(warnings: Sequence[str]) -> None:
    for warning in warnings:
        note(f"Warning: {warning}")


def _check_form(token_only: bool, as_json: bool) -> None:
    if token_only and as_json:
        raise BadUsage("--token-only and --json exclude each other: choose one.")


def _show(
    new: NewToken,
    environments: list[Environment],
    now: int,
    *,
    token_only: bool,
    as_json: bool,
) -> None:
    try:
        if token_only:
            say(new.text.full)
        elif as_json:
            say_json(new_token_data(new))
        else:
            say_fields(token_fields(new.token, environments, now))
            say()
            say(new.text.full)
            say()
            say("This is the only time the token is shown: copy it now. Up to its last dot it is")
            say("the access token, all a server needs to see; behind it is the symmetric key.")
        sys.stdout.flush()
    except OSError as error:
        raise Refusal(
            f"The token {new.token.id} was made, but could not be printed ({error.strerror}): "
            "rotate or delete it."
        ) from None
