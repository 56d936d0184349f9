"""The app is a `Host`: it has all that screens need of it."""

from __future__ import annotations

import pytest

from st_tui.tui.app import StTui
from st_tui.tui.host import Host, Hosted
from st_tui.tui.screens.tokens import TokensPage
from tests.journeys.driving import opened, until


async def test_the_app_is_the_host_of_its_screens(demo_app: StTui) -> None:
    host: Host = demo_app  # mypy holds every member of the protocol against the app
    async with demo_app.run_test():
        page = demo_app.screen
        assert isinstance(page, TokensPage)
        assert isinstance(page, Hosted)
        assert page.host is host


async def test_the_vault_is_closed_with_the_app(demo_app: StTui) -> None:
    """Else what was written last waits in SQLite's write-ahead log beside the database."""
    log = demo_app.directory / "vault.db-wal"
    async with demo_app.run_test() as pilot:
        await until(pilot, lambda: demo_app.is_open and log.exists(), "it is open")
    assert not log.exists()


@pytest.mark.parametrize("in_browser", [False, True])
@pytest.mark.parametrize(("page", "key"), [("1", "f3"), ("1", "v"), ("2", "l"), ("2", "x")])
async def test_a_browser_lacks_what_reaches_the_apps_own_machine(
    demo_app: StTui, page: str, key: str, in_browser: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StTui, "is_web", in_browser)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press(page)
        await pilot.pause()
        shown = demo_app.screen
        await pilot.press(key)
        await pilot.pause(0.5)
        if in_browser:
            assert demo_app.screen is shown
        else:
            await until(pilot, lambda: demo_app.screen is not shown, "a dialog opens")
