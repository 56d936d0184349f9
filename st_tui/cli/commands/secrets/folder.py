"""What the commands about secrets share: the folder they speak of, and silence about values.

A value that stands where none belongs (`secrets get A=VALUE`, an unquoted blank, a leading dash)
must not come back in a usage error, which ends up in a CI's log.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from st_tui.cli.command import (
    BadUsage,
    Command,
    Group,
    NotFound,
    project_in,
    remark,
    stated_project,
    stated_vault,
    typed_path,
)
from st_tui.core import drafts

if TYPE_CHECKING:
    from st_tui.core.model import Project
    from st_tui.core.secrets.model import Place
    from st_tui.core.vault import Vault


class DiscreetCommand(Command):
    """A command whose usage errors never repeat what was typed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            _raise_discreetly(error)

    def invoke(self, ctx: click.Context) -> Any:
        _refuse_assignments(ctx)
        return super().invoke(ctx)


class DiscreetGroup(Group):
    """A group of such commands."""

    command_class = DiscreetCommand

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            _raise_discreetly(error)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None:
            ctx.fail(f"No such command: choose {', '.join(self.list_commands(ctx))}.")
        return super().resolve_command(ctx, args)


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--env and --path: which folder's secrets are meant."""
    command = click.option(
        "--path", default="/", help="The folder, as in /common/db. Default: / itself."
    )(command)
    return click.option(
        "--env",
        "environment",
        metavar="SLUG",
        help="The folder's environment; can be left out where the project has only one.",
    )(command)


expand_option = click.option(
    "--expand/--no-expand",
    default=True,
    help="Whether ${NAME} in a value is replaced by the secret it means. Default: it is.",
)


def remark_all(texts: Iterable[str]) -> None:
    """Say these once the command did its work."""
    for text in texts:
        remark(text)


def find_place(vault: Vault, environment: str | None, path: str) -> tuple[Project, Place]:
    """The project, and the folder that --env and --path name. Raises NotFound."""
    project = project_in(vault)
    if environment is None:
        slugs = [known.slug for known in vault.environments.every(project)]
        if len(slugs) != 1:
            raise BadUsage(f"Say which environment with --env: the project has {', '.join(slugs)}.")
        [environment] = slugs
    asked = typed_path(drafts.request_path(path))
    with missing_folder_is_no():
        return project, vault.secrets.place(project, environment, asked)


@contextmanager
def missing_folder_is_no() -> Iterator[None]:
    """Let a folder that is not there be an answer. Raises NotFound."""
    from st_tui.core.vault.secret_changes import NoFolder

    try:
        yield
    except NoFolder as missing:
        raise NotFound(str(missing)) from None


def _refuse_assignments(context: click.Context) -> None:
    """Stop at `--env A=VALUE`, the slug forgotten: what is not found would be repeated."""
    vault = stated_vault()
    stated = {
        "--env": context.params.get("environment"),
        "--path": context.params.get("path"),
        "--project": stated_project(),
        "--vault": None if vault is None or os.path.exists(vault) else str(vault),
    }
    for option, text in stated.items():
        if text is not None and "=" in text:
            raise BadUsage(f"{option} is followed by something with = in it: write its value.")


def _raise_discreetly(error: click.UsageError) -> NoReturn:
    if isinstance(error, click.NoSuchOption):
        raise click.UsageError("No such option.", error.ctx) from None
    if type(error) is click.UsageError and "extra argument" in error.message:
        raise click.UsageError("Too many arguments.", error.ctx) from None
    raise error
