"""`scope verify`: check the proofs that the other `scope` commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import click

from st_tui.cli.command import Command
from st_tui.cli.options import json_option
from st_tui.cli.output import say, say_json
from st_tui.core.errors import Refusal
from st_tui.core.json_text import read_object
from st_tui.core.wording import counted

if TYPE_CHECKING:
    pass


@click.command(cls=Command)
@click.argument("file", type=click.File("rb"))
@json_option
def verify(file: BinaryIO, as_json: bool) -> int:
    """Check the proofs that the other `scope` commands print with --json, trusting nobody.

    Exit status 0: all hold; 1: one does not.
    """
    from st_tui.core.algebra import Relation, TooComplex
    from st_tui.core.algebra.certificate import LONGEST_FILE, check, checking, from_json
    from st_tui.core.patterns import PatternRefused

    text = file.read(LONGEST_FILE + 1)
    if len(text) > LONGEST_FILE:
        raise Refusal(f"The file has over {LONGEST_FILE} bytes: check the proofs of fewer scopes.")
    try:
        entries = (read_object(text) or {})["certificates"]
        proofs = [(entry.get("secretPath"), from_json(entry["certificate"])) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        if isinstance(fault, Refusal):
            raise
        raise Refusal("Give what a `st-tui scope` command printed with --json.") from None
    if not proofs:
        raise Refusal("There is no proof to check: nothing that was answered needed one.")
    work = checking()
    broken = []
    held = []
    for path, proof in proofs:
        # Of a scope, that this very one lies inside; else, that both sides lie apart.
        claimed = (
            proof.relation is Relation.APART
            if path is None
            else (proof.relation, proof.left) == (Relation.INSIDE, (path,))
        )
        try:
            held.append(claimed and check(proof, work))
            if not held[-1]:
                broken.append(path or ", ".join(proof.left))
        except TooComplex:
            raise Refusal(
                "These proofs would take too long: check those of fewer scopes."
            ) from None
        except PatternRefused as refused:
            raise Refusal(str(refused)) from None
    if as_json:
        say_json(
            {
                "hold": not broken,
                "proofs": [
                    {
                        "relation": proof.relation,
                        "left": proof.left,
                        "right": proof.right,
                        "holds": holds,
                    }
                    for (_, proof), holds in zip(proofs, held, strict=True)
                ],
            }
        )
        return 1 if broken else 0
    for path in broken:
        say(f"Not proved: {path}")
    if not broken:
        # What is proved, not only that it is: the file says what lies inside of what.
        for _, proof in proofs:
            left, right = " or ".join(proof.left), " or ".join(proof.right)
            apart = proof.relation is Relation.APART
            relation = "has no path in common with" if apart else "lies inside"
            say(f"Proved: {left} {relation} {right}.")
        say(f"{counted(len(proofs), 'proof holds', 'proofs hold')}.")
    return 1 if broken else 0
