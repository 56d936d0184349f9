"""The front door of the domain: the app, the command line and the HTTP API do everything by it.

    with Vault.open(directory, actor="ann") as vault:
        vault.tokens.revoke([vault.tokens.get(token_id)])

A `Vault` is one connection to one vault's database. Opening one takes less than a millisecond, so
each worker thread opens its own. Methods raise Refusal with a sentence for a person. A change and
its audit entry are one transaction, so a refusal leaves nothing half-written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from st_tui.core import access
from st_tui.core.expiry import system_clock
from st_tui.core.files import vault_files
from st_tui.core.files.vault_layout import DATABASE, OPERATOR_KEY, has_database
from st_tui.core.model import AccessRequest, Decision, RandomBytes
from st_tui.core.store.sqlite import create_database
from st_tui.core.vault.audit import Access, AuditLog
from st_tui.core.vault.environments import Environments
from st_tui.core.vault.folders import Folders
from st_tui.core.vault.projects import DEFAULT_ENVIRONMENTS, Projects, check_new_project
from st_tui.core.vault.session import Session, VaultError, database_of
from st_tui.core.vault.tokens import OPERATOR_ID, Known, Tokens, ended_at

if TYPE_CHECKING:
    from st_tui.core.vault.holders.gateway import Gateway
    from st_tui.core.vault.secrets import Secrets

__all__ = [
    "DEFAULT_ENVIRONMENTS",
    "OPERATOR_ID",
    "Access",
    "Known",
    "Vault",
    "VaultError",
    "check",
    "check_new_project",
    "ended_at",
    "system_clock",
]


class Vault:
    """One open vault. Use it as a context manager, or call `close`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.projects = Projects(session)
        self.environments = Environments(session)
        self.folders = Folders(session)
        self.tokens = Tokens(session)
        self.audit = AuditLog(session)

    @cached_property
    def secrets(self) -> Secrets:
        """The projects' secrets, imported late: the app's first frame does not need them."""
        from st_tui.core.vault.secrets import Secrets

        return Secrets(self._session)

    @cached_property
    def gateway(self) -> Gateway:
        """Where the requests of token holders come in."""
        from st_tui.core.vault.holders.gateway import Gateway

        return Gateway(self._session)

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        actor: str,
        clock: Callable[[], int] = system_clock,
        randbytes: RandomBytes = os.urandom,
        key_file: str = OPERATOR_KEY,
        one_thread: bool = False,
    ) -> Self:
        """Open the vault in this directory. `actor` (the OS user) is who the audit log names.

        `key_file` is the key that opens project keys. The server names `server.key`, and reads no
        other. With `one_thread` every other thread is refused, as a fault of the program.
        """
        # A directory without a vault may be open to others: it may be /tmp, or somebody's home.
        if has_database(directory):
            vault_files.check_directory(directory)
            if key_file == OPERATOR_KEY:
                vault_files.clear_drafts(directory)
        database = database_of(directory, one_thread=one_thread)
        return cls(Session(directory, database, actor, clock, randbytes, key_file))

    @classmethod
    def create(
        cls,
        directory: Path,
        *,
        actor: str,
        clock: Callable[[], int] = system_clock,
        randbytes: RandomBytes = os.urandom,
    ) -> Self:
        """Open the vault in this directory; if there is none, make its keys and database first."""
        if not has_database(directory):
            vault_files.make_directory(directory)
            vault_files.clear_drafts(directory)
            vault_files.make_keys(directory, randbytes)
            vault_files.make_once(directory, DATABASE, create_database)
        return cls.open(directory, actor=actor, clock=clock, randbytes=randbytes)

    def close(self) -> None:
        """Close the database."""
        if "gateway" in self.__dict__:
            self.gateway.close()
        self._session.database.close()

    def stop_when(self, is_enough: Callable[[], bool]) -> None:
        """Refuse to go on from when `is_enough` says so, even within a statement."""
        self._session.database.stop_when(is_enough)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def directory(self) -> Path:
        """Where the vault lies."""
        return self._session.directory

    @property
    def is_read_only(self) -> bool:
        """Whether the vault's files may only be read."""
        return self._session.is_read_only

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make several changes in one transaction: all of them or none, and one wait for the disk.

        Not for turning E2EE on: the server's key is erased only after a transaction of its own.
        """
        with self._session.database.transaction():
            yield

    def back_up(self, path: Path) -> str | None:
        """Write the vault, without its keys, into a new file; return what is wrong with it, if any.

        What is wrong is half a sentence. Raises StoreError if the file cannot be written.
        """
        from st_tui.core.store import backup

        return backup.save(self._session.database, path)

    def now(self) -> int:
        """The vault's clock, in milliseconds since 1970 UTC."""
        return self._session.clock()

    def changed_elsewhere(self) -> int:
        """A number that changes whenever another program has changed the vault."""
        with self._session.reading() as database:
            return database.changes_elsewhere()


def check(known: Known, request: AccessRequest) -> Decision:
    """The decision about a token that was looked up. Nothing is written, and nothing is deleted."""
    if known.token is not None:
        return access.decide(known.token, request)
    return access.UNKNOWN if known.tombstone is None else access.EXPIRED
