"""Open the database: ours, no newer, brought up to date, durable; or say why not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from st_tui.core.errors import Damaged, StoreError
from st_tui.core.store.schema import APPLICATION_ID, STEPS
from st_tui.core.store.turnstile import Turnstile

BUSY_SECONDS = 3.0
"""How long to wait, once it is our turn, for the program that is writing."""


Answer = TypeVar("Answer")


class _Connection(sqlite3.Connection):
    """A connection that remembers answers, each with the state of the file that it is about."""

    answers: dict[str, tuple[Any, tuple[int, int]]]


class Writer(_Connection):
    """A connection that may write, with the turnstile that it passes before it does."""

    turnstile: Turnstile

    def close(self) -> None:
        """Close the connection and its turnstile."""
        super().close()
        self.turnstile.close()


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """A connection to the vault's database, its schema current.

    A file that may not be written is opened for reading. Raises StoreError for a file that is
    missing, not ours, newer than this program, damaged or locked.
    """
    with explained(path):
        if not create and not path.exists():
            raise StoreError(f"There is no vault at {path.parent}: make one with `st-tui init`.")
        if create:
            # sqlite3 would make the file by the umask; -wal and -shm take its mode.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = _open(path)
        try:
            _prepare(connection, path, create=create)
        except BaseException:
            connection.close()
            raise
    return connection


def is_read_only(connection: sqlite3.Connection) -> bool:
    """Whether this connection can only read."""
    return bool(connection.execute("PRAGMA query_only").fetchone()[0])


def begin(connection: sqlite3.Connection, *, insist: bool = False) -> bool:
    """Begin a write transaction, for who ends it by hand; False if another program is writing.

    It does not wait: `connection` must have been told so by `never_wait`. Who insists stays in the
    turnstile until it is True, or until `give_up_turn`. Raises StoreError.
    """
    writer = _writer(connection)
    with explained():
        if not writer.turnstile.try_to_enter():
            return False
        try:
            writer.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            # Another program that mends the log after a crash makes it busy as well.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            if not insist:
                writer.turnstile.leave()
            return False
        writer.turnstile.leave()
    return True


def give_up_turn(connection: sqlite3.Connection) -> None:
    """Wait no more for what `begin` asked."""
    _writer(connection).turnstile.leave()


def never_wait(connection: sqlite3.Connection) -> None:
    """Let the connection say at once that another program is writing."""
    connection.execute("PRAGMA busy_timeout = 0")


def asked_once(
    connection: sqlite3.Connection, question: str, answer: Callable[[], Answer]
) -> Answer:
    """The answer to a question about what is stored, asked anew when anybody wrote to the file."""
    version = connection.execute("PRAGMA data_version").fetchone()[0]
    state = (int(version), connection.total_changes)
    known = connection.answers if isinstance(connection, _Connection) else {}
    if question not in known or known[question][1] != state:
        known[question] = answer(), state
    return cast(Answer, known[question][0])


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: all of it or nothing. Raises StoreError for what SQLite refuses.

    Inside another one it is a part of that.
    """
    writer = _writer(connection)
    nested = connection.in_transaction
    with explained():
        if nested:
            connection.execute("SAVEPOINT part")
        else:
            with in_turn(writer):
                connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("RELEASE part" if nested else "COMMIT")
        except BaseException:
            # A full disk may have ended the transaction already; a refused COMMIT leaves it open.
            if connection.in_transaction:
                connection.execute("ROLLBACK TO part" if nested else "ROLLBACK")
                if nested:
                    connection.execute("RELEASE part")
            raise


@contextmanager
def in_turn(connection: sqlite3.Connection) -> Iterator[None]:
    """Be the next who writes, for as long as this lasts. Raises StoreError."""
    with explained(), _writer(connection).turnstile.entered():
        yield


def _writer(connection: sqlite3.Connection) -> Writer:
    if not isinstance(connection, Writer):
        raise StoreError("The vault is read-only here: nothing was changed.")
    return connection


@contextmanager
def explained(path: Path | None = None) -> Iterator[None]:
    """Turn SQLite's errors into sentences for a person."""
    try:
        yield
    except sqlite3.Error as error:
        damaged = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
        if getattr(error, "sqlite_errorname", "").startswith(damaged) or _is_no_text(error):
            raise Damaged(path) from None
        raise StoreError(_sentence(error, path)) from None
    except TimeoutError:
        raise StoreError(_locked(path)) from None
    except OSError as error:
        raise StoreError(f"{path or 'The vault'} cannot be opened: {error.strerror}.") from None
    except UnicodeDecodeError:
        # SQLite quotes what it cannot read, and that need not be text.
        raise Damaged(path) from None
    except UnicodeEncodeError:
        # Half of a surrogate pair, from undecodable bytes on a command line or from JSON.
        raise StoreError("That text holds a broken character: write it again.") from None


def _is_no_text(error: sqlite3.Error) -> bool:
    """Whether a text in the database is not UTF-8, for which Python's module has no error name."""
    return str(error).startswith("Could not decode to UTF-8")


def _sentence(error: sqlite3.Error, path: Path | None) -> str:
    name = getattr(error, "sqlite_errorname", "")
    where = f" at {path}" if path else ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return _locked(path)
    # On a full disk the memory that readers and writers share is the first that finds no room.
    if name.startswith("SQLITE_FULL") or name == "SQLITE_IOERR_SHMSIZE":
        return "The disk is full: make room and try again; nothing was changed."
    if name.startswith("SQLITE_READONLY"):
        return f"The vault{where} is read-only: nothing was changed."
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return f"The database{where} cannot be opened: check who owns it."
    if name.startswith("SQLITE_IOERR"):
        return f"The disk failed while reading or writing the vault{where}: nothing was changed."
    return f"The database{where} refused: {error}."


def _locked(path: Path | None) -> str:
    where = f" at {path}" if path else ""
    return f"The vault{where} is locked by another program: try again in a moment."


def _open(path: Path) -> sqlite3.Connection:
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    mode = "mode=rw"
    if not writable:
        # Without a writable directory SQLite cannot share memory with a writer; where none left a
        # journal, the file can be read as it stands.
        has_journal = path.with_name(path.name + "-wal").exists()
        mode = "mode=ro" if has_journal else "immutable=1"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        factory=Writer if writable else _Connection,
    )
    connection.answers = {}
    if isinstance(connection, Writer):
        connection.turnstile = Turnstile(path.parent)
    else:
        connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, *, create: bool) -> None:
    version = _version(connection, path)
    if version == 0 and not create:
        raise StoreError(f"The database at {path} is empty: restore it from your backup.")
    if not is_read_only(connection):
        connection.execute("PRAGMA journal_mode = WAL")
        # NORMAL may lose the last commits in a power cut, and so revive a revoked token.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
    if version < len(STEPS):
        with transaction(connection):
            # Another program may have been first.
            for step in STEPS[_version(connection, path) :]:
                for statement in _statements(step):
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {len(STEPS)}")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    empty = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    if application_id != APPLICATION_ID and not (empty and version == 0):
        raise StoreError(f"{path} is not a vault of st-tui: choose another directory.")
    if version > len(STEPS):
        raise StoreError(
            f"{path} was made by a newer st-tui (schema {version}, this one knows {len(STEPS)}): "
            "upgrade st-tui."
        )
    return version


def _statements(script: str) -> Iterator[str]:
    """The single statements of a script; `executescript` would commit the transaction it is in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
