"""Failed authentications of the current minute, counted for every process of the server."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class Failures(NamedTuple):
    """How many authentications failed from an address in one minute (of 1970 and on)."""

    minute: int
    address: str
    failures: int


def count(database: sqlite3.Connection, address: str, minute: int) -> int:
    """Count one more; how many they are now."""
    row = database.execute(
        "INSERT INTO failed_authentication (minute, address, failures) VALUES (?, ?, 1) "
        "ON CONFLICT (minute, address) DO UPDATE SET failures = failures + 1 RETURNING failures",
        (minute, address),
    ).fetchone()
    return int(row[0])


def any_before(database: sqlite3.Connection, minute: int) -> bool:
    """Whether some minute is over that nobody took yet."""
    return bool(
        database.execute(
            "SELECT 1 FROM failed_authentication WHERE minute < ? LIMIT 1", (minute,)
        ).fetchone()
    )


def take_before(database: sqlite3.Connection, minute: int) -> list[Failures]:
    """Take the counts of the minutes that are over out of the table."""
    rows = database.execute(
        "DELETE FROM failed_authentication WHERE minute < ? RETURNING minute, address, failures",
        (minute,),
    ).fetchall()
    return sorted(Failures(*row) for row in rows)
