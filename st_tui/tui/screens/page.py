"""The base of the three pages: the bar on top, the hints below, and what works on each."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from st_tui.tui.actions import EVERYWHERE, Action, bindings
from st_tui.tui.host import ShowsVault
from st_tui.tui.screens.project_actions import ProjectActions
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.top_bar import TopBar


class Page(ShowsVault, ProjectActions, Screen[None]):
    """A page of the app. Subclasses give `NAME`, `ACTIONS`, `body` and `show`."""

    NAME: ClassVar[str]
    ACTIONS: ClassVar[tuple[Action, ...]] = EVERYWHERE
    BINDINGS: ClassVar[list[BindingType]] = bindings(EVERYWHERE)

    def compose(self) -> ComposeResult:
        yield TopBar(self.NAME)
        yield from self.body()
        yield KeyHints(self.ACTIONS)

    def body(self) -> ComposeResult:
        """The widgets between the bar and the hints."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        if self.host.vault is not None:
            self.show()

    def action_show_page(self, name: str) -> None:
        self.app.switch_mode(name)

    def action_redraw(self) -> None:
        self.host.redraw()

    def action_switch_theme(self) -> None:
        self.host.switch_theme()

    async def action_quit(self) -> None:
        await self.app.action_quit()
