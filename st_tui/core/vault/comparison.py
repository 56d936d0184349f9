"""A token compared with another one of its project: which to choose from, and what each allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from st_tui.core.algebra.comparison import Comparison, Meeting, compare, overlap
from st_tui.core.model import Order, ServiceToken

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

MOST: Final = 500
"""How many tokens are offered at most to choose from."""


class Others(NamedTuple):
    """Tokens in the order of their names, at most `MOST`; `more` says that there are more."""

    tokens: tuple[ServiceToken, ...]
    more: bool


class TokenRelation(NamedTuple):
    """What two tokens allow. `both` is an access that both allow; None if there is none."""

    comparison: Comparison
    both: Meeting | None


def others(vault: Vault, token: ServiceToken, text: str = "") -> Others:
    """The other tokens of the project whose name or scopes contain the text, or whose id it is."""
    project = vault.projects.of(token)
    if text:
        meant = vault.tokens.lookup(text).token
        if meant is not None and meant.project_id == project.id and meant.id != token.id:
            return Others((meant,), more=False)
    # Two above the limit: one may be the token itself, the other shows that there are more.
    page = vault.tokens.page(project, text=text, order=Order.NAME, limit=MOST + 2)
    rest = tuple(other for other in page if other.id != token.id)
    return Others(rest[:MOST], more=len(rest) > MOST)


def compare_tokens(vault: Vault, old: ServiceToken, new: ServiceToken) -> TokenRelation:
    """What the new token allows more and less than the old one, and what both allow.

    Raises TooComplex.
    """
    folders = vault.folders.of_each(vault.projects.of(old))
    return TokenRelation(compare(old, new, folders), overlap(old, new, folders)[0])
