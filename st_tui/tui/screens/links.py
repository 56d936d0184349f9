"""From a token, an entry or a folder to the screens that say more of it, and back.

Each opens over the screen that asks, so that Escape leads back the way one came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from textual.screen import Screen

from st_tui.core.secrets.model import Place
from st_tui.tui.host import Host

if TYPE_CHECKING:
    from st_tui.core.model import ServiceToken


class _Folders(Protocol):
    def go_to(self, place: Place) -> None: ...


class _Tokens(Protocol):
    async def test_in(self, token: ServiceToken, environment: str, path: str) -> None: ...


async def show_folder(screen: Screen[Any], place: Place) -> None:
    """Show a folder on the page of all folders."""
    if screen.app.screen is screen:
        page = _host(screen).linked_screen("folders")
        await screen.app.push_screen(page)
        cast("_Folders", page).go_to(place)


async def show_test(screen: Screen[Any], token: ServiceToken, environment: str, path: str) -> None:
    """Test on the page of all tokens what a token may do in a folder."""
    if screen.app.screen is screen:
        page = _host(screen).linked_screen("tokens")
        await screen.app.push_screen(page)
        await cast("_Tokens", page).test_in(token, environment, path)


def show_matrix(screen: Screen[Any], token: ServiceToken, environment: str, path: str) -> None:
    """Show the matrix with the cursor on a token and a folder."""
    if screen.app.screen is screen:
        screen.app.push_screen(
            _host(screen).linked_screen("matrix", token=token, environment=environment, path=path)
        )


def show_who(screen: Screen[Any], environment: str, path: str) -> None:
    """Ask who can reach a place."""
    if screen.app.screen is screen:
        screen.app.push_screen(_host(screen).linked_screen("who", Place(environment, path)))


def show_log(screen: Screen[Any], token_id: str, name: str) -> None:
    """Show all that the log has by a token and about it, which may be gone."""
    if screen.app.screen is screen:
        screen.app.push_screen(_host(screen).linked_screen("audit", token_id, name))


def _host(screen: Screen[Any]) -> Host:
    return cast("Host", screen.app)
