"""A page whose list can be filtered: `/` opens the field, Escape closes it."""

from __future__ import annotations

from textual import on
from textual.widgets import Input

from st_tui.tui.screens.page import Page
from st_tui.tui.widgets.listing import Listing


class FilteredPage(Page):
    """A page with a filter for its list. Subclasses give the two attributes and `apply_filter`."""

    filter_container: str
    """The selector of the container that gets the field, below the list. Above the list it would
    move every line, and all of them would be sent again."""
    filter_hint: str
    """What the field looks for."""

    @property
    def filter_text(self) -> str:
        """What is being looked for; empty for everything."""
        return "".join(field.value.strip() for field in self.query("#filter").results(Input))

    def apply_filter(self) -> None:
        """Load the list for the filter text."""
        raise NotImplementedError

    async def action_filter(self) -> None:
        if not self.query("#filter"):
            from st_tui.tui.widgets.filter_field import FilterField

            field = FilterField(placeholder=self.filter_hint, id="filter")
            await self.query_one(self.filter_container).mount(field)
        self.query_one("#filter").focus()

    @on(Input.Changed, "#filter")
    def _filter_typed(self) -> None:
        self.apply_filter()

    @on(Input.Submitted, "#filter")
    async def _filter_done(self) -> None:
        if not self.filter_text:
            await self.query("#filter").remove()
        self.query(Listing).first().focus()

    async def close_filter(self) -> None:
        """Take the filter away; the list is still to be read. The keys go from it to the list."""
        had_focus = any(field.has_focus for field in self.query("#filter"))
        await self.query("#filter").remove()
        if had_focus:
            self.query(Listing).first().focus()

    async def action_go_back(self) -> None:
        """Close the filter from the list, too; without one, go back."""
        if self.query("#filter"):
            await self.action_show_all()
        else:
            await super().action_go_back()

    async def action_show_all(self) -> None:
        """Close the filter, and show everything."""
        if self.query("#filter"):
            await self.query("#filter").remove()
            self.query(Listing).first().focus()
            self.apply_filter()
