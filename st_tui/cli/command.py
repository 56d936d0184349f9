"""The base class of every command, with --vault and --project; refusals and remarks."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from st_tui.core.errors import Refusal

VAULT_VARIABLE = "ST_TUI_VAULT"
_REMARKS = "st_tui.remarks"
_ANY_LENGTH = 1_000


class BadUsage(Refusal):
    """Options are missing or do not go together (exit status 2). The sentence says which."""


class NotFound(Refusal):
    """What the person named is not there. This counts as an answer: exit status 1."""


def _remember(context: click.Context, option: click.Parameter, value: str | None) -> None:
    # click shares `meta` between a command and its groups. The innermost is set last, and wins.
    if value is not None:
        context.meta[f"st_tui.{option.name}"] = value


_VAULT_AND_PROJECT = (
    click.Option(
        ["--vault"],
        metavar="DIR",
        expose_value=False,
        callback=_remember,
        help=f"The vault's directory (or {VAULT_VARIABLE}).",
    ),
    click.Option(
        ["--project"],
        metavar="SLUG",
        expose_value=False,
        callback=_remember,
        help="The project, where the vault has several.",
    ),
)


class Command(click.Command):
    """A command that takes --vault and --project."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_VAULT_AND_PROJECT)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            # click's parser sets no context, and the error names the command whose help to read.
            error.ctx = error.ctx or ctx
            raise

    def get_short_help_str(self, limit: int = 0) -> str:
        """The whole first sentence for the group's list. click would cut it to the line's width."""
        return super().get_short_help_str(_ANY_LENGTH)


class Group(Command, click.Group):
    """A group of commands. It takes --vault and --project itself, and must be given a command."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"no_args_is_help": False} | kwargs)


class RootGroup(Group):
    """The top group, which imports a command's module when the command is asked for.

    `names` are its commands, in the order of its help. The command `service-token` is the object
    `service_token` in the module `st_tui.cli.commands.service_token`.
    """

    def __init__(self, *args: Any, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names = names

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._names:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"st_tui.cli.commands.{name}"), name)
        return command


def remark(text: str) -> None:
    """Keep a remark for stderr until the command has succeeded: a refusal stays one line."""
    click.get_current_context().meta.setdefault(_REMARKS, []).append(text)


def say_remarks(context: click.Context) -> None:
    """Print the remarks on stderr."""
    if texts := context.meta.get(_REMARKS):
        from st_tui.cli.output import note

        for text in texts:
            note(text)
