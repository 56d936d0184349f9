"""Requests that arrive while another program writes share one batch, if they are small."""

from __future__ import annotations

import asyncio
import time

import pytest

from st_tui.core.store.sqlite import open_database
from st_tui.core.vault import Vault
from st_tui.core.vault.holders import group_commit
from st_tui.core.vault.holders.gateway import Gateway
from st_tui.core.vault.holders.group_commit import GroupCommit

MOST_TRIES = 200


class Noted:
    """A job that notes what became of it."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.prepared = False
        self._seconds = seconds

    def prepare(self) -> None:
        time.sleep(self._seconds)
        self.prepared = True

    def perform(self, gateway: Gateway) -> bool:
        return gateway.is_open


class Tried:
    """How often a gateway tried to begin a batch, and made one durable."""

    def __init__(self, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = self.committed = 0
        begin, commit = gateway.begin, gateway.commit

        def counted_begin(*, insist: bool = False) -> bool:
            self.begun += 1
            return begin(insist=insist)

        def counted_commit() -> None:
            self.committed += 1
            commit()

        monkeypatch.setattr(gateway, "begin", counted_begin)
        monkeypatch.setattr(gateway, "commit", counted_commit)


async def test_who_comes_while_a_batch_waits_comes_along(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "LONGEST_BATCH", 60.0)
    tried = Tried(vault.gateway, monkeypatch)
    other = open_database(vault.directory / "vault.db")
    jobs = [Noted() for _ in range(3)]
    async with GroupCommit(vault.gateway) as running:
        with other.transaction():
            asked = []
            for job in jobs:
                asked.append(asyncio.create_task(running.run(job)))
                until = tried.begun + MOST_TRIES
                while not job.prepared and tried.begun < until:
                    await asyncio.sleep(0)
                assert job.prepared
        assert await asyncio.gather(*asked) == [True] * 3
    other.close()
    assert tried.committed == 1


async def test_who_takes_long_to_prepare_waits_for_the_next_batch(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A prepared request takes much more memory than a received one."""
    tried = Tried(vault.gateway, monkeypatch)
    other = open_database(vault.directory / "vault.db")
    jobs = [Noted(group_commit.LONGEST_BATCH) for _ in range(3)]
    async with GroupCommit(vault.gateway) as running:
        with other.transaction():
            asked = [asyncio.create_task(running.run(job)) for job in jobs]
            while tried.begun < MOST_TRIES:
                await asyncio.sleep(0)
            assert [job.prepared for job in jobs] == [True, False, False]
        assert await asyncio.gather(*asked) == [True] * 3
    other.close()
    assert tried.committed == 3
