"""`scope who`: the tokens that can reach a path."""

from __future__ import annotations

from collections.abc import Iterable

import click

from st_tui.cli.command import BadUsage, Command, remark
from st_tui.cli.commands.scope.sides import remark_if_never
from st_tui.cli.open_vault import open_vault, project_in
from st_tui.cli.options import environment_option, json_option, operation_option, typed_path
from st_tui.cli.output import say, say_json, say_table
from st_tui.cli.token_fields import token_name
from st_tui.core import drafts, expiry, reach, wording
from st_tui.core.errors import Refusal
from st_tui.core.model import Permission
from st_tui.core.patterns import compile_pattern, is_plain
from st_tui.core.reach import ReachingToken
from st_tui.core.token_json import token_data


@click.command(cls=Command)
@environment_option
@click.option("--path", help="The folder to be reached, as in /common/db.")
@click.option("--pattern", help="Or any folder of a pattern, as in '/common/**'.")
@operation_option
@json_option
def who(
    environment: str, path: str | None, pattern: str | None, operation: str, as_json: bool
) -> int:
    """List the tokens whose scopes and permissions let them reach a path.

    Expired tokens are left out. Those that are not activated, or trust some addresses only, are
    listed and marked. Exit status 0 if any token can, 1 if none.
    """
    reached = _path_or_pattern(path, pattern)
    wanted = Permission(operation)
    with open_vault(sweep=False) as vault:
        project = project_in(vault)
        drafts.check_environment(environment, vault.environments.every(project))
        folders = ["/", *vault.folders.every(project, environment)]
        now = vault.now()
        known = reach.build_index(vault.tokens.page(project), now)
    if not known.tokens:
        raise Refusal("There is no living token to ask about: make one first.")
    if path is not None:
        found = reach.who(known, environment, reached, wanted)
    else:
        found = reach.who_within(known, environment, compile_pattern(reached), wanted, folders)
    if as_json:
        say_json(
            {
                "environment": environment,
                "path" if path is not None else "pattern": reached,
                "operation": wanted,
                "tokens": len(known.tokens),
                "reachedBy": [
                    {"scope": number, "path": where, "serviceTokenData": token_data(token)}
                    for token, number, where in found
                ],
            }
        )
        return 0 if found else 1
    within = reached if path is not None else f"some folder of {reached}"
    living = wording.counted(len(known.tokens), "living token")
    say(
        f"{len(found)} of {living} can {operation} {within} "
        f"in {environment}, going by scopes and permissions."
    )
    if found:
        _say_reachers(found, now)
    return 0 if found else 1


def _path_or_pattern(path: str | None, pattern: str | None) -> str:
    """The path or the pattern that is to be reached, with a remark where it may surprise."""
    if (path is None) == (pattern is None):
        raise BadUsage("Give exactly one of --path and --pattern: they say what is to be reached.")
    if path is not None:
        reached = typed_path(drafts.request_path(path))
        if not is_plain(reached):
            remark(
                f"{reached} was read as one path of that very name: "
                "--pattern means any folder of it."
            )
        return reached
    reached = typed_path(drafts.scope_path(pattern or ""))
    remark_if_never(reached)
    return reached


def _say_reachers(found: Iterable[ReachingToken], now: int) -> None:
    say_table(
        ("NAME", "ID", "BY", "SCOPE", "AT", "EXPIRES", "NOTE"),
        [
            (
                token_name(token),
                token.id,
                str(number + 1),
                str(token.scopes[number]),
                where,
                expiry.end_text(token.expires_at, now),
                wording.caveats(token),
            )
            for token, number, where in found
        ],
    )
