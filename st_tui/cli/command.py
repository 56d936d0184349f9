"""What all commands share: --vault and --project, before or after the command, and what they name.

`st_tui.core.vault` is imported when a vault is opened: `check` with inline scopes needs none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from st_tui.core.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from st_tui.core.drafts import Adjusted
    from st_tui.core.model import Project, Scope, ServiceToken
    from st_tui.core.vault import Vault

VAULT_VARIABLE = "ST_TUI_VAULT"
_REMARKS = "st_tui.remarks"
_ANY_LENGTH = 1_000

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
yes_option = click.option("--yes", is_flag=True, help="Delete without asking.")
token_argument = click.argument("token_id", metavar="ID")


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
    """The top group: each command's module is imported when the command is asked for.

    `modules` names it per command; the command is there under its own name, with `_` for `-`.
    """

    def __init__(self, *args: Any, modules: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._modules:
            return None
        module = import_module(f"st_tui.cli.commands.{self._modules[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


def stated_vault() -> Path | None:
    """The directory given by --vault."""
    from pathlib import Path

    stated = click.get_current_context().meta.get("st_tui.vault")
    if stated is None:
        return None
    if not stated or "\0" in stated:
        raise BadUsage("--vault names no directory: give the vault's path.")
    return Path(stated)


def vault_directory() -> Path:
    """The vault's directory: by --vault, ST_TUI_VAULT, or the platform's place for st-tui."""
    from pathlib import Path

    stated = stated_vault()
    if stated is not None:
        return stated
    if os.environ.get(VAULT_VARIABLE):
        return Path(os.environ[VAULT_VARIABLE])
    from platformdirs import user_data_path

    return user_data_path("st-tui", appauthor=False)


def stated_project() -> str | None:
    """The slug given by --project."""
    slug: str | None = click.get_current_context().meta.get("st_tui.project")
    return slug


def os_user() -> str:
    """Who runs this, for the audit log: never from the environment, which anyone can set."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


@contextmanager
def open_vault(*, sweep: bool = True, now: int | None = None) -> Iterator[Vault]:
    """The vault, its expired tokens deleted on the way in unless the command only judges.

    With `now` its clock stands still there, so that a life given in days is those days exactly.
    """
    from st_tui.core.vault import Vault, system_clock

    clock = system_clock if now is None else lambda: now
    with Vault.open(vault_directory(), actor=os_user(), clock=clock) as vault:
        if sweep:
            vault.tokens.sweep()
        yield vault


def project_in(vault: Vault) -> Project:
    """The project given by --project, or the only one."""
    return vault.projects.get(stated_project())


def find_token(vault: Vault, token_id: str) -> ServiceToken:
    """A token by its whole id, in the project if one is stated. Raises NotFound."""
    from st_tui.core.vault import VaultError

    try:
        token = vault.tokens.get(token_id)
    except VaultError as missing:
        raise NotFound(str(missing)) from None
    require_project(vault, token)
    return token


def asked_token(vault: Vault, token_id: str) -> ServiceToken:
    """A token for a question whose answer may be no: that it is not there is none, so a Refusal."""
    try:
        return find_token(vault, token_id)
    except NotFound as missing:
        raise Refusal(str(missing)) from None


def require_project(vault: Vault, token: ServiceToken) -> None:
    """Raise BadUsage if --project states another project than the token's own."""
    if stated_project() is not None and project_in(vault).id != token.project_id:
        raise BadUsage("That token belongs to another project: leave --project out.")


def remark(text: str) -> None:
    """A word for the person once the command did its work: a refusal stays one line."""
    click.get_current_context().meta.setdefault(_REMARKS, []).append(text)


def say_remarks(context: click.Context) -> None:
    """Say what was remarked, on stderr."""
    if texts := context.meta.get(_REMARKS):
        from st_tui.cli.output import note

        for text in texts:
            note(text)


def typed_path(asked: Adjusted) -> str:
    """The path as it was understood; what is read otherwise than typed is remarked."""
    if asked.note is not None:
        remark(f"The path was read otherwise: {asked.note}.")
    return asked.path


def typed_scopes(texts: Iterable[str]) -> tuple[Scope, ...]:
    """The scopes given by --scope; what is read otherwise than typed is remarked."""
    from st_tui.core.drafts import parse_scope

    scopes = []
    for text in texts:
        scope, adjustment = parse_scope(text)
        if adjustment is not None:
            remark(f"The scope of {scope.environment} was read otherwise: {adjustment}.")
        scopes.append(scope)
    return tuple(scopes)
