"""Restoring a vault from a backup, in the directory with its keys. `Vault.back_up` makes one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from st_tui.core.addresses import covers
from st_tui.core.errors import Damaged, StoreError
from st_tui.core.expiry import system_clock
from st_tui.core.files import vault_files, written_aside
from st_tui.core.files.vault_layout import DATABASE, OPERATOR_KEY, SERVER_KEY, has_database
from st_tui.core.model import AuditEntry, Project, ServiceToken
from st_tui.core.store import audit, backup, projects, token_listing, tokens
from st_tui.core.store.sqlite import Sqlite, explained, open_database
from st_tui.core.vault.session import Session, VaultError


class VaultContent(NamedTuple):
    """How much is in a vault."""

    projects: int
    tokens: int
    audit_entries: int


class Widened(NamedTuple):
    """What a restore would open that is closed now."""

    in_time: list[ServiceToken]
    """Tokens that would work again, or for longer."""
    in_addresses: list[ServiceToken]
    """Other tokens that would work from more addresses."""
    without_e2ee: list[Project]
    """Projects that the server could read again."""


class Candidate:
    """A backup that was checked and may take the place of the vault in its directory.

    `copy` is a copy of the backup's file; the session reads it with the keys of the directory.
    """

    def __init__(self, session: Session, copy: Sqlite) -> None:
        self._session = session
        self._copy = copy
        self._file = session.directory / DATABASE

    def content(self) -> VaultContent:
        """How much is in the backup."""
        with self._session.reading() as database:
            every = projects.every(database)
            return VaultContent(
                len(every),
                sum(token_listing.count(database, project.id) for project in every),
                audit.count(database),
            )

    def widened(self) -> Widened:
        """What is open in the backup and closed here; nothing if the vault here is damaged."""
        now = self._session.clock()
        found = Widened([], [], [])
        try:
            with closing(open_database(self._file)) as present, explained(self._file):
                for project in projects.every(self._copy):
                    project_here = projects.by_id(present, project.id)
                    if project_here is not None and project_here.e2ee and not project.e2ee:
                        found.without_e2ee.append(project)
                    for token in token_listing.page(self._copy, project.id):
                        if not _works(token, now):
                            continue
                        here = tokens.find(present, token.id)
                        if here is None or _ends_sooner(here, token):
                            found.in_time.append(token)
                        elif _fewer_addresses(here, token):
                            found.in_addresses.append(token)
        except Damaged:
            return Widened([], [], [])
        return found

    def put_in_place(self) -> None:
        """Make the backup the vault here. Programs that have the vault open see it at once.

        The audit log becomes the backup's, with an entry about the restore that names the last
        entry of the log it replaced. Raises StoreError.
        """
        has_damaged = False
        if has_database(self._session.directory):
            try:
                with closing(open_database(self._file)) as present, explained(self._file):
                    self._record(next(iter(audit.page(present, limit=1)), None))
                    present.replace_all(self._copy)
                return
            except Damaged:
                has_damaged = True
        self._record(None)
        with explained(self._file):
            write = self._write_over_damaged if has_damaged else self._copy.copy_to
            made = vault_files.make_once(self._session.directory, DATABASE, write)
        if not made:
            raise VaultError(
                f"Somebody made a vault at {self._session.directory} meanwhile: it was left alone."
            )

    def _write_over_damaged(self, draft: Path) -> None:
        self._copy.copy_to(draft)
        # Only now, when there is a file to take the damaged one's place.
        for suffix in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)

    def _record(self, replaced: AuditEntry | None) -> None:
        details = (
            None
            if replaced is None
            else {"replacedSeq": replaced.seq, "replacedHash": replaced.hash}
        )
        entry = audit.NewEntry(
            self._session.clock(), self._session.actor, "restore-backup", details=details
        )
        with self._copy.transaction():
            audit.append(self._copy, [entry])


@contextmanager
def candidate(directory: Path, file: Path, *, actor: str) -> Iterator[Candidate]:
    """A checked copy of the backup in this file, in the directory with the keys that open it.

    Raises Refusal for a file that is no sound backup, or that these keys do not open.
    """
    vault_files.check_directory(directory)
    for key in (OPERATOR_KEY, SERVER_KEY):
        vault_files.read_key(directory, key)
    vault_files.clear_drafts(directory)
    with ExitStack() as stack:
        try:
            draft = stack.enter_context(vault_files.draft(directory))
        except OSError as error:
            raise VaultError(f"{directory} cannot be written to: {error.strerror}.") from None
        _copy(file, draft)
        try:
            database = open_database(draft)
        except Damaged:
            raise VaultError(f"{file} cannot be restored: it is damaged, or no backup.") from None
        except StoreError as refused:
            raise VaultError(str(refused).replace(str(draft), str(file))) from None
        with closing(database):
            flaw = backup.flaw(database)
            if flaw is not None:
                raise VaultError(f"{file} cannot be restored: {flaw}.")
            session = Session(directory, database, actor, system_clock, os.urandom)
            session.require_keys()
            yield Candidate(session, database)


def _copy(file: Path, draft: Path) -> None:
    try:
        if not file.is_file():
            raise VaultError(f"{file} is not there, or no file: name a backup.")
        if not file.stat().st_size:
            raise VaultError(f"{file} cannot be restored: it is empty.")
        journal = file.with_name(f"{file.name}-wal")
        if journal.exists() and journal.stat().st_size:
            raise VaultError(
                f"{file} is not whole without {journal.name}: it was not made by `st-tui backup`."
            )
        with open(file, "rb") as source, written_aside.open_new(draft) as target:
            shutil.copyfileobj(source, target)
    except OSError as error:
        raise VaultError(f"{file} cannot be read: {error.strerror}.") from None


def _works(token: ServiceToken, now: int) -> bool:
    return token.is_active and (token.expires_at is None or token.expires_at > now)


def _ends_sooner(now: ServiceToken, then: ServiceToken) -> bool:
    """Whether a token that works in the backup (`then`) is off here (`now`), or ends sooner."""
    if not now.is_active:
        return True
    return now.expires_at is not None and (
        then.expires_at is None or now.expires_at < then.expires_at
    )


def _fewer_addresses(now: ServiceToken, then: ServiceToken) -> bool:
    """Whether a token that works in the backup is refused here from some of its addresses."""
    trusted = now.trusted_ips or ()
    return any(not covers(trusted, block) for block in then.trusted_ips or ())
