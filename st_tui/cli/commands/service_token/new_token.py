"""What `create`, `clone` and `rotate` share: the expiry options, and printing a new token.

A new token's text is printed once. Nothing can show it again. Warnings about its scopes and its
name go to stderr, whatever the form of the output.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from st_tui.cli.command import BadUsage
from st_tui.cli.json_shapes import new_token_data
from st_tui.cli.options import json_option
from st_tui.cli.output import note, say, say_fields, say_json
from st_tui.cli.token_fields import token_fields
from st_tui.core import expiry
from st_tui.core.errors import Refusal
from st_tui.core.model import Environment, NewToken, Project, TokenDraft

if TYPE_CHECKING:
    from st_tui.core.vault import Vault


_DEFAULT_LIFE = expiry.DAY


class ExpiryOptions:
    """What the expiry options state. Raises BadUsage for two of them, and ExpiryError.

    `from_now` gives the end, once the time is known.
    """

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
        """The end in milliseconds since 1970, None for never. Raises ExpiryError."""
        if self._never:
            return None
        if self._moment is not None:
            return expiry.checked_end(self._moment, now)
        return expiry.expires_after(self._life, now)


def expiry_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the four ways to state an end: `ExpiryOptions` reads them."""
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


def form_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --token-only and --json."""
    for option in (
        json_option,
        click.option("--token-only", is_flag=True, help="Print the token's text and nothing else."),
    ):
        command = option(command)
    return command


def warnings_about(vault: Vault, project: Project, draft: TokenDraft) -> list[str]:
    """The warnings of the app's form. They are found first: a failure then loses no new token."""
    from st_tui.core.lint import lint

    folders = vault.folders.of_each(project)
    written = vault.tokens.written_environments(project)
    found = lint(draft, folders, written, names=vault.tokens.names(project))
    return [warning.text for warning in found]


def say_warnings(warnings: Sequence[str]) -> None:
    """Print warnings on stderr."""
    for warning in warnings:
        note(f"Warning: {warning}")


def check_form(token_only: bool, as_json: bool) -> None:
    """Raise BadUsage for --token-only together with --json."""
    if token_only and as_json:
        raise BadUsage("--token-only and --json exclude each other: choose one.")


def show_new(
    new: NewToken,
    environments: list[Environment],
    now: int,
    *,
    token_only: bool,
    as_json: bool,
) -> None:
    """Print a new token. Raises Refusal with its id if it could not be printed."""
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
