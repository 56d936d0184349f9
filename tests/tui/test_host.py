"""The app is a `Host`: it has all that screens need of it."""

from __future__ import annotations

from st_tui.tui.app import StTui
from st_tui.tui.host import Host, Hosted
from st_tui.tui.screens.tokens import TokensPage


async def test_the_app_is_the_host_of_its_screens(demo_app: StTui) -> None:
    host: Host = demo_app  # mypy holds every member of the protocol against the app
    async with demo_app.run_test():
        page = demo_app.screen
        assert isinstance(page, TokensPage)
        assert isinstance(page, Hosted)
        assert page.host is host
