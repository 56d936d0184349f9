"""SQLite as the engine of a vault: one file, opened durable and brought up to date.

A program passes the turnstile before it writes, so that each gets its turn.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from st_tui.core.errors import Damaged, StoreError
from st_tui.core.store.database import NO_VALUES, Database, Row, Values
from st_tui.core.store.schema import APPLICATION_ID, STEPS
from st_tui.core.store.turnstile import Turnstile

BUSY_SECONDS = 3.0
"""How long to wait, once it is our turn, for the program that is writing."""

_INSTRUCTIONS = 5_000
"""SQLite's instructions, some 50 µs of them, between two looks at whether to stop."""


def create_database(path: Path) -> None:
    """Make the file of a vault's database, empty but for its schema. Raises StoreError."""
    with explained(path):
        # sqlite3 would make the file by the umask; -wal and -shm take its mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        _opened(path, may_be_empty=True).close()


def open_database(path: Path, *, one_thread: bool = False) -> Sqlite:
    """A connection to the vault's database, its schema current.

    A file that may not be written is opened for reading. With `one_thread` SQLite refuses the
    connection to every thread but this one. Raises StoreError for a file that is missing, not
    ours, newer than this program, damaged or locked.
    """
    with explained(path):
        if not path.exists():
            raise StoreError(f"There is no vault at {path.parent}: make one with `st-tui init`.")
        return _opened(path, one_thread=one_thread)


def open_unchanging(file: Path) -> Sqlite:
    """A connection for reading to a file that nobody writes to. Nothing is written beside it."""
    return Sqlite(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True))


def in_memory() -> Sqlite:
    """An empty database with the current schema, in memory."""
    database = Sqlite(sqlite3.connect(":memory:", isolation_level=None))
    for step in STEPS:
        for statement in _statements(step):
            database.execute(statement)
    return database


class Sqlite(Database):
    """One connection to a SQLite file; without a turnstile it is for reading only.

    `Database` says what each method is for. Only what SQLite adds to that is said here.
    """

    def __init__(self, connection: sqlite3.Connection, turnstile: Turnstile | None = None) -> None:
        super().__init__()
        self._connection = connection
        self._turnstile = turnstile

    def rows(self, sql: str, values: Values = NO_VALUES) -> Iterator[Row]:
        return self._connection.execute(sql, values)

    def row(self, sql: str, values: Values = NO_VALUES) -> Row | None:
        row: Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def execute(self, sql: str, values: Values = NO_VALUES) -> int:
        return self._connection.execute(sql, values).rowcount

    def execute_many(self, sql: str, each: Iterable[Values]) -> None:
        self._connection.executemany(sql, each)

    def explained(self) -> AbstractContextManager[None]:
        return explained()

    def stop_when(self, is_enough: Callable[[], bool]) -> None:
        self._connection.set_progress_handler(is_enough, _INSTRUCTIONS)

    @property
    def is_read_only(self) -> bool:
        return self._turnstile is None

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def begin(self) -> None:
        with self.in_turn():
            self._connection.execute("BEGIN IMMEDIATE")

    def try_to_begin(self, *, insist: bool = False) -> bool:
        turnstile = self._writers_turnstile()
        with explained():
            if not turnstile.try_to_enter():
                return False
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                # Another program that mends the log after a crash makes it busy as well.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                if not insist:
                    turnstile.leave()
                return False
            turnstile.leave()
        return True

    def give_up_turn(self) -> None:
        self._writers_turnstile().leave()

    def never_wait(self) -> None:
        self._connection.execute("PRAGMA busy_timeout = 0")

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        self._connection.execute("ROLLBACK")

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """Keep other programs from beginning to write, while this lasts. Raises StoreError."""
        with explained(), self._writers_turnstile().entered():
            yield

    def _writers_turnstile(self) -> Turnstile:
        if self._turnstile is None:
            raise StoreError("The vault is read-only here: nothing was changed.")
        return self._turnstile

    def changes_elsewhere(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def state(self) -> Hashable:
        return self.changes_elsewhere(), self._connection.total_changes

    def erase_deleted(self) -> bool:
        # `secure_delete` overwrites deleted rows in the file itself. The write-ahead log may still
        # have them.
        return not self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    def copy_to(self, file: Path) -> None:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            # VACUUM INTO writes, if only to another file: a read-only connection refuses it.
            self._connection.execute("PRAGMA query_only = OFF")
            self._connection.execute("VACUUM INTO ?", (str(file.absolute()),))
        finally:
            if self.is_read_only:
                self._connection.execute("PRAGMA query_only = ON")

    def replace_all(self, source: Sqlite) -> None:
        """Take over all that another file has, in one transaction. Raises StoreError."""
        enough = time.monotonic() + BUSY_SECONDS

        def progress(status: int, _left: int, _total: int) -> None:
            busy = status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if busy and time.monotonic() > enough:
                # sqlite3 would try for ever.
                raise StoreError("The vault is locked by another program: nothing was changed.")

        with self.in_turn():
            source._connection.backup(self._connection, progress=progress, sleep=0.01)
        with explained():
            self.erase_deleted()

    def close(self) -> None:
        self._connection.close()
        if self._turnstile is not None:
            self._turnstile.close()


@contextmanager
def explained(path: Path | None = None) -> Iterator[None]:
    """Turn SQLite's errors into StoreError and Damaged, whose sentences may name the file."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # a fault of ours, such as a call from another thread: nothing to tell a person
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
    # On a full disk the file of shared memory (-shm) is the first that finds no room.
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


def _opened(path: Path, *, may_be_empty: bool = False, one_thread: bool = False) -> Sqlite:
    database = _connected(path, one_thread=one_thread)
    try:
        _prepare(database, path, may_be_empty=may_be_empty)
    except BaseException:
        database.close()
        raise
    return database


def _connected(path: Path, *, one_thread: bool) -> Sqlite:
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    mode = "mode=rw"
    if not writable:
        # In a directory that is not writable, SQLite cannot share memory with a writer. If no
        # writer left a journal, the file can be read as it stands.
        has_journal = path.with_name(path.name + "-wal").exists()
        mode = "mode=ro" if has_journal else "immutable=1"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=one_thread,
    )
    if not writable:
        connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    return Sqlite(connection, Turnstile(path.parent) if writable else None)


def _prepare(database: Sqlite, path: Path, *, may_be_empty: bool) -> None:
    version = _version(database, path)
    if version == 0 and not may_be_empty:
        raise StoreError(f"The database at {path} is empty: restore it from your backup.")
    if not database.is_read_only:
        database.execute("PRAGMA journal_mode = WAL")
        # NORMAL may lose the last commits in a power cut, and so revive a revoked token.
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA secure_delete = ON")
    if version < len(STEPS):
        with database.transaction():
            # Another program may have been first.
            for step in STEPS[_version(database, path) :]:
                for statement in _statements(step):
                    database.execute(statement)
            database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            database.execute(f"PRAGMA user_version = {len(STEPS)}")


def _version(database: Sqlite, path: Path) -> int:
    [(application_id,)] = database.rows("PRAGMA application_id")
    [(version,)] = database.rows("PRAGMA user_version")
    empty = database.row("SELECT 1 FROM sqlite_master LIMIT 1") is None
    if application_id != APPLICATION_ID and not (empty and version == 0):
        raise StoreError(f"{path} is not a vault of st-tui: choose another directory.")
    if version > len(STEPS):
        raise StoreError(
            f"{path} was made by a newer st-tui (schema {version}, this one knows {len(STEPS)}): "
            "upgrade st-tui."
        )
    return int(version)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, because `executescript` would commit the open transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
