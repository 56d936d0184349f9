"""A token compared with another of its project: the others there are, and what each allows more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from st_tui.core.algebra.comparison import Comparison, Meeting, compare, overlap
from st_tui.core.model import Order, ServiceToken

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

MOST: Final = 500
"""At most so many tokens are offered to choose from."""


class Others(NamedTuple):
    """Tokens by name, at most `MOST`; `more` says that there are others still."""

    tokens: tuple[ServiceToken, ...]
    more: bool


class TokenRelation(NamedTuple):
    """What two tokens allow; `both` is an access that both allow, None where they allow none."""

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
    """What the new token allows more and less than the old one, and what both do.

    Raises TooComplex.
    """
    folders = vault.folders.of_each(vault.projects.of(old))
    return TokenRelation(compare(old, new, folders), overlap(old, new, folders)[0])
