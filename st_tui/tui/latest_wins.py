"""A job that is asked for again while it still runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.dom import DOMNode


class LatestWins:
    """Runs a job whenever it is asked for, never twice at a time: the newest wish is the last run.

    The job ends with the widget it is for.
    """

    def __init__(self, host: DOMNode, job: Callable[[], Awaitable[None]]) -> None:
        self._host = host
        self._job = job
        self._is_running = False
        self.is_requested = False
        """Whether somebody asked again since the job was begun."""

    def request(self) -> None:
        """Run the job, after the one that runs now."""
        self.is_requested = True
        if not self._is_running:
            self._is_running = True
            # In a group of its own, or an exclusive action of the host would end it.
            self._host.run_worker(self._run(), group="newest")

    async def _run(self) -> None:
        try:
            while self.is_requested:
                self.is_requested = False
                await self._job()
        finally:
            self._is_running = False
