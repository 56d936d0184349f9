"""A job that is asked for again while it runs, beside what else its widget does."""

from __future__ import annotations

import asyncio

from textual import work
from textual.app import App

from st_tui.tui.latest_wins import LatestWins


class Reader(App[None]):
    """Reads when it is asked to, and has an action that only runs once at a time."""

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


async def test_it_never_runs_twice_at_a_time_and_the_newest_wish_is_the_last_run() -> None:
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
