"""`scope compare`, `scope verify` and `scope lint`: what scopes allow, with proof or a witness."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from st_tui.cli.command import (
    BadUsage,
    Command,
    asked_token,
    json_option,
    open_vault,
    project_in,
    typed_scopes,
)
from st_tui.cli.output import note, say, say_json, token_name
from st_tui.core import drafts
from st_tui.core.errors import Refusal
from st_tui.core.json_text import read_object
from st_tui.core.model import Permission
from st_tui.core.wording import counted

if TYPE_CHECKING:
    from st_tui.core.algebra.comparison import Apart, Inside, Surplus
    from st_tui.core.model import ServiceToken


@click.command(cls=Command)
@click.argument("token_id", metavar="ID")
@click.argument("other_id", metavar="[OTHER_ID]", required=False)
@click.option(
    "--scope", "scopes", multiple=True, metavar="ENV:PATH", help="Instead of OTHER_ID; repeatable."
)
@click.option(
    "--access-level",
    "levels",
    multiple=True,
    type=click.Choice([permission.value for permission in Permission]),
    help="With --scope; repeatable.",
)
@json_option
def compare(
    token_id: str,
    other_id: str | None,
    scopes: tuple[str, ...],
    levels: tuple[str, ...],
    as_json: bool,
) -> int:
    """Say what another token, or these scopes, would allow more and less than a token.

    Exit status 0: nothing more; 1: something more. --json carries the proofs, for `scope verify`.
    """
    from st_tui.core.algebra.comparison import Boundary, Grants, surplus

    if (other_id is None) == (not (scopes and levels)) or (other_id and (scopes or levels)):
        raise BadUsage("Give either a second token's id, or --scope with --access-level.")
    with open_vault(sweep=False) as vault:
        old = asked_token(vault, token_id)
        folders = vault.folders.of_each(vault.projects.of(old))
        new: Grants
        if other_id is not None:
            new = other = asked_token(vault, other_id)
            require_one_project(old, other)
        else:
            parsed = typed_scopes(scopes)
            for scope in parsed:
                drafts.check_environment(
                    scope.environment, vault.environments.every(vault.projects.of(old))
                )
            new = Boundary(parsed, frozenset(map(Permission, levels)))
    gains, inside = surplus(new, old, folders)
    losses, _ = surplus(old, new, folders)
    if as_json:
        say_json(
            {
                "gains": [_surplus_data(one) for one in gains],
                "losses": [_surplus_data(one) for one in losses],
                "certificates": certificates_data(inside),
            }
        )
        return 1 if gains else 0
    for sign, side in (("+", gains), ("-", losses)):
        for one in side:
            where = "the folder" if one.exists else "for example"
            say(f"{sign} {' and '.join(one.operations)} {one.scope}  {where} {one.witness}")
    if not gains:
        say(f"Nothing more is allowed: proved for {counted(len(inside), 'scope')}.")
    return 1 if gains else 0


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
        uses = vault.audit.uses_of_all(project).by_token
    if not tokens:
        raise Refusal("There is no token to look at: make one first.")
    names = Names(token.name for token in tokens if not token.is_replaced)
    found = list(lint_each(tokens, folders, writers_of(tokens), uses, names))
    if as_json:
        say_json(
            {
                "tokens": len(tokens),
                "warnings": [
                    {"id": token.id, "name": token.name, "warning": warning}
                    for token, warning in found
                ],
            }
        )
    else:
        for token, warning in found:
            say(f"{token_name(token)}: {warning}")
        note(f"{counted(len(found), 'warning')} about {counted(len(tokens), 'token')}.")
    return 1 if found else 0


def require_one_project(one: ServiceToken, other: ServiceToken) -> None:
    """Raise BadUsage for tokens of two projects, whose environments only look alike."""
    if one.project_id != other.project_id:
        raise BadUsage("These tokens belong to two projects: compare tokens of one.")


def certificates_data(proofs: Iterable[Inside | Apart]) -> list[dict[str, Any]]:
    """Proofs for JSON, in the form that `scope verify` reads: of a scope, or of both sides."""
    from st_tui.core.algebra.certificate import as_json
    from st_tui.core.algebra.comparison import Inside

    def about(one: Inside | Apart) -> dict[str, str]:
        return one.scope.data if isinstance(one, Inside) else {"environment": one.environment}

    return [{**about(one), "certificate": as_json(one.certificate)} for one in proofs]


def _surplus_data(one: Surplus) -> dict[str, Any]:
    return {
        **one.scope.data,
        "operations": [operation.value for operation in one.operations],
        "witness": one.witness,
        "witnessExists": one.exists,
    }
