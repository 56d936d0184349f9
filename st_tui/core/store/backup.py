"""Copies of the whole database: made while others use it, and checked before they are used."""

from __future__ import annotations

import os
import re
from contextlib import closing
from pathlib import Path

from st_tui.core.errors import Damaged, StoreError
from st_tui.core.files import written_aside
from st_tui.core.store import audit, token_log
from st_tui.core.store.database import Database
from st_tui.core.store.sqlite import Sqlite, explained, in_memory, open_unchanging

_DRAFT = ".st-tui-new-"
_DAMAGED = "it is damaged"


def save(database: Database, path: Path) -> str | None:
    """Write the database, as it is now, into a new private file; return its `flaw`, if any.

    The file appears only when it is whole and was checked. Drafts that killed programs left in its
    folder are deleted. Raises StoreError, also if there is such a file already.
    """
    folder = path.absolute().parent
    try:
        if os.path.lexists(path):
            raise FileExistsError
        # First, because it may be what fills the disk.
        written_aside.clear(folder, _DRAFT)
        with written_aside.draft(folder, _DRAFT) as draft:
            with explained(path):
                database.copy_to(draft)
                found = _flaw_of(draft)
            written_aside.rename_to_new(draft, path)
    except FileExistsError:
        raise StoreError(f"{path} is there already: name a new file.") from None
    except OSError as error:
        raise StoreError(f"{path} cannot be made: {error.strerror}.") from None
    return found


def _flaw_of(draft: Path) -> str | None:
    # Nobody else writes to it, and nothing is written beside it.
    with closing(open_unchanging(draft)) as database:
        return flaw(database)


def flaw(database: Sqlite) -> str | None:
    """What is wrong with a database, as half a sentence; None if nothing is."""
    try:
        with explained():
            return _flaw(database)
    except Damaged:
        return _DAMAGED


def _flaw(database: Sqlite) -> str | None:
    if database.row("PRAGMA integrity_check(1)") != ("ok",):
        return _DAMAGED
    if _schema(database) != _schema_of_ours():
        return "its tables and triggers are not those of st-tui"
    if database.row("PRAGMA foreign_key_check") is not None:
        return "what belongs together in it is not all there"
    broken = audit.first_broken(database)
    if broken is not None:
        return f"its audit log was changed at entry {broken}"
    return token_log.flaw(database)


_Declared = tuple[str, str, str, tuple[str, ...]]


def _schema(database: Sqlite) -> set[_Declared]:
    """Every table, index and trigger, each with the tokens of its SQL.

    Tokens, because SQLite keeps the SQL as it was typed, and ALTER TABLE rewrites parts of it:
    spaces, comments and the case of keywords differ where the schema does not.
    """
    return {
        (kind, name, table, _tokens(sql))
        for kind, name, table, sql in database.rows(
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
    with closing(in_memory()) as database:
        return _schema(database)
