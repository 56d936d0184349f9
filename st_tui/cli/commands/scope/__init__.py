"""`scope`: questions about what all tokens of a project may do."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from st_tui.cli.command import (
    BadUsage,
    Group,
    json_option,
    open_vault,
    project_in,
    remark,
    typed_path,
)
from st_tui.cli.commands.scope.around import around, matrix
from st_tui.cli.commands.scope.compare import compare, lint, verify
from st_tui.cli.commands.scope.narrow import narrow
from st_tui.cli.commands.scope.sides import contains, equivalent, overlaps
from st_tui.cli.output import say, say_json, say_table, token_data, token_name
from st_tui.core import drafts, expiry, reach, wording
from st_tui.core.errors import Refusal
from st_tui.core.lint.no_folder import why_never
from st_tui.core.model import Permission
from st_tui.core.patterns import compile_pattern
from st_tui.core.reach import promises
from st_tui.core.reach.answers import Reacher
from st_tui.core.reach.promises import Verdict


@click.group(cls=Group)
def scope() -> None:
    """Ask what tokens may do, with a proof or a path."""


for _command in (overlaps, contains, equivalent, compare, narrow, verify, lint, around, matrix):
    scope.add_command(_command)


@scope.command("who")
@click.option("--env", "environment", required=True, metavar="SLUG", help="The environment.")
@click.option("--path", help="The folder to be reached, as in /common/db.")
@click.option("--pattern", help="Or any folder of a pattern, as in '/common/**'.")
@click.option(
    "--operation",
    required=True,
    type=click.Choice([permission.value for permission in Permission]),
    help="What is to be done there.",
)
@json_option
def who(
    environment: str, path: str | None, pattern: str | None, operation: str, as_json: bool
) -> int:
    """List the tokens whose scopes and permissions let them reach a path.

    Expired tokens are left out. Those that are not activated, or trust some addresses only, are
    listed and marked. Exit status 0 if any token can, 1 if none.
    """
    if (path is None) == (pattern is None):
        raise BadUsage("Give exactly one of --path and --pattern: they say what is to be reached.")
    wanted = Permission(operation)
    asked = drafts.request_path(path) if path is not None else drafts.scope_path(pattern or "")
    place = typed_path(asked)
    if path is not None and drafts.stem(place) != place:
        remark(f"{place} was read as one path of that very name: --pattern means any folder of it.")
    if pattern is not None and (never := why_never(place)) is not None:
        remark(f"{place} opens nothing: it {never}")
    with open_vault(sweep=False) as vault:
        project = project_in(vault)
        drafts.check_environment(environment, vault.environments.every(project))
        folders = ["/", *vault.folders.every(project, environment)]
        now = vault.now()
        known = reach.index(vault.tokens.page(project), now)
    if not known.tokens:
        raise Refusal("There is no living token to ask about: make one first.")
    if path is not None:
        found = reach.who(known, environment, place, wanted)
    else:
        glob = compile_pattern(place)
        found = reach.who_within(known, environment, glob, wanted, folders)
    if as_json:
        say_json(
            {
                "environment": environment,
                "path" if path is not None else "pattern": place,
                "operation": wanted,
                "tokens": len(known.tokens),
                "reachedBy": [
                    {"scope": number, "path": where, "serviceTokenData": token_data(token)}
                    for token, number, where in found
                ],
            }
        )
        return 0 if found else 1
    within = "" if path is not None else "some folder of "
    living = wording.counted(len(known.tokens), "living token")
    say(
        f"{len(found)} of {living} can {operation} {within}{place} "
        f"in {environment}, going by scopes and permissions."
    )
    if found:
        _say_reachers(found, now)
    return 0 if found else 1


def _say_reachers(found: Iterable[Reacher], now: int) -> None:
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


@scope.command("prove")
@click.argument("file", metavar="FILE|-")
@json_option
def prove(file: str, as_json: bool) -> int:
    """Prove promises about all tokens, one a line, or show who breaks them.

    \b
      # A comment.
      no token may write prod:/**
      only ci-*, deploy may read prod:/db/**
      every token expires within 12 months

    Expired tokens are left out; those that are not activated, or trust some addresses only, count.
    Exit status 0 if all hold, 1 if one is broken.
    """
    if not file:
        raise BadUsage("No file is named: give a file of promises, or - for stdin.")
    text = promises.read(Path(file), sys.stdin.buffer if file == "-" else None)
    with open_vault(sweep=False) as vault:
        project = project_in(vault)
        environments = vault.environments.every(project)
        promised = promises.parse(text, environments)
        folders = vault.folders.of_each(project)
        known = reach.index(vault.tokens.page(project), vault.now())
    verdicts = promises.prove(promised, known, folders)
    scopes = sum(len(token.scopes) for token in known.tokens)
    if as_json:
        say_json(
            {
                "tokens": len(known.tokens),
                "scopes": scopes,
                "promises": [_verdict_data(verdict) for verdict in verdicts],
            }
        )
    else:
        for verdict in verdicts:
            say(f"{'HOLDS ' if verdict.holds else 'BROKEN'}  {verdict.promise.text}")
            for token, how in promises.told(verdict, known.now):
                say(f"        {token_name(token)} ({token.id}) {how}")
        living = wording.counted(len(known.tokens), "living token")
        say(f"Looked at {living} and {wording.counted(scopes, 'scope')}.")
    return 0 if all(verdict.holds for verdict in verdicts) else 1


def _verdict_data(verdict: Verdict) -> dict[str, Any]:
    data: dict[str, Any] = {
        "line": verdict.promise.line,
        "promise": verdict.promise.text,
        "holds": verdict.holds,
        "brokenBy": [
            {"scope": scope, "path": path, "serviceTokenData": token_data(token)}
            for token, scope, path in verdict.breaches
        ],
    }
    if verdict.namesakes:
        data["sameName"] = [{"id": token.id, "name": token.name} for token in verdict.namesakes]
    return data
