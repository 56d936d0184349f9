"""A screen with the test-access pane: beside its body, or in its place where it is narrow."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.screen import ScreenResultType

from st_tui.tui.host import Hosted
from st_tui.tui.screens.responsive import WIDE, Responsive

if TYPE_CHECKING:
    from textual.css.query import DOMQuery

    from st_tui.tui.widgets.access_pane import AccessPane


class WithAccessPane(Hosted, Responsive[ScreenResultType]):
    """Makes the pane once there is room for it or it is asked for: a hidden one would cost time.

    Subclasses give `new_pane`, and a container for it: `pane_room`. Where that is `#columns`, which
    holds the body too, a narrow screen has no room for it.
    """

    pane_room: ClassVar[str] = "#columns"
    DEFAULT_CSS = """
    WithAccessPane {
        #columns > AccessPane { width: 46; }
        &.-wider #columns > AccessPane { width: 54; }
        &.-narrow #columns > AccessPane { display: none; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._making_pane = asyncio.Lock()

    def new_pane(self) -> AccessPane:
        """Make the pane, with what it shows first."""
        raise NotImplementedError

    def panes(self) -> Iterator[AccessPane]:
        """The pane, if it was made; else none."""
        yield from cast("DOMQuery[AccessPane]", self.query("AccessPane"))

    async def open_pane(self) -> AccessPane:
        """The pane, made now if need be."""
        async with self._making_pane:  # two keys may ask while it is made
            pane = next(self.panes(), None)
            if pane is None:
                pane = self.new_pane()
                await self.query_one(self.pane_room).mount(pane)
        return pane

    @on(events.Resize)
    async def _make_room_for_pane(self, event: events.Resize) -> None:
        if event.size.width >= WIDE and self.host.is_open:
            await self.open_pane()
