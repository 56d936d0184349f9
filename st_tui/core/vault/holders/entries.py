"""The audit entries and uses of one batch, kept until its end and written together."""

from __future__ import annotations

from st_tui.core.model import Reason, ServiceToken
from st_tui.core.store import audit, tokens
from st_tui.core.store.audit import Event
from st_tui.core.store.database import Database
from st_tui.core.vault.audit import ANONYMOUS
from st_tui.core.vault.holders.holder import Caller, Holder

_ALLOWED = frozenset({None, Reason.ALLOWED})


class Entries:
    """What one batch will add to the audit log, and to the counts of each token's uses."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._uses: list[tuple[str, int]] = []

    def add(self, event: Event) -> None:
        """Add an entry that is about no request."""
        self._events.append(event)

    def add_refused(
        self, caller: Caller, event: str, now: int, reason: Reason, token: ServiceToken | None
    ) -> None:
        """Add the entry of a request that was not let in; `token` is None if it is unknown."""
        self._events.append(
            Event(
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
        self._events.append(
            Event(
                time=holder.now,
                actor=holder.token.id,
                event=holder.event,
                project_id=holder.project.id,
                target=holder.target,
                environment=holder.environment,
                path=holder.path,
                operation=holder.operation,
                verdict="allowed" if holder.reason in _ALLOWED else "denied",
                reason=holder.reason or Reason.ALLOWED,
                ip=holder.caller.address,
                user_agent=holder.caller.user_agent,
                details=holder.details,
            )
        )
        self._uses.append((holder.token.id, holder.now))

    def write(self, database: Database) -> None:
        """Write them in their order. Raises StoreError."""
        with database.explained():
            audit.append(database, self._events)
            tokens.note_uses(database, self._uses)
        self.drop()

    def drop(self) -> None:
        """Forget what was not written."""
        self._events, self._uses = [], []
