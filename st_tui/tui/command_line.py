"""What the app shows and does, as the command line that does the same."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from st_tui.core.addresses import ANYWHERE_TEXT, address_text, parse_ranges
from st_tui.core.expiry import SECOND, iso
from st_tui.core.model import AccessRequest, Endpoint, IpRange, ServiceToken, TokenDraft, in_order

if TYPE_CHECKING:
    from st_tui.core.secrets.model import Place
    from st_tui.tui.try_it.real_call import HttpCall

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


def create(draft: TokenDraft, expires: str, project: str | None = None) -> list[str]:
    """The arguments of the `service-token create` that makes a draft.

    `expires` is its end as `parse_end` reads it, so that a life counts from when the command is
    run. `project` is a slug, for a vault with several projects.
    """
    words = ["service-token", "create"]
    words += option("--project", project) if project else []
    for permission in in_order(draft.permissions):
        words += ["--access-level", permission]
    words += _expiry(expires)
    if draft.version == 3:
        words += ["--token-version", "3"]
        if draft.trusted_ips not in (None, parse_ranges(ANYWHERE_TEXT)):
            for block in draft.trusted_ips or ():
                words += option("--trusted-ip", block.text)
        words += ["--active"] if draft.is_active else []
    # What is typed letter by letter comes last: on the screen nothing behind it moves.
    words += option("--name", draft.name)
    for scope in draft.scopes:
        words += option("--scope", str(scope))
    return words


def _expiry(expires: str) -> list[str]:
    typed = expires.strip()
    if typed.lower() == "never":
        return ["--never"]
    if re.match(r"\d{4}-", typed):
        return option("--expires-at", typed)
    return option("--expires-in", "".join(typed.split()))


def in_folder(place: Place) -> list[str]:
    """The options that name a folder."""
    return ["--env", place.environment, "--path", place.path]


def export(place: Place, kind: str, file: str, *, expand: bool, imports: bool) -> list[str]:
    """The arguments of the `secrets export` that writes the same file."""
    words = ["secrets", "export", *in_folder(place), "--format", kind, *option("-o", file)]
    words += [] if expand else ["--no-expand"]
    return words + ([] if imports else ["--no-imports"])


def curl(server: str, call: HttpCall) -> str:
    """The request to a server as a command line of curl. The shell puts the token in."""
    words = ["curl", "-sS", "-X", call.method]
    body = ["-H", "Content-Type: application/json", "-d", call.body] if call.body else []
    bearer = '-H "Authorization: Bearer $INFISICAL_TOKEN"'
    return f"{shlex.join(words)} {bearer} {shlex.join([*body, f'{server}{call.target}'])}"


def trust(token: ServiceToken, ranges: Sequence[IpRange]) -> list[str]:
    """The arguments of the `trust` that sets these trusted IPs."""
    blocks = (word for block in ranges for word in ("--trusted-ip", block.text))
    return ["service-token", "trust", token.id, *blocks]


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
