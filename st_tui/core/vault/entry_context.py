"""What stands around an entry of the audit log: the one before it, its token, and the scope."""

from __future__ import annotations

from typing import NamedTuple

from st_tui.core.access import decide
from st_tui.core.json_text import read_object
from st_tui.core.model import AccessRequest, AuditEntry, Permission, Scope, ServiceToken
from st_tui.core.store import audit, tokens
from st_tui.core.store.database import Database


class EntryContext(NamedTuple):
    """What stands around an entry.

    `previous` is the hash of the entry before it, and `follows` whether the entry's own hash
    follows from that. `token` is the one that did it, or that it is about; None if it is deleted
    (`deletion` is then the entry about that), or if there is none. `scope` is the 0-based index of
    the scope that allowed it, as far as the log still tells the scopes.
    """

    previous: str
    follows: bool
    token: ServiceToken | None
    deletion: AuditEntry | None
    scope: int | None


def context(database: Database, entry: AuditEntry) -> EntryContext:
    """Read what stands around an entry."""
    before = audit.numbered(database, [entry.seq - 1])
    previous = before[0].hash if before else audit.BEGINNING.hash
    follows = audit.entry_hash(previous, entry._asdict()) == entry.hash
    named = audit.token_names(database, [one for one in (entry.actor, entry.target) if one])
    token_id = entry.actor if entry.actor in named else entry.target
    if token_id is None or token_id not in named:
        return EntryContext(previous, follows, None, None, None)
    token = tokens.find(database, token_id)
    deletion = None if token is not None else audit.deletion(database, token_id)
    scope = _scope(entry, token.scopes if token is not None else _scopes(deletion))
    return EntryContext(previous, follows, token, deletion, scope)


def _scope(entry: AuditEntry, scopes: tuple[Scope, ...]) -> int | None:
    """The first scope that matches, of an access that was allowed."""
    if entry.verdict != "allowed" or entry.environment is None or entry.path is None:
        return None
    if entry.operation not in list(Permission):
        return None
    holder = ServiceToken("", "", scopes, frozenset(Permission))
    wanted = Permission(entry.operation)
    request = AccessRequest(entry.environment, entry.path, wanted, entry.time)
    return decide(holder, request).scope


def _scopes(deletion: AuditEntry | None) -> tuple[Scope, ...]:
    """The scopes of a deleted token, as its last entry has them; none if that is not to be read."""
    said = read_object(deletion.details) if deletion is not None else None
    listed = said.get("scopes") if said is not None else None
    return tuple(
        Scope(str(one.get("environment")), str(one.get("secretPath")))
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    )
