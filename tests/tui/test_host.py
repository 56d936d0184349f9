"""The app is a `Host`: it has all that screens need of it."""

from __future__ import annotations

from st_tui.tui.app import StTui
from st_tui.tui.host import Host, Hosted
from st_tui.tui.screens.tokens import TokensPage
from tests.journeys.driving import until


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
        await until(pilot, lambda: demo_app.vault is not None and log.exists(), "it is open")
    assert not log.exists()
