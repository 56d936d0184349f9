"""The vault as the app has it: in threads of its own, so that no key waits for a disk or a lock.

Textual draws and handles keys in one thread. A vault that is asked there holds both up until it
answers. So each question goes to another thread, and only its answer comes back:

    read        short jobs, one after the other, over one connection that stays open
    read_apart  a long job, in a thread and over a connection of its own
    change      a job that may write, as well apart: it may wait for a colleague who is writing

The connection that stays open belongs to its thread: SQLite refuses it to any other.

Whoever asks, waits with `await`, in a worker of the screen. When the screen is closed, its workers
are cancelled: then a job that still waits in the queue is dropped, and a long one ends at its next
statement. When the app ends, it waits for changes alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from st_tui.core.files.vault_layout import DATABASE

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

Result = TypeVar("Result")
Job = Callable[["Vault"], Result]

_CLOSING = 0.3
"""Seconds that the app's end waits at most for the vault to close."""


class VaultThread:
    """Asks the vault in `directory`, which `open_vault` opens for the thread that calls it.

    Each way to ask raises Refusal: the job's, or that there is no vault to open.
    """

    def __init__(self, directory: Path, open_vault: Callable[[], Vault]) -> None:
        self._file = directory / DATABASE
        self._open_vault = open_vault
        self._queue: SimpleQueue[_Question[Any] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._vault: Vault | None = None
        self._opened: object = None
        """Which file is open."""
        self._is_closing = Event()
        self.unanswered = 0
        """How many questions somebody waits for."""

    async def read(self, job: Job[Result]) -> Result:
        """Do a short job over the connection that stays open, after those asked for before."""
        if self._thread is None:
            self._thread = Thread(target=self._answer_in_turn, name="vault", daemon=True)
            self._thread.start()
        question = _Question(lambda: job(self._still_open()))
        self._queue.put(question)
        return await self._answer_to(question)

    async def read_apart(self, job: Job[Result]) -> Result:
        """Do a long job. Once nobody waits for it, it ends at one of its next statements."""
        is_dropped = Event()
        question = _Question(lambda: self._do_apart(job, is_dropped.is_set))
        Thread(target=question.work_out, daemon=True).start()
        try:
            return await self._answer_to(question)
        finally:
            is_dropped.set()

    async def change(self, job: Job[Result]) -> Result:
        """Do a job that may write, to its end, even if the app ends meanwhile."""
        question = _Question(lambda: self._do_apart(job))
        question.answer.set_running_or_notify_cancel()  # from now on nobody can drop it
        Thread(target=question.work_out, daemon=False).start()  # Python ends only after it
        return await self._answer_to(question)

    async def close(self) -> None:
        """Close the vault, and end what is being read."""
        if self._thread is not None:
            self._is_closing.set()
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join, _CLOSING)

    async def _answer_to(self, question: _Question[Result]) -> Result:
        self.unanswered += 1
        try:
            return await asyncio.wrap_future(question.answer)
        finally:
            self.unanswered -= 1

    def _answer_in_turn(self) -> None:
        while (question := self._queue.get()) is not None:
            if self._is_closing.is_set():
                question.answer.cancel()
            else:
                question.work_out()
        if self._vault is not None:
            self._vault.close()

    def _still_open(self) -> Vault:
        """The vault that stays open; opened anew if its file is gone, or is another by now."""
        file = _identity(self._file)
        if self._vault is not None and file != self._opened:
            self._vault.close()
            self._vault = None
        if self._vault is None:
            self._vault, self._opened = self._open_vault(), file
            self._vault.stop_when(self._is_closing.is_set)
        return self._vault

    def _do_apart(self, job: Job[Result], is_dropped: Callable[[], bool] | None = None) -> Result:
        with self._open_vault() as vault:
            if is_dropped is not None:
                vault.stop_when(is_dropped)
            return job(vault)


@dataclass(frozen=True)
class _Question(Generic[Result]):
    """Something to be worked out in a thread, and its answer to be."""

    how: Callable[[], Result]
    answer: Future[Result] = field(default_factory=Future)

    def work_out(self) -> None:
        """Work it out, unless whoever asked is gone."""
        if not (self.answer.running() or self.answer.set_running_or_notify_cancel()):
            return
        try:
            result = self.how()
        except BaseException as error:  # for whoever asked
            self.answer.set_exception(error)
        else:
            self.answer.set_result(result)


def _identity(file: Path) -> object:
    """What is the same for a file as long as it is there, and for no other; None if it is gone."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
