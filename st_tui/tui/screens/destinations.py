"""Going to a page from wherever one is: to a token, to a place, or to what the palette found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from st_tui.core.model import ServiceToken
from st_tui.core.secrets.model import Place
from st_tui.tui.finding import Found, Kind
from st_tui.tui.leaving import Leavable

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

    from st_tui.tui.screens.folders import FoldersPage
    from st_tui.tui.screens.tokens import TokensPage


async def go_to(app: App[Any], found: Found) -> None:
    """Go to what was found, or do it."""
    target = found.target
    if isinstance(target, ServiceToken):
        await go_to_token(app, target, warnings=found.kind is Kind.WARNING)
    elif isinstance(target, Place):
        await open_folder(app, target)
    else:
        action, doer = target
        await app.run_action(action.name, doer)


async def go_to_token(app: App[Any], token: ServiceToken, *, warnings: bool = False) -> None:
    """Put the cursor of the list on a token; open the warnings over it, if wanted."""
    page = cast("TokensPage | None", await _open_page(app, "tokens"))
    if page is None:
        return
    page.choose(token)
    if warnings:
        page.action_warnings()


async def test_place(app: App[Any], place: Place) -> None:
    """Ask in the test pane what the chosen token may do at a place."""
    page = cast("TokensPage | None", await _open_page(app, "tokens"))
    if page is not None:
        await page.action_test()
        (await page.open_pane()).ask(place.environment, place.path)


async def open_folder(app: App[Any], place: Place) -> None:
    """Show a folder on its page."""
    page = cast("FoldersPage | None", await _open_page(app, "folders"))
    if page is not None:
        page.go_to(place)


async def _open_page(app: App[Any], name: str) -> Screen[Any] | None:
    """Close what lies over the pages, and show one of them. None if something would be lost."""
    while len(app.screen_stack) > 1:
        screen = app.screen
        if isinstance(screen, Leavable) and (screen.unsaved or screen.is_writing):
            app.notify(f"{screen.unsaved or 'Something is being written'}: close that first.",
                       severity="warning")  # fmt: skip
            return None
        await screen.dismiss()
    await app.switch_mode(name)
    return app.screen
