"""Requests of token holders: authenticated, decided, done and audited.

Requests come in batches, each one transaction. What they did and their audit entries are durable
together when `commit` returns, and no answer may leave before. A batch reads a token and a project
once, and opens a key once: nobody else can change them while it holds the write lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from st_tui.core import access
from st_tui.core.errors import Refusal, StoreError
from st_tui.core.expiry import MINUTE
from st_tui.core.files.vault_layout import SERVER_KEY
from st_tui.core.store import failed_authentications, tokens
from st_tui.core.vault.holders.admission import Admission
from st_tui.core.vault.holders.entries import Entries
from st_tui.core.vault.holders.holder import Caller, Holder
from st_tui.core.vault.holders.request import Request
from st_tui.core.vault.secret_changes import name_hash
from st_tui.core.vault.session import Session, database_of
from st_tui.core.vault.tokens import Tokens

_INVALID = "invalid"


class Gateway:
    """The door for token holders. Raises VaultFilesError without the server's key.

    Only `commit` waits for the disk; it may run in another thread.
    """

    def __init__(self, session: Session) -> None:
        self._session = session.remembering()
        session.database.never_wait()
        self._reader = replace(session, database=database_of(session.directory))
        self._session.own_key(SERVER_KEY)
        self._entries = Entries()
        self._admission = Admission(self._session, self._entries)

    def close(self) -> None:
        """Close its connection for reading. The session stays open."""
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
        """Begin a batch. False: another program is writing, or waits to write.

        With `insist` this program writes next, until `give_up_turn`. Raises StoreError.
        """
        return self._session.database.try_to_begin(insist=insist)

    def give_up_turn(self) -> None:
        """Let others write next, after a `begin` that insisted in vain."""
        self._session.database.give_up_turn()

    def flush(self) -> None:
        """Write the audit entries and uses of the requests since `begin`, or the last `flush`.

        Raises StoreError.
        """
        self._entries.write(self._session.database)

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
        """One request within a batch; `name` is the secret's that it is about, if it is about one.

        However it ends, `flush` writes its audit entry. An exception from within passes: what the
        request wrote is taken back, and the entry keeps the HTTP status that the caller is told.
        Raises NotAuthenticated and StoreError.
        """
        with self._session.database.explained():
            holder = self._admission.admit(caller, event)
        try:
            with self._savepoint() if writes else self._session.database.explained():
                yield Request(self._session, holder)
        except Exception as problem:
            if not holder.is_denied:
                holder.reason = holder.reason or _INVALID
                holder.details["status"] = _status_of(problem)
            if name is not None:
                self._note_name(holder, name)
            raise
        finally:
            self._entries.add_request(holder)

    def housekeeping_due(self) -> bool:
        """Whether a token has reached its end, or failures wait to be reported. It only reads."""
        with self._session.reading() as database:
            end = tokens.next_end(database)
            now = self._session.clock()
            return (end is not None and end <= now) or failed_authentications.any_before(
                database, now // MINUTE
            )

    def keep_house(self) -> None:
        """Delete ended tokens and report failures, inside a batch."""
        Tokens(self._session).sweep()
        self._admission.report_failures()

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """A part of the batch that can be taken back alone."""
        try:
            with self._session.database.transaction():
                yield
        except BaseException:
            # A name key that this request made is taken back with it.
            self._forget_keys()
            raise

    def _note_name(self, holder: Holder, name: str) -> None:
        """Keep which secret was asked for in vain, as the hash that stands for its name."""
        with suppress(Refusal), self._session.database.explained():
            hashed = name_hash(self._session, holder.project, name)
            holder.details.setdefault("secretKey", hashed.hex())

    def _forget(self) -> None:
        self._entries.drop()
        self._admission.forget()
        self._forget_keys()

    def _forget_keys(self) -> None:
        if self._session.opened is not None:
            self._session.opened.clear()


def _status_of(problem: Exception) -> int:
    """The exception's own `status`. One without is a StoreError, 503, or a fault of ours, 500."""
    status: int = getattr(problem, "status", 503 if isinstance(problem, StoreError) else 500)
    return status
