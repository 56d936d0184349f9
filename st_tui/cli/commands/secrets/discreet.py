"""Commands about secrets, whose usage errors repeat nothing that was typed.

A person may type a value where none belongs: `secrets get A=VALUE`, an unquoted blank, a leading
dash. A usage error must not repeat it, because a CI logs the error.
"""

from __future__ import annotations

import os
from typing import Any

import click

from st_tui.cli.command import BadUsage, Command, Group
from st_tui.cli.open_vault import stated_project, stated_vault


class _Discreet(Command):
    """Its usage errors never repeat what was typed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise click.UsageError("No such option.", error.ctx) from None
        except click.UsageError as error:
            if type(error) is click.UsageError and "extra argument" in error.message:
                raise click.UsageError("Too many arguments.", error.ctx) from None
            raise


class DiscreetCommand(_Discreet):
    """A command whose usage errors never repeat what was typed."""

    def invoke(self, ctx: click.Context) -> Any:
        _refuse_assignments(ctx)
        return super().invoke(ctx)


class DiscreetGroup(_Discreet, Group):
    """A group of such commands."""

    command_class = DiscreetCommand

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None:
            ctx.fail(f"No such command: choose {', '.join(self.list_commands(ctx))}.")
        return super().resolve_command(ctx, args)


def _refuse_assignments(context: click.Context) -> None:
    """Raise BadUsage for `--env A=VALUE` without a slug: a later refusal would repeat it."""
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
