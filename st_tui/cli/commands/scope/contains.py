"""`scope contains`: whether one pattern, scope or token opens all that another does."""

from __future__ import annotations

import click

from st_tui.cli.command import Command
from st_tui.cli.commands.scope.sides import Folders, Outcome, Side, answer, two_sides


@click.command(cls=Command)
@two_sides
def contains(a: str, b: str, as_json: bool) -> int:
    """Say whether A opens all that B does; if not, a path that only B opens.

    A and B are patterns, scopes or tokens, as for `overlaps`. Exit status 0: yes, which is proved;
    1: no. --json carries the proofs, for `scope verify`.
    """
    return answer(containment, a, b, as_json=as_json)


def containment(outer: Side, inner: Side, folders: Folders) -> Outcome:
    """Whether the outer side opens all that the inner one does. Raises TooComplex."""
    from st_tui.core.algebra import TooComplex
    from st_tui.core.algebra.comparison import most_telling, surplus

    try:
        more, inside = surplus(inner, outer, folders)
    except TooComplex:
        if (set(inner.scopes), inner.permissions) != (set(outer.scopes), outer.permissions):
            raise
        more, inside = (), ()  # Both are the same. A certificate would have too many states.
    return Outcome(not more, most_telling(more), ("b",), inside)
