"""Nobody who writes all the time keeps others from writing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from st_tui.core.errors import StoreError
from st_tui.core.store import turnstile
from st_tui.core.store.database import Database
from st_tui.core.store.sqlite import open_database
from st_tui.core.store.turnstile import Turnstile
from st_tui.core.vault import Vault

GREEDY = """
import sys, time
from pathlib import Path
from st_tui.core.store.sqlite import open_database
database = open_database(Path(sys.argv[1]))
for number in range(10_000):
    with database.transaction():
        database.execute(f"INSERT INTO failed_authentication VALUES ({number}, '', 0)")
        time.sleep(0.02)
    if number == 0:
        print("begun", flush=True)
"""
"""Writes, and asks for the lock again the moment it has given it back."""


@contextmanager
def greedy(file: Path) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-c", GREEDY, str(file)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "begun\n"
        yield
    finally:
        process.kill()
        process.communicate()


def written(database: Database) -> int:
    """How many times it wrote."""
    [(number,)] = database.rows("SELECT count(*) FROM failed_authentication")
    return int(number)


def test_who_waits_is_next(vault: Vault) -> None:
    """SQLite's own waiting lets a hundred writes pass by, and then gives up."""
    file = vault.directory / "vault.db"
    with closing(open_database(file)) as mine, greedy(file):
        for _ in range(10):
            before = written(mine)
            with mine.transaction():
                # One that was under way, and those that a busy machine let begin before we asked.
                assert written(mine) - before < 10


def test_a_batch_that_waits_is_next_as_well(vault: Vault) -> None:
    file = vault.directory / "vault.db"
    with closing(open_database(file)) as mine, greedy(file):
        mine.never_wait()
        for _ in range(10):
            before = written(mine)
            while not mine.try_to_begin(insist=True):
                pass
            assert written(mine) - before < 10
            mine.commit()


def test_eight_who_write_all_the_time_all_come_through(vault: Vault) -> None:
    file = vault.directory / "vault.db"

    def write(who: int) -> None:
        with closing(open_database(file)) as database:
            for number in range(50):
                with database.transaction():
                    database.execute(
                        f"INSERT INTO failed_authentication VALUES ({number}, '{who}', 0)"
                    )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with closing(open_database(file)) as database:
        assert written(database) == 8 * 50


def test_who_never_leaves_it_is_told_of(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "PATIENCE_SECONDS", 0.05)
    stuck = Turnstile(vault.directory)
    assert stuck.try_to_enter()
    with pytest.raises(StoreError, match="is locked by another program: try again in a moment"):
        vault.projects.create("Shop")
    stuck.close()
    vault.projects.create("Shop")


def test_a_batch_that_gives_up_lets_others_in(vault: Vault) -> None:
    file = vault.directory / "vault.db"
    with closing(open_database(file)) as holder, closing(open_database(file)) as waiting:
        waiting.never_wait()
        with holder.transaction():
            assert not waiting.try_to_begin(insist=True)
        assert not Turnstile(vault.directory).try_to_enter()
        waiting.give_up_turn()
        vault.projects.create("Shop")


def test_a_batch_that_does_not_insist_is_in_nobodys_way(vault: Vault) -> None:
    file = vault.directory / "vault.db"
    person = Turnstile(vault.directory)
    with closing(open_database(file)) as holder, closing(open_database(file)) as waiting:
        waiting.never_wait()
        with holder.transaction():
            assert not waiting.try_to_begin()
            assert person.try_to_enter()
        # The lock is free, but a person waits for it.
        assert not waiting.try_to_begin()
        person.leave()
        assert waiting.try_to_begin()
        waiting.rollback()
    person.close()
