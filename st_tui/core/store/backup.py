"""Copies of the whole database: made while others use it, checked, and put in another's place."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from st_tui.core.errors import Damaged, StoreError
from st_tui.core.files import written_aside
from st_tui.core.store import audit, token_log
from st_tui.core.store.connection import (
    BUSY_SECONDS,
    explained,
    in_turn,
    is_read_only,
)
from st_tui.core.store.schema import STEPS

_DRAFT = ".st-tui-new-"
_DAMAGED = "it is damaged"


def save(database: sqlite3.Connection, path: Path) -> str | None:
    """Write the database, as it is at this moment, into a new private file; its flaw, if any.

    The file appears when it is whole and was looked at. What killed programs left in its folder
    goes. Raises StoreError, also for a file that is there already.
    """
    folder = path.absolute().parent
    try:
        if os.path.lexists(path):
            raise FileExistsError
        # First, because it may be what fills the disk.
        written_aside.clear(folder, _DRAFT)
        with written_aside.draft(folder, _DRAFT) as draft:
            with explained(path):
                copy(database, draft)
                found = _flaw_of(draft)
            written_aside.put_in_place(draft, path)
    except FileExistsError:
        raise StoreError(f"{path} is there already: name a new file.") from None
    except OSError as error:
        raise StoreError(f"{path} cannot be made: {error.strerror}.") from None
    return found


def copy(database: sqlite3.Connection, draft: Path) -> None:
    """Write the database, as it is at this moment, into a new file that only its user may read.

    It has no trace of what was deleted. Raises sqlite3.Error and OSError.
    """
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    read_only = is_read_only(database)
    try:
        # It writes elsewhere, which a connection for reading would not let it.
        database.execute("PRAGMA query_only = OFF")
        database.execute("VACUUM INTO ?", (str(draft.absolute()),))
    finally:
        if read_only:
            database.execute("PRAGMA query_only = ON")


def _flaw_of(draft: Path) -> str | None:
    # Nobody else writes to it, and nothing is written beside it.
    database = sqlite3.connect(f"{draft.absolute().as_uri()}?immutable=1", uri=True)
    with closing(database):
        return flaw(database)


def flaw(database: sqlite3.Connection) -> str | None:
    """What is wrong with this database, as half a sentence; None if nothing is."""
    try:
        with explained():
            return _flaw(database)
    except Damaged:
        return _DAMAGED


def _flaw(database: sqlite3.Connection) -> str | None:
    if database.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
        return _DAMAGED
    if _schema(database) != _schema_of_ours():
        return "its tables and triggers are not those of st-tui"
    if database.execute("PRAGMA foreign_key_check").fetchone() is not None:
        return "what belongs together in it is not all there"
    broken = audit.first_broken(database)
    if broken is not None:
        return f"its audit log was changed at entry {broken}"
    return token_log.flaw(database)


def replace(target: sqlite3.Connection, source: sqlite3.Connection) -> None:
    """Give the target all that the source has, in one transaction that others see whole."""

    enough = time.monotonic() + BUSY_SECONDS

    def progress(status: int, _left: int, _total: int) -> None:
        busy = status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if busy and time.monotonic() > enough:
            # sqlite3 would try for ever.
            raise StoreError("The vault is locked by another program: nothing was changed.")

    with in_turn(target):
        source.backup(target, progress=progress, sleep=0.01)
    with explained():
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_Declared = tuple[str, str, str, tuple[str, ...]]


def _schema(database: sqlite3.Connection) -> set[_Declared]:
    """Every table, index and trigger with the tokens of its SQL.

    SQLite keeps the text as somebody wrote it, and ALTER TABLE rewrites a part of it, so spaces,
    comments and the case of keywords say nothing about what the schema does.
    """
    return {
        (kind, name, table, _tokens(sql))
        for kind, name, table, sql in database.execute(
            "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master "
            # What ANALYZE makes. Names that begin with sqlite_ are SQLite's own.
            "WHERE name NOT GLOB 'sqlite_stat[0-9]'"
        )
    }


_TOKEN = re.compile(
    r"""
      \s+ | --[^\n]* | /\*.*?(?:\*/|\Z)                                    # means nothing
    | (?P<text> '(?:[^']|'')*' | "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^]]*\] )
    | (?P<word> [\w$]+ )
    | (?P<sign> . )
    """,
    re.DOTALL | re.VERBOSE | re.ASCII,
)


def _tokens(sql: str) -> tuple[str, ...]:
    return tuple(
        part[0].lower() if part["word"] else part[0]
        for part in _TOKEN.finditer(sql)
        if part.lastgroup
    )


def _schema_of_ours() -> set[_Declared]:
    with closing(sqlite3.connect(":memory:")) as database:
        for step in STEPS:
            database.executescript(step)
        return _schema(database)
