"""The cells of the matrix for as many tokens as there is room for, and what their letters mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from st_tui.core.model import Environment, Permission, ServiceToken
from st_tui.core.plain_text import shown


class Sheet(NamedTuple):
    """Some of a project's tokens, from the one at index `first` on, and all folders.

    `cells` has for each folder what `core.matrix.letters` says for each of the tokens. `total` is
    how many tokens there are in all.
    """

    environments: Sequence[Environment] = ()
    environment: Environment | None = None
    paths: Sequence[str] = ()
    total: int = 0
    first: int = 0
    tokens: Sequence[ServiceToken] = ()
    cells: Sequence[Sequence[str]] = ()


def style_of(letters: str) -> str:
    """As in the token list: reading is green, writing amber, all else is quiet."""
    if not letters.strip(" ").isupper():
        return "held"
    if Permission.WRITE.letter not in letters:
        return "read"
    return "both" if Permission.READ.letter in letters else "write"


def scopes_in(token: ServiceToken, environment: Environment | None) -> str:
    """The patterns of a token's scopes in an environment: `/common/**`, or `/a +2` for three."""
    slug = environment.slug if environment else ""
    first, *others = [s.secret_path for s in token.scopes if s.environment == slug] or [""]
    return shown(first) + (f" +{len(others)}" if others else "")
