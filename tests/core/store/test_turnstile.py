"""Nobody who writes all the time keeps others from writing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from st_tui.core.errors import StoreError
from st_tui.core.store import turnstile
from st_tui.core.store.connection import begin, connect, give_up_turn, transaction
from st_tui.core.store.turnstile import Turnstile
from st_tui.core.vault import Vault

GREEDY = """
import sys, time
from pathlib import Path
from st_tui.core.store.connection import connect, transaction
connection = connect(Path(sys.argv[1]))
for number in range(10_000):
    with transaction(connection):
        connection.execute("INSERT INTO failed_authentication VALUES (?, '', 0)", (number,))
        time.sleep(0.02)
    if number == 0:
        print("begun", flush=True)
"""
"""Writes, and asks for the lock again the moment it has given it back."""


@contextmanager
def greedy(database: Path) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-c", GREEDY, str(database)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "begun\n"
        yield
    finally:
        process.kill()
        process.communicate()


def written(connection: sqlite3.Connection) -> int:
    """How many times it wrote."""
    return int(connection.execute("SELECT count(*) FROM failed_authentication").fetchone()[0])


def test_who_waits_is_next(vault: Vault) -> None:
    """SQLite's own waiting lets a hundred writes pass by, and then gives up."""
    database = vault.directory / "vault.db"
    with closing(connect(database)) as mine, greedy(database):
        for _ in range(10):
            before = written(mine)
            with transaction(mine):
                # One that was under way, and those that a busy machine let begin before we asked.
                assert written(mine) - before < 10


def test_a_batch_that_waits_is_next_as_well(vault: Vault) -> None:
    database = vault.directory / "vault.db"
    with closing(connect(database)) as mine, greedy(database):
        mine.execute("PRAGMA busy_timeout = 0")
        for _ in range(10):
            while not begin(mine, insist=True):
                pass
            mine.execute("COMMIT")


def test_eight_who_write_all_the_time_all_come_through(vault: Vault) -> None:
    database = vault.directory / "vault.db"

    def write(who: int) -> None:
        with closing(connect(database)) as connection:
            for number in range(50):
                with transaction(connection):
                    connection.execute(
                        "INSERT INTO failed_authentication VALUES (?, ?, 0)", (number, str(who))
                    )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with closing(connect(database)) as connection:
        assert written(connection) == 8 * 50


def test_who_never_leaves_it_is_told_of(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "PATIENCE_SECONDS", 0.05)
    stuck = Turnstile(vault.directory)
    assert stuck.try_to_enter()
    with pytest.raises(StoreError, match="is locked by another program: try again in a moment"):
        vault.projects.create("Shop")
    stuck.close()
    vault.projects.create("Shop")


def test_a_batch_that_gives_up_lets_others_in(vault: Vault) -> None:
    database = vault.directory / "vault.db"
    with closing(connect(database)) as holder, closing(connect(database)) as waiting:
        waiting.execute("PRAGMA busy_timeout = 0")
        with transaction(holder):
            assert not begin(waiting, insist=True)
        assert not Turnstile(vault.directory).try_to_enter()
        give_up_turn(waiting)
        vault.projects.create("Shop")


def test_a_batch_that_does_not_insist_is_in_nobodys_way(vault: Vault) -> None:
    database = vault.directory / "vault.db"
    person = Turnstile(vault.directory)
    with closing(connect(database)) as holder, closing(connect(database)) as waiting:
        waiting.execute("PRAGMA busy_timeout = 0")
        with transaction(holder):
            assert not begin(waiting)
            assert person.try_to_enter()
        # The lock is free, but a person waits for it.
        assert not begin(waiting)
        person.leave()
        assert begin(waiting)
        waiting.execute("ROLLBACK")
    person.close()
