"""A backup is held against what our schema means, however its text is spaced."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from st_tui.core.store import backup
from st_tui.core.store.schema import STEPS
from st_tui.core.store.sqlite import Sqlite

RELEASED_STEPS = (
    "d2112034f9e1f82fc9fd0af370ff2e0e3a884d5f9eab129dfbdfb6ff4221e534",
    "e3ee86f537257756834f2a52719863ebf7918ff7fa33be631fe199b0952cbd51",
)
"""SHA-256 of each released step: one more is added with each release that has one."""


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """A database with our schema and nothing in it."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for step in STEPS:
            connection.executescript(step)
        yield connection


def rewrite(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Change the text of the schema, as somebody with the file can."""
    connection.execute("PRAGMA writable_schema = ON")
    changed = connection.execute(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE instr(sql, ?)", (old, new, old)
    ).rowcount
    connection.execute("PRAGMA writable_schema = OFF")
    assert changed


def test_released_steps_never_change() -> None:
    hashes = tuple(hashlib.sha256(step.encode()).hexdigest() for step in STEPS)
    assert hashes[: len(RELEASED_STEPS)] == RELEASED_STEPS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", " \r\n\t"),
        ("  ", " "),
        (" TEXT NOT NULL,", " text\n  Not  Null ,"),
        ("(project_id, slug)", "( project_id,slug )"),
        ("STRICT, WITHOUT ROWID", "STRICT,/* as keys are texts */WITHOUT ROWID"),
        ("BEGIN SELECT", "BEGIN -- refuse it\nSELECT"),
        (" name_key BLOB", "    name_key   blob"),
    ],
)
def test_spaces_comments_and_case_mean_nothing(
    connection: sqlite3.Connection, old: str, new: str
) -> None:
    rewrite(connection, old, new)
    assert backup.flaw(Sqlite(connection)) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'read write'", "'read  write'"),
        ("'read', 'write'", "'READ', 'write'"),
        ("WHEN EXISTS (SELECT 1 FROM service_token WHERE id = NEW.id)", "WHEN 0"),
        (" IS NULL OR NEW.ends_at", " IS 'NULL' OR NEW.ends_at"),
        ("length(secret_hash) = 32", "length(secret_hash) = 3"),
        ("RAISE(ABORT,", "RAISE(IGNORE,"),
        (" NOT NULL", ""),
        ("COLLATE NOCASE", ""),
    ],
)
def test_what_means_something_else_is_refused(
    connection: sqlite3.Connection, old: str, new: str
) -> None:
    rewrite(connection, old, new)
    assert backup.flaw(Sqlite(connection)) == "its tables and triggers are not those of st-tui"


@pytest.mark.parametrize("name", ["more", "sqliteXstat1", "sqlitestatement"])
def test_another_trigger_is_refused_by_whatever_name(
    connection: sqlite3.Connection, name: str
) -> None:
    connection.execute(
        f"CREATE TRIGGER {name} AFTER INSERT ON service_token "
        "BEGIN DELETE FROM failed_authentication; END"
    )
    assert backup.flaw(Sqlite(connection)) == "its tables and triggers are not those of st-tui"


def test_what_analyze_makes_is_no_flaw(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO failed_authentication VALUES (1, '::1', 1)")
    connection.execute("ANALYZE")
    assert backup.flaw(Sqlite(connection)) is None
