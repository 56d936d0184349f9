"""`scope narrow`: the narrowest scopes that cover what the audit log says a token did."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from st_tui.cli.command import Command
from st_tui.cli.commands.scope.certificates import certificates_data
from st_tui.cli.open_vault import open_vault, require_token, stated_vault
from st_tui.cli.options import json_option, token_argument
from st_tui.cli.output import note, say, say_json
from st_tui.core import expiry
from st_tui.core.wording import counted

if TYPE_CHECKING:
    from st_tui.core.algebra.least_privilege import Narrowed
    from st_tui.core.model import TokenDraft


@click.command(cls=Command)
@token_argument
@json_option
def narrow(token_id: str, as_json: bool) -> int:
    """Propose the narrowest scopes that cover all that a token was recorded doing.

    They are proved to lie inside the token's own; nothing is made. Exit status 0: here they are,
    with the command that makes such a token; 1: the token has nothing to spare. --json carries the
    proofs, for `scope verify`.
    """
    from st_tui.core.vault.least_privilege import propose

    now = expiry.system_clock()
    with open_vault(sweep=False, now=now) as vault:
        token = require_token(vault, token_id)
        draft, found = propose(vault, token)
        where = [] if stated_vault() is None else ["--vault", str(stated_vault())]
        if len(vault.projects.every()) > 1:
            where += ["--project", vault.projects.of(token).slug]
        command = shlex.join([*_create(draft, now), *where])
    if as_json:
        say_json(_data(found) | {"command": command})
    elif not found.stops:
        say(f"Nothing narrower covers the {_accesses(found.accesses)}.")
    else:
        for scope in found.scopes:
            say(str(scope))
        say(f"Permissions: {' and '.join(sorted(found.permissions))}")
        say(
            f"Covers {_accesses(found.accesses)}; "
            f"proved to open nothing more for {counted(len(found.proofs), 'scope')}."
        )
        say("Would stop working:")
        for stop in found.stops:
            say(f"- {stop}  {'the folder' if stop.exists else 'for example'}")
        say()
        say(command)
    if found.left_out and not as_json:
        one = found.left_out[0]
        note(
            f"Left out: {_accesses(sum(use.times for use in found.left_out))} where no folder can "
            f"be, such as {one.operation} {one.environment}:{one.path}."
        )
    return 0 if found.stops else 1


def _accesses(number: int) -> str:
    return counted(number, "recorded access", "recorded accesses")


def _create(draft: TokenDraft, now: int) -> list[str]:
    """The words of the command that makes this draft. Its life begins when the command is run."""
    words = ["st-tui", "service-token", "create", "--name", draft.name]
    for scope in draft.scopes:
        words += ["--scope", str(scope)]
    for permission in sorted(draft.permissions):
        words += ["--access-level", permission]
    if draft.expires_at is None:
        words.append("--never")
    else:
        # At least one second: 0 would mean never.
        words += ["--expiry-seconds", str(max(1, (draft.expires_at - now) // expiry.SECOND))]
    if draft.version == 3:
        words += ["--token-version", "3"]
        for block in draft.trusted_ips or ():
            words += ["--trusted-ip", block.text]
    return words


def _data(found: Narrowed) -> dict[str, Any]:
    return {
        "narrower": bool(found.stops),
        "scopes": [scope.data for scope in found.scopes],
        "permissions": sorted(found.permissions),
        "accesses": found.accesses,
        "leftOut": [
            {
                "environment": use.environment,
                "path": use.path,
                "operation": use.operation,
                "times": use.times,
            }
            for use in found.left_out
        ],
        "stopsWorking": [
            {
                "environment": stop.environment,
                "path": stop.path,
                "operations": list(stop.operations),
                "exists": stop.exists,
            }
            for stop in found.stops
        ],
        "certificates": certificates_data(found.proofs),
    }
