"""Least privilege: the draft of a token that allows only what the audit log says was used."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from st_tui.core.algebra.least_privilege import Narrowed, narrow
from st_tui.core.drafts import name_of_copy
from st_tui.core.model import ServiceToken, TokenDraft

if TYPE_CHECKING:
    from st_tui.core.vault import Vault


class Proposal(NamedTuple):
    """The draft of a clone with only what was used, and how that was found."""

    draft: TokenDraft
    narrowed: Narrowed


def propose(vault: Vault, token: ServiceToken) -> Proposal:
    """The narrowest token that could take this one's place.

    Raises Refusal if the log has no use of it or uses in too many folders, TooComplex if no proof
    is found in reasonable time, and VaultError if the token has ended.
    """
    draft = vault.tokens.clone_draft(token, name=name_of_copy(token.name, "narrowed"))
    folders = vault.folders.of_each(vault.projects.of(token))
    narrowed = narrow(token, vault.audit.uses(token), folders)
    return Proposal(
        draft._replace(scopes=narrowed.scopes, permissions=narrowed.permissions), narrowed
    )
