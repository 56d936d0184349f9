"""Transactions, one inside another or of two programs, and who notices a change."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from st_tui.core.errors import Refusal, StoreError
from st_tui.core.model import Project
from st_tui.core.vault import Vault
from tests.core.vaults import Clock, v2


def test_a_refused_commit_leaves_the_connection_usable(vault: Vault, project: Project) -> None:
    """Scopes without their token are refused only at the end of the transaction."""
    database = vault._session.database
    with pytest.raises(StoreError, match="FOREIGN KEY"), database.transaction():
        database.execute("INSERT INTO service_token_scope VALUES ('ghost', 0, 'dev', '/')")
    assert not database.in_transaction
    vault.tokens.create(project, v2())


def test_a_failure_that_ended_the_transaction_is_told_as_itself(vault: Vault) -> None:
    """Some failures, such as a full disk, make SQLite roll back by itself."""
    database = vault._session.database

    def fail() -> None:
        with database.transaction():
            database.rollback()
            raise sqlite3.OperationalError("out of paper")

    with pytest.raises(StoreError, match="out of paper"):
        fail()


def test_a_transaction_inside_another_is_part_of_it(vault: Vault, project: Project) -> None:
    with pytest.raises(RuntimeError), vault.together():  # noqa: PT012
        vault.tokens.create(project, v2())
        raise RuntimeError
    assert vault.tokens.count(project) == 0
    with vault.together():
        vault.tokens.create(project, v2("kept"))
        with pytest.raises(Refusal):
            vault.tokens.create(project, v2("lost", "test:/"))
    assert [token.name for token in vault.tokens.page(project)] == ["kept"]
    assert [e.event for e in vault.audit.page(limit=2)] == [
        "create-service-token",
        "create-project",
    ]
    assert vault.audit.first_broken() is None


def test_two_programs_that_write_at_once_keep_one_unbroken_log(
    vault: Vault, project: Project, clock: Clock
) -> None:
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def write(actor: str) -> None:
        try:
            with Vault.open(vault.directory, actor=actor, clock=clock) as mine:
                start.wait()
                for number in range(15):
                    clock.advance(1)
                    mine.tokens.create(project, v2(f"{actor}-{number}"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("ann", "bob", "cy", "di")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert vault.tokens.count(project) == 60
    assert vault.audit.first_broken() is None
    times = [entry.time for entry in vault.audit.page()]
    assert times == sorted(times, reverse=True)


def test_a_colleagues_change_is_noticed_and_ones_own_is_not(
    vault: Vault, colleague: Vault, project: Project
) -> None:
    before = vault.changed_elsewhere()
    vault.tokens.create(project, v2())
    assert vault.changed_elsewhere() == before
    colleague.tokens.create(project, v2())
    assert vault.changed_elsewhere() != before
