"""What the app shows and does, as the command line that does the same."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from st_tui.core.addresses import address_text
from st_tui.core.expiry import SECOND, iso
from st_tui.core.model import AccessRequest, Endpoint, ServiceToken

PROGRAM = "st-tui"


def check(token: ServiceToken, request: AccessRequest, *, at: int | None) -> list[str]:
    """The arguments of the `check` that asks the same of a token in the vault.

    `at` is the moment to judge for; None is now.
    """
    options = ["check", "--token-id", token.id, "--env", request.environment]
    options += ["--path", request.path, "--operation", request.operation.value]
    if request.endpoint is not Endpoint.E2EE:
        options += ["--endpoint", request.endpoint.value]
    if request.ip is not None:
        options += ["--ip", address_text(request.ip)]
    if at is not None:
        options += ["--at", iso(at)]
    return options


def rotate(token: ServiceToken, overlap: int, *, keep_end: bool, ends_at: int | None) -> list[str]:
    """The arguments of the `rotate` that does the same. `overlap` is in milliseconds."""
    words = ["service-token", "rotate", token.id]
    if overlap:
        words += ["--overlap", str(overlap // SECOND)]
    if not keep_end:
        words += ["--never"] if ends_at is None else ["--expires-at", iso(ends_at)]
    return words


def option(name: str, value: str) -> list[str]:
    """An option and its value. One that begins with a dash would be taken for an option."""
    return [f"{name}={value}"] if value.startswith("-") else [name, value]


def spelt(arguments: Sequence[str]) -> str:
    """The command line as it is shown: quoted for a shell."""
    return shlex.join([PROGRAM, *arguments])


def pasted(arguments: Sequence[str], directory: Path) -> str:
    """The command line for a shell, quoted, on the vault in `directory`.

    It names the vault where that is not the one which the command takes by itself.
    """
    from platformdirs import user_data_path

    usual = user_data_path("st-tui", appauthor=False)
    vault = [] if directory == usual else ["--vault", str(directory.absolute())]
    return shlex.join([PROGRAM, *arguments, *vault])
