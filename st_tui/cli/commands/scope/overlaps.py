"""`scope overlaps`: whether two patterns, scopes or tokens both open some path."""

from __future__ import annotations

import click

from st_tui.cli.command import Command
from st_tui.cli.commands.scope.sides import Folders, Outcome, Side, answer, two_sides


@click.command(cls=Command)
@two_sides
def overlaps(a: str, b: str, as_json: bool) -> int:
    """Say whether A and B both open some path, and which.

    \b
    Each of them is a pattern, a scope or a token's id:
      st-tui scope overlaps '/common/**' '/*/db'
      st-tui scope overlaps 'dev:/common/**' ID

    A scope beside a token is taken with that token's permissions. Exit status 0: yes; 1: no, which
    is proved. --json carries the proofs, for `scope verify`.
    """
    from st_tui.core.algebra.comparison import overlap

    def ask(one: Side, other: Side, folders: Folders) -> Outcome:
        met, apart = overlap(one, other, folders)
        return Outcome(met is not None, met, ("a", "b"), apart)

    return answer(ask, a, b, as_json=as_json)
