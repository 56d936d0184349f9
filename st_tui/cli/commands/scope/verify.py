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
    from st_tui.core.algebra import Budget, Certificate


@click.command(cls=Command)
@click.argument("file", type=click.File("rb"))
@json_option
def verify(file: BinaryIO, as_json: bool) -> int:
    """Check the proofs that the other `scope` commands print with --json, trusting nobody.

    Exit status 0: all hold; 1: one does not.
    """
    from st_tui.core.algebra import Relation
    from st_tui.core.algebra.certificate import checking_budget

    stated = _read(file)
    budget = checking_budget()
    proofs = [(proof, path, _holds(proof, path, budget)) for path, proof in stated]
    all_hold = all(holds for *_, holds in proofs)
    if as_json:
        say_json(
            {
                "hold": all_hold,
                "proofs": [
                    {
                        "relation": proof.relation,
                        "left": proof.left,
                        "right": proof.right,
                        "holds": holds,
                    }
                    for proof, _, holds in proofs
                ],
            }
        )
        return 0 if all_hold else 1
    for proof, path, holds in proofs:
        if not holds:
            say(f"Not proved: {path or ', '.join(proof.left)}")
    if all_hold:
        # Each proof in words: the person may not know what the file claims.
        for proof, *_ in proofs:
            left, right = " or ".join(proof.left), " or ".join(proof.right)
            apart = proof.relation is Relation.APART
            relation = "has no path in common with" if apart else "lies inside"
            say(f"Proved: {left} {relation} {right}.")
        say(f"{counted(len(proofs), 'proof holds', 'proofs hold')}.")
    return 0 if all_hold else 1


def _read(file: BinaryIO) -> list[tuple[str | None, Certificate]]:
    """The certificates of a file. Each stands beside the pattern of the scope that it is about.

    The pattern is None where the certificate says that two sides have no path in common.
    """
    from st_tui.core.algebra.certificate_json import LONGEST_FILE, from_json

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
    return proofs


def _holds(proof: Certificate, path: str | None, budget: Budget) -> bool:
    """Whether a certificate proves that this one pattern lies inside others, or, where the pattern
    is None, that two sides have no path in common."""
    from st_tui.core.algebra import Relation, TooComplex
    from st_tui.core.algebra.certificate import check
    from st_tui.core.patterns import PatternRefused

    if path is None:
        is_fitting = proof.relation is Relation.APART
    else:
        is_fitting = (proof.relation, proof.left) == (Relation.INSIDE, (path,))
    try:
        return is_fitting and check(proof, budget)
    except TooComplex:
        raise Refusal("These proofs would take too long: check those of fewer scopes.") from None
    except PatternRefused as refused:
        raise Refusal(str(refused)) from None
