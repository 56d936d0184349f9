"""Where an overview works, and the questions to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar, TypeVarTuple

from st_tui.core.model import Project
from st_tui.tui.analysis.in_process import InProcess
from st_tui.tui.analysis.in_threads import InThreads

if TYPE_CHECKING:
    from st_tui.core.vault.overviews import Desk
    from st_tui.tui.host import Host

Overview = TypeVar("Overview")
Args = TypeVarTuple("Args")
Answer = TypeVar("Answer")

MANY = 2_000
"""Tokens. A process starts in a tenth of a second, in which a thread reads as many."""


class Analysis(Generic[Overview]):
    """Asks an overview, and is closed together with the screen."""

    def __init__(self, host: Host, overview: Overview) -> None:
        self._host = host
        self._overview = overview
        self._where: InThreads[Overview] | InProcess[Overview] | None = None
        self._is_closed = False

    async def open(self, project: Project) -> None:
        """Choose where to work, at the first time. Raises Refusal."""
        if self._where is None:
            tokens = await self._host.read(lambda vault: vault.tokens.count(project))
            if self._where is None and not self._is_closed:
                where = InProcess if tokens >= MANY else InThreads
                self._where = where(self._host, self._overview)

    async def ask(self, job: Callable[[Overview, Desk, *Args], Answer], *args: *Args) -> Answer:
        """Let the overview do a job: one of its methods, by position alone.

        Raises Refusal, and Superseded if a newer question came before the answer. Once it is
        closed, whoever asks is cancelled.
        """
        if self._where is None or self._is_closed:
            raise asyncio.CancelledError
        return await self._where.ask(job, args)

    def close(self) -> None:
        """End the work at once."""
        self._is_closed = True
        if self._where is not None:
            self._where.close()
