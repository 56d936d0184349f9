"""Group commit: each batch of requests is one transaction, so many share one wait for the disk.

    arrived    A B C            while the disk is waited for:  D E F
    prepared   A B C            (needs no vault)
    performed  A B C            in one transaction
    committed  A B C            then all three are answered, and D E F are the next batch

All Python runs in the event loop's thread, and only waiting for the disk is done in another. A
thread that worked beside the loop would lose the interpreter at every statement.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Protocol, Self, TypeVar

from st_tui.core.store.turnstile import PATIENCE_SECONDS
from st_tui.core.vault.holders.gateway import Gateway

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class Job(Protocol[Result_co]):
    """What one request wants of a batch."""

    def prepare(self) -> None:
        """Do what needs no vault. It may take long: no other program waits for it."""

    def perform(self, gateway: Gateway) -> Result_co:
        """Do the rest inside the batch. Raises StoreError if the batch is lost."""


LARGEST_BATCH = 256
LONGEST_BATCH = 0.05
"""Seconds of work after which no further job joins a batch: its answers and other programs wait."""
HOUSEKEEPING_SECONDS = 5.0

_PAUSE = 0.001
"""Seconds between two tries to begin a batch."""
_LENIENT = 1.0
"""Seconds in which a batch lets everybody else begin to write before it. Then it insists on being
next. See `store.turnstile`."""


class Unrecorded(Exception):
    """The batch that a job was in could not be made durable, so its result may not leave."""


class GroupCommit:
    """Runs jobs through one gateway, and keeps house there. An async context manager."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._waiting: deque[tuple[Job[Any], asyncio.Future[Any]]] = deque()
        self._prepared: deque[tuple[Job[Any], asyncio.Future[Any]]] = deque()
        self._seconds_preparing = 0.0
        self._job_came = asyncio.Event()
        self._disk_thread = ThreadPoolExecutor(1, "commit")

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run_batches())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._disk_thread.shutdown()

    async def run(self, job: Job[Result]) -> Result:
        """What the job's `perform` returned, once its batch is durable. Raises Unrecorded."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        self._job_came.set()
        return await future

    async def _run_batches(self) -> None:
        loop = asyncio.get_running_loop()
        next_housekeeping = loop.time() + HOUSEKEEPING_SECONDS
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(next_housekeeping):
                    await self._job_came.wait()
            if loop.time() >= next_housekeeping:
                await self._keep_house()
                next_housekeeping = loop.time() + HOUSEKEEPING_SECONDS
            if self._waiting or self._prepared:
                await self._gather()
                self._seconds_preparing = 0.0
                self._prepare()
                await self._run_batch()
            if not self._waiting and not self._prepared:
                self._job_came.clear()

    async def _gather(self) -> None:
        """Let the event loop hand over every job that has arrived at the same time."""
        known = 0
        while known < len(self._waiting) < LARGEST_BATCH:
            known = len(self._waiting)
            await asyncio.sleep(0)

    def _prepare(self) -> None:
        """Prepare waiting jobs for the next batch, in one call or several.

        No more than one batch can take: a prepared job may need much memory.
        """
        while (
            self._waiting
            and len(self._prepared) < LARGEST_BATCH
            and self._seconds_preparing < LONGEST_BATCH
        ):
            started = time.perf_counter()
            job, future = self._waiting.popleft()
            job.prepare()
            self._prepared.append((job, future))
            self._seconds_preparing += time.perf_counter() - started

    async def _run_batch(self) -> None:
        """Run one batch. Nothing of it is kept: its jobs hold tokens, its results values."""
        taken: list[asyncio.Future[Any]] = []
        results: list[Any] = []
        try:
            await self._begin()
            enough = time.perf_counter() + LONGEST_BATCH
            while self._prepared and time.perf_counter() < enough:
                job, future = self._prepared.popleft()
                taken.append(future)
                results.append(job.perform(self._gateway))
            self._gateway.flush()
            await self._commit()
        except Exception:
            self._gateway.abandon()
            self._fail(taken)
            return
        for future, result in zip(taken, results, strict=True):
            if not future.done():
                future.set_result(result)

    def _fail(self, taken: list[asyncio.Future[Any]]) -> None:
        """Fail the jobs that a lost batch took; every job, if it could not even begin."""
        if not taken:
            taken = [future for _, future in (*self._prepared, *self._waiting)]
            self._prepared.clear()
            self._waiting.clear()
        for future in taken:
            if not future.done():
                future.set_exception(Unrecorded())

    async def _keep_house(self) -> None:
        try:
            if self._gateway.housekeeping_due():
                await self._begin()
                self._gateway.keep_house()
                self._gateway.flush()
                await self._commit()
        except Exception:
            # The disk may be full, or another program busy: the next round tries again.
            self._gateway.abandon()

    async def _begin(self) -> None:
        """Begin a batch as soon as it is our turn. Raises StoreError and TimeoutError."""
        loop = asyncio.get_running_loop()
        insist_from = loop.time() + _LENIENT
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not self._gateway.begin(insist=loop.time() > insist_from):
                    await asyncio.sleep(_PAUSE)
                    # Jobs that arrive meanwhile join this batch, or there would be twice as many.
                    self._prepare()
        except BaseException:
            self._gateway.give_up_turn()
            raise

    async def _commit(self) -> None:
        """Wait for the disk in a thread of its own, while new requests are read.

        Raises StoreError.
        """
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._disk_thread, self._gateway.commit)
