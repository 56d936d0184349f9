"""What `overlaps`, `contains` and `equivalent` share: reading two sides, and printing the outcome.

A side is a pattern (`/common/**`), a scope (`dev:/common/**`) or a token's id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from st_tui.cli.command import BadUsage, remark
from st_tui.cli.commands.scope.certificates import certificates_data, require_one_project
from st_tui.cli.open_vault import open_vault, project_in, require_token
from st_tui.cli.options import json_option, typed_path, typed_scopes
from st_tui.cli.output import say, say_json
from st_tui.core import drafts
from st_tui.core.lint.no_folder import why_never
from st_tui.core.model import Permission, Scope, ServiceToken

if TYPE_CHECKING:
    from st_tui.core.algebra.comparison import Apart, Inside, Meeting, Surplus
    from st_tui.core.vault import Vault

Folders = Mapping[str, Sequence[str]]
"""The paths of the folders of each environment, by its slug."""
_EVERY_PERMISSION = frozenset(Permission)


class Side(NamedTuple):
    """What one side opens.

    A side that is a pattern has one scope, whose environment is empty. `token` is None for a
    pattern or a scope.
    """

    scopes: tuple[Scope, ...]
    permissions: frozenset[Permission] = _EVERY_PERMISSION
    token: ServiceToken | None = None

    @property
    def is_pattern(self) -> bool:
        """Whether it is a pattern, which belongs to no environment."""
        return not self.scopes[0].environment


class Outcome(NamedTuple):
    """Whether the relation holds, with a path as evidence, or with proofs where there is no path.

    `opened_by` names the sides that open the path: `a`, `b` or both.
    """

    holds: bool
    path: Surplus | Meeting | None
    opened_by: tuple[str, ...]
    proofs: tuple[Inside | Apart, ...]


def two_sides(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the arguments A and B, and --json."""
    for name in ("b", "a"):
        command = click.argument(name, metavar=name.upper())(command)
    return json_option(command)


def answer(ask: Callable[[Side, Side, Folders], Outcome], *texts: str, as_json: bool) -> int:
    """Read both sides, ask, and print the outcome. Returns the exit status."""
    one, other, folders = _read(*texts)
    holds, path, opened_by, proofs = ask(one, other, folders)
    operations = () if path is None or not (one.token or other.token) else path.operations
    if as_json:
        witness = path and {
            "environment": path.scope.environment,
            "path": path.witness,
            "operations": list(operations),
            "openedBy": list(opened_by),
            "exists": path.exists,
        }
        proved = certificates_data(proofs) if path is None else []
        say_json({"holds": holds, "witness": witness, "certificates": proved})
    elif path is None:
        say("Yes, proved." if holds else "No, proved: nothing is opened by both.")
    else:
        who = "both" if len(opened_by) == 2 else f"only {opened_by[0].upper()}"
        verb = f"may {' and '.join(operations)}" if operations else "open" + "s" * (who != "both")
        where = str(path.scope._replace(secret_path=path.witness)).lstrip(":")
        say(f"{'Yes' if holds else 'No'}: {who} {verb} {'the folder ' * path.exists}{where}.")
    return 0 if holds else 1


def _read(*texts: str) -> tuple[Side, Side, Folders]:
    """Both sides, and the folders by environment, which serve as evidence. Patterns have none."""
    typed = [_typed(text) for text in texts]
    bare = [side is not None and side.is_pattern for side in typed]
    if not any(bare):
        with open_vault(sweep=False) as vault:
            return _in_vault(vault, texts, typed)
    one, other = typed
    if one is None or other is None or not all(bare):
        pattern = texts[bare.index(True)]
        raise BadUsage(
            f"{pattern[:80]!r} names no environment: write two bare patterns, or as in dev:/common."
        )
    return one, other, {}


def _typed(text: str) -> Side | None:
    """The side that a text means: a scope has a colon before its slash, a pattern a slash only.

    None stands for a token's id, which is looked up in the vault.
    """
    if not text.strip():
        raise BadUsage("One of the two is empty: give patterns, scopes or tokens' ids.")
    before_path, slash, _ = text.partition("/")
    if ":" in before_path:
        scopes = typed_scopes([text])
    elif slash:
        scopes = (Scope("", typed_path(drafts.scope_path(text))),)
    else:
        return None
    remark_if_never(scopes[0].secret_path)
    return Side(scopes)


def remark_if_never(pattern: str) -> None:
    """Remark why no folder can match a pattern, if none can."""
    if (never := why_never(pattern)) is not None:
        remark(f"{pattern} opens nothing: it {never}")


def _in_vault(
    vault: Vault, texts: Sequence[str], typed: Sequence[Side | None]
) -> tuple[Side, Side, Folders]:
    tokens = [
        require_token(vault, text) if side is None else None
        for text, side in zip(texts, typed, strict=True)
    ]
    known = [token for token in tokens if token is not None]
    if len(known) == 2:
        require_one_project(*known)
    project = vault.projects.of(known[0]) if known else project_in(vault)
    folders = vault.folders.of_each(project)
    environments = vault.environments.every(project)
    sides = []
    for side, token in zip(typed, tokens, strict=True):
        if token is not None:
            sides.append(Side(token.scopes, token.permissions, token))
        elif side is not None:
            drafts.check_environment(side.scopes[0].environment, environments)
            sides.append(
                side._replace(permissions=known[0].permissions if known else _EVERY_PERMISSION)
            )
    one, other = sides
    return one, other, folders
