"""The vault, the project and the token that a command's options name.

`st_tui.core.vault` is imported when a vault is opened: `check` with inline scopes needs none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from st_tui.cli.command import VAULT_VARIABLE, BadUsage, NotFound
from st_tui.core.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from st_tui.core.model import Project, ServiceToken
    from st_tui.core.vault import Vault


def stated_vault() -> Path | None:
    """The directory given by --vault, None without it. Raises BadUsage."""
    from pathlib import Path

    stated = click.get_current_context().meta.get("st_tui.vault")
    if stated is None:
        return None
    if not stated or "\0" in stated:
        raise BadUsage("--vault names no directory: give the vault's path.")
    return Path(stated)


def vault_directory() -> Path:
    """The vault's directory: --vault, ST_TUI_VAULT, or the platform's user data directory."""
    from pathlib import Path

    stated = stated_vault()
    if stated is not None:
        return stated
    if os.environ.get(VAULT_VARIABLE):
        return Path(os.environ[VAULT_VARIABLE])
    from platformdirs import user_data_path

    return user_data_path("st-tui", appauthor=False)


def stated_project() -> str | None:
    """The slug given by --project, None without it."""
    slug: str | None = click.get_current_context().meta.get("st_tui.project")
    return slug


def refuse_project(why: str) -> None:
    """Raise BadUsage with this sentence if --project is given."""
    if stated_project() is not None:
        raise BadUsage(why)


def os_user() -> str:
    """The operating system's name for the user, for the audit log.

    Environment variables do not count: anybody can set them.
    """
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


@contextmanager
def open_vault(*, sweep: bool = True, now: int | None = None) -> Iterator[Vault]:
    """The vault. Expired tokens are deleted first, unless `sweep` is False, as for judging.

    With `now` (milliseconds since 1970) the vault's clock stands still: a life of two days then is
    two days exactly.
    """
    from st_tui.core.vault import Vault, system_clock

    clock = system_clock if now is None else lambda: now
    with Vault.open(vault_directory(), actor=os_user(), clock=clock) as vault:
        if sweep:
            vault.tokens.sweep()
        yield vault


def project_in(vault: Vault) -> Project:
    """The project given by --project, or the only one. Raises VaultError."""
    return vault.projects.get(stated_project())


def find_token(vault: Vault, token_id: str) -> ServiceToken:
    """A token by its whole id. Raises NotFound, and BadUsage if --project names another project."""
    from st_tui.core.vault import VaultError

    try:
        token = vault.tokens.get(token_id)
    except VaultError as missing:
        raise NotFound(str(missing)) from None
    require_project(vault, token)
    return token


def require_token(vault: Vault, token_id: str) -> ServiceToken:
    """As `find_token`, but a missing token is no answer: raises Refusal (exit status 2)."""
    try:
        return find_token(vault, token_id)
    except NotFound as missing:
        raise Refusal(str(missing)) from None


def require_project(vault: Vault, token: ServiceToken) -> None:
    """Raise BadUsage if --project names another project than the token's own."""
    if stated_project() is not None and project_in(vault).id != token.project_id:
        raise BadUsage("That token belongs to another project: leave --project out.")
