"""The vault is asked in threads of its own, and what nobody waits for any more is dropped."""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

import st_tui.tui
from st_tui.core.errors import Refusal
from st_tui.core.vault import Vault
from st_tui.tui.vault_thread import VaultThread

TUI = Path(st_tui.tui.__file__).parent
DemoVault = tuple[Path, random.Random]


@pytest.fixture
def directory(tmp_path: Path, demo_vault: DemoVault) -> Path:
    """A demo vault of the test's own."""
    return shutil.copytree(demo_vault[0], tmp_path / "vault")


@asynccontextmanager
async def thread_on(directory: Path) -> AsyncIterator[VaultThread]:
    """A vault's thread, closed at the end."""
    thread = VaultThread(directory, partial(Vault.open, directory, actor="ann", one_thread=True))
    try:
        yield thread
    finally:
        await thread.close()


def names(vault: Vault) -> list[str]:
    return [project.name for project in vault.projects.every()]


class Gate:
    """A job that says when it has begun, and goes on when it may."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self, _vault: Vault) -> None:
        self.has_begun.set()
        assert self.may_end.wait(30)

    async def begun(self) -> None:
        assert await asyncio.to_thread(self.has_begun.wait, 30)


async def test_short_jobs_come_one_after_the_other_in_one_thread_and_over_one_connection(
    directory: Path,
) -> None:
    done: list[tuple[int, Vault, threading.Thread]] = []

    def note(number: int, vault: Vault) -> None:
        done.append((number, vault, threading.current_thread()))

    async with thread_on(directory) as thread:
        await asyncio.gather(*(thread.read(partial(note, number)) for number in range(20)))
    assert [number for number, _, _ in done] == list(range(20))
    assert len({vault for _, vault, _ in done}) == 1
    assert len({worker for _, _, worker in done} - {threading.main_thread()}) == 1


async def test_the_connection_that_stays_open_is_refused_to_the_ui_thread(
    directory: Path,
) -> None:
    async with thread_on(directory) as thread:
        leaked = await thread.read(lambda vault: vault)
        with pytest.raises(sqlite3.ProgrammingError, match="same thread"):
            names(leaked)


def test_only_the_app_itself_opens_a_vault_and_only_the_first_run_makes_one() -> None:
    """So that a screen has a vault in a job alone, which runs in another thread."""
    opening = {
        file.relative_to(TUI).as_posix(): re.findall(r"Vault\.(?:open|create)\(", file.read_text())
        for file in TUI.rglob("*.py")
    }
    assert {name: found for name, found in opening.items() if found} == {
        "analysis/child.py": ["Vault.open("],  # a process of its own
        "app.py": ["Vault.open("],
        "screens/welcome.py": ["Vault.create("],
    }


async def test_a_short_job_that_waits_is_dropped_with_whoever_asked(directory: Path) -> None:
    gate, done = Gate(), list[str]()
    async with thread_on(directory) as thread:
        first = asyncio.create_task(thread.read(gate))
        await gate.begun()
        gone = asyncio.create_task(thread.read(lambda _: done.append("gone")))
        last = asyncio.create_task(thread.read(lambda _: done.append("last")))
        await asyncio.sleep(0)
        assert thread.unanswered == 3
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        gate.may_end.set()
        await asyncio.gather(first, last)
        assert thread.unanswered == 0
    assert done == ["last"]


async def test_a_long_job_and_a_change_hold_up_no_short_one(directory: Path) -> None:
    long, change = Gate(), Gate()
    async with thread_on(directory) as thread:
        slow = asyncio.gather(thread.read_apart(long), thread.change(change))
        await long.begun()
        await change.begun()
        assert await thread.read(names) == ["Demo"]
        long.may_end.set()
        change.may_end.set()
        await slow


async def test_a_long_job_that_nobody_waits_for_ends_at_a_statement(directory: Path) -> None:
    ended = threading.Event()
    begun = threading.Event()

    def for_ever(vault: Vault) -> None:
        try:
            while True:
                names(vault)
                begun.set()
        finally:
            ended.set()

    async with thread_on(directory) as thread:
        job = asyncio.create_task(thread.read_apart(for_ever))
        assert await asyncio.to_thread(begun.wait, 30)
        assert not ended.is_set()
        job.cancel()
        assert await asyncio.to_thread(ended.wait, 30)


async def test_the_end_stops_what_is_read_and_drops_what_waits(directory: Path) -> None:
    begun = threading.Event()

    def for_ever(vault: Vault) -> None:
        while True:
            names(vault)
            begun.set()

    async with thread_on(directory) as thread:
        job = asyncio.create_task(thread.read(for_ever))
        waiting = asyncio.create_task(thread.read(names))
        assert await asyncio.to_thread(begun.wait, 30)
    with pytest.raises(Refusal):
        await job
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not (directory / "vault.db-wal").exists()


async def test_a_change_is_done_even_if_nobody_waits_for_it(directory: Path) -> None:
    gate, ended = Gate(), threading.Event()

    def make(vault: Vault) -> None:
        gate(vault)
        vault.projects.create("Shop")
        ended.set()

    async with thread_on(directory) as thread:
        change = asyncio.create_task(thread.change(make))
        await gate.begun()
        change.cancel()
        gate.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await change
        assert await asyncio.to_thread(ended.wait, 30)
        assert await thread.read(names) == ["Demo", "Shop"]


async def test_a_vault_that_is_gone_is_refused_and_another_in_its_place_is_opened(
    directory: Path,
) -> None:
    other = shutil.copytree(directory, directory.with_name("other"))
    with Vault.open(other, actor="ann") as vault:
        vault.projects.create("Shop")
    async with thread_on(directory) as thread:
        assert await thread.read(names) == ["Demo"]
        directory.rename(directory.with_name("moved"))
        for _ in range(2):
            with pytest.raises(Refusal, match="There is no vault"):
                await thread.read(names)
        other.rename(directory)
        assert await thread.read(names) == ["Demo", "Shop"]
