"""Which token a rotation replaced, and which tokens replaced it, as the audit log says."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from st_tui.core.model import AuditEntry, ServiceToken
from st_tui.core.store import audit, tokens
from st_tui.core.store.database import Database


class Relative(NamedTuple):
    """A token that a rotation made or ended, and what became of it.

    `token` is None if it was deleted; `deletion` is then the log's entry about that, if it has one.
    """

    id: str
    name: str
    token: ServiceToken | None
    deletion: AuditEntry | None

    def state(self, in_words: Callable[[int], str]) -> str:
        """What became of it: `works until …`, `never expires`, `revoked on …`, `gone`."""
        if self.token is not None:
            end = self.token.expires_at
            return "never expires" if end is None else f"works until {in_words(end)}"
        if self.deletion is None:
            return "gone"
        return f"{_GONE.get(self.deletion.reason or '', 'deleted')} {in_words(self.deletion.time)}"


_GONE = {"rotated": "ended by the rotation", "revoked": "revoked", "expired": "expired"}


class Lineage(NamedTuple):
    """The token that this one replaced, and the tokens that replaced this one.

    There are several successors if the token was rotated again during an overlap.
    """

    predecessor: Relative | None
    successors: tuple[Relative, ...]


def lineage(database: Database, token_id: str) -> Lineage:
    """The token before this one and those after it."""
    before = audit.predecessor(database, token_id)
    after = audit.successors(database, token_id)
    return Lineage(
        None if before is None else _relative(database, before),
        tuple(_relative(database, successor) for successor in after),
    )


def _relative(database: Database, token_id: str) -> Relative:
    token = tokens.find(database, token_id)
    name = audit.token_names(database, [token_id]).get(token_id, "")
    deletion = None if token else audit.deletion(database, token_id)
    return Relative(token_id, name, token, deletion)
