"""`scope lint`: warnings about all tokens of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from st_tui.cli.command import Command
from st_tui.cli.open_vault import open_vault, project_in
from st_tui.cli.options import json_option
from st_tui.cli.output import note, say, say_json
from st_tui.cli.token_fields import token_name
from st_tui.core.errors import Refusal
from st_tui.core.wording import counted

if TYPE_CHECKING:
    from st_tui.core.lint import LintWarning
    from st_tui.core.model import ServiceToken


@click.command(cls=Command)
@json_option
def lint(as_json: bool) -> int:
    """Warn about scopes that are redundant, match nothing, or are wider than they look or are used;
    and about names that look alike.

    Exit status 0: no warning; 1: some.
    """
    from st_tui.core.lint import lint_each, writers_of
    from st_tui.core.lint.names import Names

    with open_vault(sweep=False) as vault:
        project = project_in(vault)
        folders = vault.folders.of_each(project)
        tokens: list[ServiceToken] = vault.tokens.page(project)
        uses = vault.audit.uses_of_all(project)
    if not tokens:
        raise Refusal("There is no token to look at: make one first.")
    names = Names(token.name for token in tokens if not token.is_replaced)
    found = list(lint_each(tokens, folders, writers_of(tokens), uses, names))
    if as_json:
        say_json(
            {
                "tokens": len(tokens),
                "warnings": [
                    {"id": token.id, "name": token.name} | _as_json(warning)
                    for token, warning in found
                ],
            }
        )
    else:
        for token, warning in found:
            say(f"{token_name(token)}: {warning.text}")
        note(f"{counted(len(found), 'warning')} about {counted(len(tokens), 'token')}.")
    return 1 if found else 0


def _as_json(warning: LintWarning) -> dict[str, Any]:
    """The sentence, what it is about, its place in the order of weights, and what would mend it."""
    fix = warning.fix
    return {
        "warning": warning.text,
        "kind": warning.kind,
        "weight": warning.weight,
        "fix": fix
        and {
            "words": fix.words,
            "way": fix.way,
            "scopes": None if fix.scopes is None else [scope.data for scope in fix.scopes],
        },
    }
