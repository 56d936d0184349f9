"""Requests of token holders: authenticated, decided, done and audited.

Requests come in batches, each one transaction: what they did and their audit entries are durable
together when `commit` returns, and no answer may leave before. A batch reads a token and a project
once, and opens a key once: nothing else can change them while it holds the write lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import ClassVar

from st_tui.core import access, addresses
from st_tui.core.errors import Refusal, StoreError
from st_tui.core.expiry import MINUTE, iso
from st_tui.core.files.vault_layout import DATABASE, SERVER_KEY
from st_tui.core.model import (
    Project,
    Reason,
    ServiceToken,
    TokenText,
)
from st_tui.core.store import audit, failures, tokens
from st_tui.core.store.audit import Event
from st_tui.core.store.sqlite import open_database
from st_tui.core.store.turnstile import PATIENCE_SECONDS
from st_tui.core.vault.audit import ANONYMOUS
from st_tui.core.vault.holders.holder import Caller, Holder
from st_tui.core.vault.holders.request import Request
from st_tui.core.vault.secret_changes import name_hash
from st_tui.core.vault.session import Session
from st_tui.core.vault.tokens import Known, Tokens, record_end

FAILURES_A_MINUTE = 10
"""Failed authentications of one address (IPv6: of one /64) that are answered with 401."""
LONGEST_WAIT = 5
"""Seconds that a throttled client is told to wait at most: published clients sleep them."""

_NOBODY = TokenText(2, "00000000-0000-0000-0000-000000000000", "0" * 32, "")
"""Looked up for a malformed token, so that it costs what a well-formed one costs."""
_INVALID = "invalid"
_LETS_IN = frozenset({None, Reason.ALLOWED})


class NotAuthenticated(Refusal):
    """The request's token does not let it in. `retry_after`: seconds, when it is one too many."""

    def __init__(self, reason: Reason, retry_after: int | None = None) -> None:
        super().__init__("Invalid service token")
        self.reason = reason
        self.retry_after = retry_after


class Gateway:
    """The door for token holders. Raises VaultFilesError without the server's key.

    Only `commit` waits for the disk; it may run in another thread.
    """

    patience: ClassVar[float] = PATIENCE_SECONDS
    """Seconds in which `begin` is asked again before that is given up."""

    def __init__(self, session: Session) -> None:
        self._session = session.remembering()
        session.database.never_wait()
        self._reader = replace(session, database=open_database(session.directory / DATABASE))
        self._session.own_key(SERVER_KEY)
        self._known: dict[TokenText, Known] = {}
        self._projects: dict[str, Project] = {}
        self._events: list[Event] = []
        self._uses: list[tuple[str, int]] = []

    def close(self) -> None:
        """Close what it opened."""
        self._reader.database.close()

    def expects(self, caller: Caller) -> bool:
        """Whether the caller's token would be let in now, so that its request is worth reading.

        Only a batch decides: until then the token may end, or be revoked. It reads over a
        connection of its own, so that it waits for no batch. Raises StoreError.
        """
        if caller.text is None:
            return False
        token = Tokens(self._reader).authenticate(caller.text).token
        return token is not None and access.admits(token, self._session.clock(), caller.ip).allowed

    def begin(self, *, insist: bool = False) -> bool:
        """Begin a batch; False while another program is writing, or a person waits to write.

        Who insists is next from then on, until `give_up_turn`. Raises StoreError.
        """
        return self._session.database.try_to_begin(insist=insist)

    def give_up_turn(self) -> None:
        """Wait no more for a batch that `begin` could not begin."""
        self._session.database.give_up_turn()

    def flush(self) -> None:
        """Write the audit entries and uses of the requests since `begin`, or the last `flush`."""
        with self._session.database.explained():
            audit.append(self._session.database, self._events)
            tokens.note_uses(self._session.database, self._uses)
        self._events, self._uses = [], []

    def commit(self) -> None:
        """Make the batch durable. Raises StoreError; `abandon` it then."""
        with self._session.database.explained():
            self._session.database.commit()
        self._forget()

    def abandon(self) -> None:
        """Take back the whole batch, whatever state the disk left it in."""
        with suppress(StoreError), self._session.database.explained():
            self._session.database.rollback()
        self._forget()

    @property
    def is_open(self) -> bool:
        """Whether the batch can still become durable: a full disk may have ended it."""
        return self._session.database.in_transaction

    @contextmanager
    def request(
        self, caller: Caller, event: str, *, name: str | None = None, writes: bool = False
    ) -> Iterator[Request]:
        """One request, about the secret of this name if it is about one.

        However it ends, its audit entry is written by `flush`. Raises NotAuthenticated, and
        StoreError. An exception from within passes, its `status` noted, and what was written is
        taken back.
        """
        with self._session.database.explained():
            holder = self._admit(caller, event)
        try:
            with self._part() if writes else self._session.database.explained():
                yield Request(self._session, holder)
        except Exception as problem:
            if not holder.is_denied:
                holder.reason = holder.reason or _INVALID
                refused = 400 if isinstance(problem, Refusal) else 500
                holder.details["status"] = getattr(problem, "status", refused)
            if name is not None:
                self._note_name(holder, name)
            raise
        finally:
            self._note(holder)

    def _note_name(self, holder: Holder, name: str) -> None:
        """Keep which secret was asked for in vain, as the hash that stands for its name."""
        with suppress(Refusal):
            hashed = name_hash(self._session, holder.project, name)
            holder.details.setdefault("secretKey", hashed.hex())

    @contextmanager
    def _part(self) -> Iterator[None]:
        try:
            with self._session.database.transaction():
                yield
        except BaseException:
            # A name key that this request made is taken back with it.
            self._forget_keys()
            raise

    def _report_failures(self) -> None:
        """One audit entry for each address and minute that is over in which too many failed."""
        minute = self._session.clock() // MINUTE
        with self._session.database.explained():
            over = failures.take_before(self._session.database, minute)
        for failed in over:
            beyond = failed.failures - FAILURES_A_MINUTE
            if beyond > 0:
                self._events.append(
                    Event(
                        self._session.clock(),
                        ANONYMOUS,
                        "failed-authentications",
                        ip=failed.address or None,
                        verdict="denied",
                        reason=Reason.UNKNOWN,
                        details={"failures": beyond, "minute": iso(failed.minute * MINUTE)},
                    )
                )

    def housekeeping_due(self) -> bool:
        """Whether a token has reached its end, or failures wait to be reported. It only reads."""
        with self._session.reading() as database:
            end = tokens.next_end(database)
            now = self._session.clock()
            return (end is not None and end <= now) or failures.any_before(database, now // MINUTE)

    def keep_house(self) -> None:
        """Sweep ended tokens and report failures, inside a batch."""
        Tokens(self._session).sweep()
        self._report_failures()

    def _admit(self, caller: Caller, event: str) -> Holder:
        now = self._session.clock()
        token = self._authenticated(caller, event, now)
        admitted = access.admits(token, now, caller.ip)
        if not admitted.allowed:
            if admitted.reason is Reason.EXPIRED:
                self._end(token)
            self._refuse(caller, event, now, admitted.reason, token)
            raise NotAuthenticated(admitted.reason)
        return Holder(token, self._project(token), caller, event, now)

    def _authenticated(self, caller: Caller, event: str, now: int) -> ServiceToken:
        text = caller.text or _NOBODY
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = Tokens(self._session).authenticate(text)
        if known.token is not None:
            return known.token
        failed = failures.count(self._session.database, _throttled_as(caller), now // MINUTE)
        if failed > FAILURES_A_MINUTE:
            left = (MINUTE - now % MINUTE) // 1000
            raise NotAuthenticated(Reason.UNKNOWN, max(1, min(LONGEST_WAIT, left)))
        reason = Reason.UNKNOWN if known.tombstone is None else Reason.EXPIRED
        self._refuse(caller, event, now, reason, None)
        raise NotAuthenticated(Reason.UNKNOWN)

    def _end(self, token: ServiceToken) -> None:
        """Delete a token whose end this request found, and leave its tombstone."""
        self.flush()
        with self._session.change() as record:
            tokens.delete(self._session.database, token.id)
            record_end(record, self._project(token), token, reason="expired")
        self._known.clear()

    def _forget(self) -> None:
        self._known, self._projects, self._events, self._uses = {}, {}, [], []
        self._forget_keys()

    def _forget_keys(self) -> None:
        if self._session.opened is not None:
            self._session.opened.clear()

    def _project(self, token: ServiceToken) -> Project:
        project = self._projects.get(token.project_id)
        if project is None:
            project = self._projects[token.project_id] = self._session.project_of(token)
        return project

    def _refuse(
        self, caller: Caller, event: str, now: int, reason: Reason, token: ServiceToken | None
    ) -> None:
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

    def _note(self, holder: Holder) -> None:
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
                verdict="allowed" if holder.reason in _LETS_IN else "denied",
                reason=holder.reason or Reason.ALLOWED,
                ip=holder.caller.address,
                user_agent=holder.caller.user_agent,
                details=holder.details,
            )
        )
        self._uses.append((holder.token.id, holder.now))


def _throttled_as(caller: Caller) -> str:
    """The address that failures are counted for: one IPv4 address, or an IPv6 /64.

    All that is no address counts together: whoever made it up could make up more.
    """
    return "" if caller.ip is None else addresses.customer(caller.ip)
