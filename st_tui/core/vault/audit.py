"""The audit log of a vault: reading, searching and verifying it, and recording accesses.

The entry about a change is written in the change's own transaction: see `Session.change`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from st_tui.core.model import (
    AccessRequest,
    AuditEntry,
    Decision,
    Project,
    Reason,
    ServiceToken,
    Use,
)
from st_tui.core.store import audit, tokens
from st_tui.core.store.audit import LogPosition
from st_tui.core.store.audit_filter import EntryFilter
from st_tui.core.vault.session import Session

if TYPE_CHECKING:
    from st_tui.core.vault.entry_context import EntryContext
    from st_tui.core.vault.token_usage import TokenUsage

ANONYMOUS = "anonymous"
"""The actor of an access with a token that is not known."""

_NO_USE = frozenset({Reason.UNKNOWN, Reason.EXPIRED, Reason.INACTIVE, Reason.IP})


class Access(NamedTuple):
    """One access that somebody made or tried, and what was decided.

    `event` is Infisical's name for it; `token` is None where id and secret fit no token.
    """

    event: str
    project: Project
    token: ServiceToken | None
    request: AccessRequest
    decision: Decision
    ip: str | None = None
    user_agent: str | None = None
    details: dict[str, Any] | None = None


class AuditLog:
    """The audit log of one open vault."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(
        self,
        *,
        project: Project | None = None,
        about: str | Sequence[str] | None = None,
        event: str | None = None,
        is_denied: bool = False,
        since: int | None = None,
        until: int | None = None,
        limit: int = -1,
        offset: int = 0,
    ) -> list[AuditEntry]:
        """Some entries, the newest first: those that meet every condition that is given.

        `about` are ids, or one: the entry is about one of them, or by it. `since` and `until` are
        milliseconds since 1970 UTC.
        """
        wanted = EntryFilter(
            project_id=project.id if project else None,
            about=[about] if isinstance(about, str) else about,
            event=event,
            is_denied=is_denied,
            since=since,
            until=until,
        )
        with self._session.reading() as database:
            return audit.page(database, wanted, limit=limit, offset=offset)

    def count(self, *, project: Project | None = None, about: str | None = None) -> int:
        """How many entries there are, of all projects or of one; or about an id, or by it."""
        wanted = EntryFilter(project.id if project else None, [about] if about else None)
        with self._session.reading() as database:
            return audit.count(database, wanted)

    def find(
        self,
        project: Project,
        text: str,
        secrets: Collection[str] = (),
        *,
        about: str | None = None,
    ) -> list[int]:
        """The numbers of a project's entries in which a person finds the text, the newest first.

        `secrets` are the hashes of those secrets' names that have the text in them. `about` is an
        id: the entries are about it, or by it.
        """
        about_ids = [about] if about else None
        wanted = EntryFilter(project.id, about_ids, text=text, secrets=list(secrets))
        with self._session.reading() as database:
            return audit.numbers(database, wanted)

    def numbered(self, numbers: Sequence[int]) -> list[AuditEntry]:
        """The entries with these numbers, the newest first."""
        with self._session.reading() as database:
            return audit.numbered(database, numbers)

    def context(self, entry: AuditEntry) -> EntryContext:
        """What stands around an entry: the one before it, its token, and the scope."""
        from st_tui.core.vault.entry_context import context  # not for the first frame

        with self._session.reading() as database:
            return context(database, entry)

    def events(self) -> list[str]:
        """The events that the log has, each once."""
        with self._session.reading() as database:
            return audit.events(database)

    def record(self, accesses: Iterable[Access]) -> None:
        """Write accesses to the log, in their order, and count them as uses of their tokens.

        A token that was not admitted at all (ended, inactive, another address) was not used.
        """
        made = list(accesses)
        with self._session.database.transaction():
            audit.append(self._session.database, map(_entry, made))
            tokens.note_uses(
                self._session.database,
                [
                    (access.token.id, access.request.now)
                    for access in made
                    if access.token is not None and access.decision.reason not in _NO_USE
                ],
            )

    def uses(self, token: ServiceToken) -> list[Use]:
        """What a token was allowed so far, each environment, path and operation once."""
        with self._session.reading() as database:
            return audit.uses(database, token.id)

    def usage(self, token: ServiceToken, days: int) -> TokenUsage:
        """In which folders a token was used, and how often on each of the last days."""
        from st_tui.core.vault.token_usage import token_usage  # not for the first frame

        with self._session.reading() as database:
            return token_usage(database, token.id, self._session.clock(), days)

    def uses_of_all(self, project: Project) -> dict[str, list[Use]]:
        """What each token of a project was allowed so far, by its id."""
        with self._session.reading() as database:
            return audit.uses_of_all(database, project.id)

    def uses_of_some(self, project: Project, ids: Collection[str]) -> dict[str, list[Use]]:
        """What some tokens of a project were allowed, by their ids."""
        with self._session.reading() as database:
            return audit.uses_of_some(database, project.id, ids)

    def position(self) -> LogPosition:
        """The position of the newest entry."""
        with self._session.reading() as database:
            return audit.last(database)

    def is_only_used_since(self, project: Project, position: LogPosition) -> bool:
        """Whether nothing of a project changed since a position: tokens were used at most."""
        with self._session.reading() as database:
            return audit.has(database, position) and not audit.changed_since(
                database, project.id, position.seq
            )

    def actors_since(self, project: Project, position: LogPosition) -> list[str]:
        """Who did anything in a project after a position: ids of tokens, and others."""
        with self._session.reading() as database:
            return audit.actors_since(database, project.id, position.seq)

    def token_name(self, token_id: str) -> str | None:
        """The name that a token was made with, whether it still lives or not."""
        return self.token_names([token_id]).get(token_id)

    def token_names(self, ids: Collection[str]) -> dict[str, str]:
        """The names of many tokens, by their ids."""
        with self._session.reading() as database:
            return audit.token_names(database, ids)

    def tokens_named(self, name: str, project: Project | None = None) -> list[str]:
        """The ids of all tokens that were made with this name, the oldest first.

        Only those of one project, if it is given.
        """
        with self._session.reading() as database:
            return audit.tokens_named(database, name, project.id if project else None)

    def first_broken(self) -> int | None:
        """The number of the first entry whose hash does not follow from the one before it.

        None if the whole chain holds. A chain whose end was cut off holds, too: only a hash that
        was kept elsewhere shows that.
        """
        with self._session.reading() as database:
            return audit.first_broken(database)


def _entry(access: Access) -> audit.NewEntry:
    request = access.request
    return audit.NewEntry(
        time=request.now,
        actor=ANONYMOUS if access.token is None else access.token.id,
        event=access.event,
        project_id=access.project.id,
        environment=request.environment,
        path=request.path,
        operation=request.operation,
        verdict="allowed" if access.decision.allowed else "denied",
        reason=access.decision.reason,
        ip=access.ip,
        user_agent=access.user_agent,
        details={"endpoint": request.endpoint} | (access.details or {}),
    )
