"""The base of every command: --vault and --project, its two refusals, and remarks at its end."""

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
    """Options that do not go together, or that are missing: the sentence says which."""


class NotFound(Refusal):
    """What is named is not there: a refusal that is an answer (exit status 1)."""


def _remember(context: click.Context, option: click.Parameter, value: str | None) -> None:
    # One dictionary is shared by a command and those above it, so the innermost has the last word.
    if value is not None:
        context.meta[f"st_tui.{option.name}"] = value


_PLACE = (
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
        self.params.extend(_PLACE)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            # click's parser does not say whose option it was, and so whose help to read.
            error.ctx = error.ctx or ctx
            raise

    def get_short_help_str(self, limit: int = 0) -> str:
        """The whole first sentence, for its group's list: click would cut it in the middle."""
        return super().get_short_help_str(_ANY_LENGTH)


class Group(Command, click.Group):
    """A group of commands that takes --vault and --project, and needs a command."""

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
    """A word for the person once the command did its work: a refusal stays one line."""
    click.get_current_context().meta.setdefault(_REMARKS, []).append(text)


def say_remarks(context: click.Context) -> None:
    """Say what was remarked, on stderr."""
    if texts := context.meta.get(_REMARKS):
        from st_tui.cli.output import note

        for text in texts:
            note(text)
