"""Latest-wins: a job that is requested again while it runs is run once more, for all requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from textual.dom import DOMNode


class LatestWins:
    """Runs a job on request, never twice at a time.

    Requests that come while it runs are answered by one more run: a reader of what is on the
    screen wants the latest state, not each. The job ends with its widget.
    """

    def __init__(self, widget: DOMNode, job: Callable[[], Awaitable[None]]) -> None:
        self._widget = widget
        self._job = job
        self._is_running = False
        self._at_rest = asyncio.Event()
        self._at_rest.set()
        self.is_requested = False
        """Whether the job was requested again since it was begun."""

    @property
    def is_idle(self) -> bool:
        """Whether every request was answered."""
        return not self._is_running

    def request(self) -> None:
        """Run the job now, or once more after the run that is under way."""
        self.is_requested = True
        if not self._is_running:
            self._is_running = True
            self._at_rest.clear()
            # In a group of its own, or an exclusive action of the widget would end it.
            self._widget.run_worker(self._run(), group="latest-wins")

    async def _run(self) -> None:
        try:
            # While the app ends, its widgets go one by one.
            while self.is_requested and self._widget.app.is_running:
                self.is_requested = False
                await self._job()
        finally:
            self._is_running = False
            self._at_rest.set()

    async def settled(self) -> None:
        """Wait until every request is answered."""
        await self._at_rest.wait()
