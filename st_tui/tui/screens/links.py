"""From a token, an entry or a folder to the screens that say more of it, and back.

Each opens over the screen that asks, so that Escape leads back the way one came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

if TYPE_CHECKING:
    from st_tui.core.secrets.model import Place


async def show_folder(screen: Screen[Any], place: Place) -> None:
    """Show a folder on the page of all folders."""
    from st_tui.tui.screens.folders import FoldersPage

    if screen.app.screen is screen:
        page = FoldersPage()
        await screen.app.push_screen(page)
        page.go_to(place)
