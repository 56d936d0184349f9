"""The command log: what was done since the app started, as the command lines that do the same."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from st_tui.core.expiry import in_local_time
from st_tui.core.plain_text import shown
from st_tui.tui.actions import MOVING, Action, bindings
from st_tui.tui.host import LoggedCommand
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.screens.text_alone import TextAlone
from st_tui.tui.terminal.clipboard import copy
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Listing, Piece, RowListing


class _CommandList(RowListing[LoggedCommand]):
    """The commands, the newest first."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        *MOVING,
        Action("choose", "enter", "copy", "Copy the command under the cursor"),
    )
    empty = "Nothing was done yet."

    def draw(self, item: LoggedCommand, width: int) -> list[Piece]:
        time = in_local_time(item.time)[11:16]
        return [(f"{time}  ", "dim"), (column(shown(item.text), width - 7), "")]


class CommandLog(Dialog[None]):
    """What was done, the newest first, and below it the whole of the line under the cursor.

    No value and no token stands in it: `NAME=-` and `--token -` stand in their place.
    """

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("copy", "y", "copy", "Copy the command under the cursor", hint=True),
        Action("leave", "escape,q,f10,at", "close", "Close the command log", hint=True),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    CommandLog {
        & > .dialog { width: 100; height: 94%; }
        Vertical { height: 1fr; }
        Listing { height: 1fr; }
        #whole { height: 4; margin-top: 1; color: $text-muted; }
        #fault { display: none; }
    }
    """

    def __init__(self, done: list[LoggedCommand]) -> None:
        super().__init__("Command log")
        self._done = done

    def body(self) -> ComposeResult:
        with Vertical():
            yield _CommandList()
            yield Static(id="whole", markup=False)

    def on_mount(self) -> None:
        self.query_one(_CommandList).show_rows(self._done[::-1])

    @on(Listing.Moved)
    def _say_whole(self) -> None:
        """Show the whole of the command under the cursor."""
        chosen = self.query_one(_CommandList).current
        whole = f"$ {shown(chosen.text)}" if chosen is not None else ""
        self.query_one("#whole", Static).update(whole, layout=False)

    @on(Listing.Chosen)
    @work
    async def action_copy(self) -> None:
        chosen = self.query_one(_CommandList).current
        if chosen is None:
            return
        outcome = await copy(self.app, chosen.pasted)
        self.host.notify(outcome.message)
        if not outcome.sent and self.app.screen is self:
            self.app.push_screen(TextAlone(chosen.pasted, "the command"))
