"""What the commands about secrets share: the options that name a folder, and finding it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from st_tui.cli.command import BadUsage, NotFound, remark
from st_tui.cli.open_vault import project_in
from st_tui.cli.options import typed_path
from st_tui.core import drafts

if TYPE_CHECKING:
    from st_tui.core.model import Project
    from st_tui.core.secrets.model import Place
    from st_tui.core.vault import Vault


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --env and --path, which name a folder."""
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
    """Remark each of these."""
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
    folder = typed_path(drafts.request_path(path))
    with missing_folder_is_no():
        return project, vault.secrets.place(project, environment, folder)


@contextmanager
def missing_folder_is_no() -> Iterator[None]:
    """Turn NoFolder into NotFound: a folder that is not there is an answer."""
    from st_tui.core.vault.secret_changes import NoFolder

    try:
        yield
    except NoFolder as missing:
        raise NotFound(str(missing)) from None


@contextmanager
def missing_secret_is_no(name: str) -> Iterator[None]:
    """Turn NoSuchSecret into NotFound, which repeats nothing that may be a value."""
    from st_tui.core.vault.secrets import NoSuchSecret

    try:
        yield
    except NoSuchSecret as missing:
        sentence = str(missing)
        if "=" in name:  # The person meant `set`.
            sentence = "There is no secret of that name: give the name alone, without = and value."
        raise NotFound(sentence) from None
