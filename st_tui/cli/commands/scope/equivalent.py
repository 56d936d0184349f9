"""`scope equivalent`: whether two patterns, scopes or tokens open the same."""

from __future__ import annotations

import click

from st_tui.cli.command import Command
from st_tui.cli.commands.scope.contains import containment
from st_tui.cli.commands.scope.sides import Folders, Outcome, Side, answer, two_sides


@click.command(cls=Command)
@two_sides
def equivalent(a: str, b: str, as_json: bool) -> int:
    """Say whether A and B open the same; if not, a path that only one of them opens.

    A and B are patterns, scopes or tokens, as for `overlaps`. Exit status 0: yes, which is proved;
    1: no. --json carries the proofs, for `scope verify`.
    """
    from st_tui.core.algebra.comparison import most_telling

    def ask(one: Side, other: Side, folders: Folders) -> Outcome:
        there, back = containment(one, other, folders), containment(other, one, folders)
        path = most_telling([found.path for found in (there, back) if found.path is not None])
        only = "b" if path is there.path else "a"
        return Outcome(path is None, path, (only,), (*there.proofs, *back.proofs))

    return answer(ask, a, b, as_json=as_json)
