"""The base of the three pages: the bar on top, the hints below, and what works on each."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from st_tui.tui.actions import EVERYWHERE, LINKED, Action, bindings
from st_tui.tui.host import ShowsVault
from st_tui.tui.screens.project_actions import ProjectActions
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.top_bar import TopBar


class Page(ShowsVault, ProjectActions, Screen[None]):
    """A page of the app. Subclasses give `NAME`, `ACTIONS`, `body` and `show`.

    A page may also stand over the screen from which somebody came to it. Escape then leads back.
    """

    NAME: ClassVar[str]
    ACTIONS: ClassVar[tuple[Action, ...]] = EVERYWHERE
    BINDINGS: ClassVar[list[BindingType]] = bindings((*EVERYWHERE, LINKED))

    def compose(self) -> ComposeResult:
        yield TopBar(self.NAME)
        yield from self.body()
        yield KeyHints((*self.ACTIONS, LINKED) if self.is_linked else self.ACTIONS)

    def body(self) -> ComposeResult:
        """The widgets between the bar and the hints."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        if self.host.is_open:
            self.show()

    @property
    def is_linked(self) -> bool:
        """Whether the page stands over another screen."""
        return self.app.screen_stack[0] is not self

    async def action_go_back(self) -> None:
        """Go back to the screen below, if there is one."""
        if self.is_linked and self.app.screen is self:
            self.dismiss()

    def action_show_page(self, name: str) -> None:
        self.app.switch_mode(name)

    def action_redraw(self) -> None:
        self.host.redraw()

    def action_switch_theme(self) -> None:
        self.host.switch_theme()

    async def action_quit(self) -> None:
        await self.app.action_quit()
