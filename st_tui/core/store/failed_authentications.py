"""Failed authentications, counted by address and minute for all processes of the server at once."""

from __future__ import annotations

from typing import NamedTuple

from st_tui.core.store.database import Database


class Failures(NamedTuple):
    """How many authentications failed from an address in one minute (counted from 1970)."""

    minute: int
    address: str
    failures: int


def add(database: Database, address: str, minute: int) -> int:
    """Count one more failure; how many there are of this address in this minute."""
    [(failures,)] = database.rows(
        "INSERT INTO failed_authentication (minute, address, failures) "
        "VALUES (:minute, :address, 1) ON CONFLICT (minute, address) "
        "DO UPDATE SET failures = failed_authentication.failures + 1 RETURNING failures",
        {"minute": minute, "address": address},
    )
    return int(failures)


def any_before(database: Database, minute: int) -> bool:
    """Whether there are counts of earlier minutes than this one."""
    query = "SELECT 1 FROM failed_authentication WHERE minute < :minute LIMIT 1"
    return database.row(query, {"minute": minute}) is not None


def take_before(database: Database, minute: int) -> list[Failures]:
    """Delete the counts of earlier minutes than this one, and return them."""
    rows = database.rows(
        "DELETE FROM failed_authentication WHERE minute < :minute "
        "RETURNING minute, address, failures",
        {"minute": minute},
    )
    return sorted(Failures(*row) for row in rows)
