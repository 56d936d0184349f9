"""Requests in batches, each one transaction: many share one wait for the disk.

All Python runs in the event loop's thread; only waiting for the disk is done elsewhere. A thread
that worked beside it would lose the interpreter at every statement.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from st_tui.core.vault.holders.gateway import Gateway
from st_tui.core.vault.holders.holder import Caller

Answer = TypeVar("Answer")
Answer_co = TypeVar("Answer_co", covariant=True)


class Job(Protocol[Answer_co]):
    """What one request wants of a batch."""

    def prepare(self) -> None:
        """Do what needs no vault. It may take long: no other program waits for it."""

    def perform(self, gateway: Gateway) -> Answer_co:
        """Do the rest inside the batch. Raises StoreError if the batch is lost."""


LARGEST_BATCH = 256
LONGEST_BATCH = 0.05
"""Seconds of work after which no further job joins a batch: its answers and other programs wait."""
HOUSEKEEPING_SECONDS = 5.0

_PAUSE = 0.001
_LENIENT = 1.0
"""Seconds for which whoever else wants to may write before us: a person waits for no batch that has
not begun. See `store.turnstile`."""


class Unrecorded(Exception):
    """The batch that a job was in could not be made durable, so its answer may not leave."""


class Batches(Generic[Answer]):
    """Runs jobs through one gateway. Use it as an async context manager."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._waiting: deque[tuple[Job[Answer], asyncio.Future[Answer]]] = deque()
        self._prepared: deque[tuple[Job[Answer], asyncio.Future[Answer]]] = deque()
        self._seconds_preparing = 0.0
        self._some = asyncio.Event()
        self._elsewhere = ThreadPoolExecutor(1, "commit")

    async def __aenter__(self) -> Batches[Answer]:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._elsewhere.shutdown()

    def expects(self, caller: Caller) -> bool:
        """Whether it is worth reading more of this caller's request. Raises StoreError."""
        return self._gateway.expects(caller)

    async def run(self, job: Job[Answer]) -> Answer:
        """What the job answers, once its batch is durable. Raises Unrecorded."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        self._some.set()
        return await future

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        next_housekeeping = loop.time() + HOUSEKEEPING_SECONDS
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(next_housekeeping):
                    await self._some.wait()
            if loop.time() >= next_housekeeping:
                await self._keep_house()
                next_housekeeping = loop.time() + HOUSEKEEPING_SECONDS
            if self._waiting or self._prepared:
                await self._gather()
                self._seconds_preparing = 0.0
                self._prepare()
                await self._serve()
            if not self._waiting and not self._prepared:
                self._some.clear()

    async def _gather(self) -> None:
        """Let those who have arrived at the same time come along."""
        known = 0
        while known < len(self._waiting) < LARGEST_BATCH:
            known = len(self._waiting)
            await asyncio.sleep(0)

    def _prepare(self) -> None:
        """Make those who wait ready for the next batch, in one call or several: no more than it can
        take, as what is ready needs much memory."""
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

    async def _serve(self) -> None:
        """Run one batch. Nothing of it is kept: its jobs hold tokens, its answers values."""
        taken: list[asyncio.Future[Answer]] = []
        answers: list[Answer] = []
        try:
            await self._begin()
            enough = time.perf_counter() + LONGEST_BATCH
            while self._prepared and time.perf_counter() < enough:
                job, future = self._prepared.popleft()
                taken.append(future)
                answers.append(job.perform(self._gateway))
            self._gateway.flush()
            await self._commit()
        except Exception:
            self._gateway.abandon()
            if not taken:
                taken = [future for _, future in (*self._prepared, *self._waiting)]
                self._prepared.clear()
                self._waiting.clear()
            for future in taken:
                if not future.done():
                    future.set_exception(Unrecorded())
            return
        for future, answer in zip(taken, answers, strict=True):
            if not future.done():
                future.set_result(answer)

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
        """Begin, as soon as it is our turn. Raises Refusal or TimeoutError."""
        loop = asyncio.get_running_loop()
        insist_from = loop.time() + _LENIENT
        try:
            async with asyncio.timeout(self._gateway.patience):
                while not self._gateway.begin(insist=loop.time() > insist_from):
                    await asyncio.sleep(_PAUSE)
                    # Who arrives meanwhile comes along, or there would be twice as many batches.
                    self._prepare()
        except BaseException:
            self._gateway.give_up_turn()
            raise

    async def _commit(self) -> None:
        """Wait for the disk in a thread of its own, while new requests are read. Raises Refusal."""
        await asyncio.get_running_loop().run_in_executor(self._elsewhere, self._gateway.commit)
