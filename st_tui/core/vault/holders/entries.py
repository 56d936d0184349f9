"""The audit entries and uses of one batch, kept until its end and written together."""

from __future__ import annotations

from st_tui.core.model import Reason, ServiceToken
from st_tui.core.store import audit, tokens
from st_tui.core.store.audit import NewEntry
from st_tui.core.store.database import Database
from st_tui.core.vault.audit import ANONYMOUS
from st_tui.core.vault.holders.holder import Caller, Holder


class Entries:
    """What one batch will add to the audit log, and to the counts of each token's uses."""

    def __init__(self) -> None:
        self._entries: list[NewEntry] = []
        self._uses: list[tuple[str, int]] = []

    def add(self, entry: NewEntry) -> None:
        """Add an entry that is about no request."""
        self._entries.append(entry)

    def add_refused(
        self, caller: Caller, event: str, now: int, reason: Reason, token: ServiceToken | None
    ) -> None:
        """Add the entry of a request that was not let in; `token` is None if it is unknown."""
        self._entries.append(
            NewEntry(
                now,
                ANONYMOUS if token is None else token.id,
                event,
                project_id=None if token is None else token.project_id,
                verdict="denied",
                reason=reason,
                ip=caller.address,
                user_agent=caller.user_agent,
            )
        )

    def add_request(self, holder: Holder) -> None:
        """Add the entry of a request that was let in, however it ended, and its token's use."""
        self._entries.append(
            NewEntry(
                time=holder.now,
                actor=holder.token.id,
                event=holder.event,
                project_id=holder.project.id,
                target=holder.target,
                environment=holder.environment,
                path=holder.path,
                operation=holder.operation,
                verdict="denied" if holder.is_denied else "allowed",
                reason=holder.reason or Reason.ALLOWED,
                ip=holder.caller.address,
                user_agent=holder.caller.user_agent,
                details=holder.details,
            )
        )
        self._uses.append((holder.token.id, holder.now))

    def write(self, database: Database) -> None:
        """Write what was added, in its order, and forget it. Raises StoreError."""
        with database.explained():
            audit.append(database, self._entries)
            tokens.note_uses(database, self._uses)
        self.drop()

    def drop(self) -> None:
        """Forget what was not written."""
        self._entries, self._uses = [], []
