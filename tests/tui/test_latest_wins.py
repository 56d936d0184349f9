"""A job that is requested again while it runs is run once more; no action of its widget ends it."""

from __future__ import annotations

import asyncio

from textual import work
from textual.app import App

from st_tui.tui.latest_wins import LatestWins


class Reader(App[None]):
    """Has a latest-wins job, and an exclusive action."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = LatestWins(self, self._read)
        self.may_end = asyncio.Event()
        self.begun = self.ended = 0

    async def _read(self) -> None:
        self.begun += 1
        await self.may_end.wait()
        self.ended += 1

    @work(exclusive=True)
    async def action_other(self) -> None:
        await asyncio.sleep(0)


async def test_it_never_runs_twice_at_a_time_and_the_latest_request_is_the_last_run() -> None:
    app = Reader()
    async with app.run_test() as pilot:
        for _ in range(3):
            app.reading.request()
        await pilot.pause()
        app.reading.request()
        app.reading.request()
        assert app.begun == 1
        app.may_end.set()
        await app.workers.wait_for_complete()
        assert (app.begun, app.ended) == (2, 2)


async def test_an_exclusive_action_of_its_host_leaves_it_alone() -> None:
    app = Reader()
    async with app.run_test() as pilot:
        app.reading.request()
        await pilot.pause()
        app.action_other()
        await pilot.pause()
        app.may_end.set()
        await pilot.pause()
        assert app.ended == 1
