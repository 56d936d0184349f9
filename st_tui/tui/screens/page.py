"""What the three pages have in common: the bar on top, the hints below, and their actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from st_tui.tui.actions import EVERYWHERE, Action, bindings
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from st_tui.tui.app import StTui


class ShowsVault:
    """A screen that shows something of the vault, and again whenever it changed."""

    def show(self) -> None:
        """Show the vault as it is now."""
        raise NotImplementedError


class Page(ShowsVault, Screen[None]):
    """One of the app's pages. Subclasses give `NAME`, `ACTIONS`, their body and `show`."""

    NAME: ClassVar[str]
    ACTIONS: ClassVar[tuple[Action, ...]] = EVERYWHERE
    BINDINGS: ClassVar[list[BindingType]] = bindings(EVERYWHERE)

    @property
    def st(self) -> StTui:
        """The app, by its own type."""
        return cast("StTui", self.app)

    def compose(self) -> ComposeResult:
        yield TopBar(self.NAME)
        yield from self.body()
        yield KeyHints(self.ACTIONS)

    def body(self) -> ComposeResult:
        """The widgets between the bar and the hints."""
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        if self.st.vault is not None:
            self.show()

    def action_show_page(self, name: str) -> None:
        self.app.switch_mode(name)

    def action_redraw(self) -> None:
        self.st.redraw()

    def action_command_palette(self) -> None:
        self.app.action_command_palette()

    def action_switch_theme(self) -> None:
        self.st.switch_theme()

    async def action_quit(self) -> None:
        await self.app.action_quit()

    def action_help(self) -> None:
        from st_tui.tui.screens.help import Help

        self.app.push_screen(Help(self))

    def action_toggle_e2ee(self) -> None:
        self.st.toggle_e2ee()

    def action_switch_project(self) -> None:
        self.st.choose_project()
