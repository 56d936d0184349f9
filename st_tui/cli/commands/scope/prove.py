"""`scope prove`: promises about all tokens, proved or broken."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from st_tui.cli.command import BadUsage, Command
from st_tui.cli.open_vault import open_vault, project_in
from st_tui.cli.options import json_option
from st_tui.cli.output import say, say_json
from st_tui.cli.token_fields import token_name
from st_tui.core import reach, wording
from st_tui.core.reach import promises
from st_tui.core.reach.promises import Verdict
from st_tui.core.token_json import token_data


@click.command(cls=Command)
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
        known = reach.build_index(vault.tokens.page(project), vault.now())
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
