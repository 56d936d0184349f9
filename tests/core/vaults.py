"""What the core's tests share: a clock moved by hand, drafts, and a look into the files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from st_tui.core.addresses import ANYWHERE_TEXT, parse_ranges
from st_tui.core.expiry import DAY
from st_tui.core.model import Permission, Scope, TokenDraft
from st_tui.core.store.sqlite import Sqlite
from st_tui.core.vault import Vault

NOON = 1_800_014_400_000
"""2027-01-15T12:00:00Z, a Friday."""

READ = frozenset({Permission.READ})
WRITE = frozenset({Permission.WRITE})
DATABASE_FILES = ("vault.db", "vault.db-wal", "vault.db-shm")


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: int = NOON) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def advance(self, milliseconds: int) -> None:
        self.now += milliseconds


def v2(
    name: str = "ci-deploy",
    *scopes: str,
    permissions: frozenset[Permission] = READ,
    expires_at: int | None = NOON + DAY,
) -> TokenDraft:
    """A draft of a V2 token; scopes as `dev:/common/**`."""
    return TokenDraft(name, _scopes(scopes), permissions, expires_at)


def v3(name: str = "office", *scopes: str, trusted: tuple[str, ...] = ANYWHERE_TEXT) -> TokenDraft:
    """A draft of a V3 token, inactive as the rule is."""
    return TokenDraft(
        name,
        _scopes(scopes),
        READ,
        NOON + DAY,
        version=3,
        is_active=False,
        trusted_ips=parse_ranges(trusted),
    )


def sqlite_of(vault: Vault) -> sqlite3.Connection:
    """An open vault's own connection, for what no other connection can see or break."""
    database = vault._session.database
    assert isinstance(database, Sqlite)
    return database._connection


@contextmanager
def raw(directory: Path, *, foreign_keys: bool = True) -> Iterator[sqlite3.Connection]:
    """A connection of somebody who goes past the vault."""
    connection = sqlite3.connect(directory / "vault.db", isolation_level=None)
    try:
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        yield connection
    finally:
        connection.close()


def edit(directory: Path, *statements: str) -> None:
    """Write as somebody does who drops what is in the way, and puts it back."""
    with raw(directory, foreign_keys=False) as connection:
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        connection.execute("BEGIN")
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
        connection.execute("COMMIT")


def bytes_in_files(directory: Path) -> bytes:
    """Everything that stands in the vault's files, the keys' and the database's."""
    return b"\n".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())


def _scopes(texts: tuple[str, ...]) -> tuple[Scope, ...]:
    return tuple(Scope(*text.split(":", 1)) for text in texts or ("dev:/common/**",))
