"""A list of what an overview found: the pages on the screen are asked for, the rest stays there."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from st_tui.tui.widgets.paged_listing import PAGE, PagedListing

T = TypeVar("T")

Fetch = Callable[[int, int], Awaitable[Sequence[T]]]
"""What gives the items from an offset on, at most so many. Raises Refusal."""


class AskedListing(PagedListing[T]):
    """A list that asks for its pages."""

    def __init__(self, fetch: Fetch[T], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._fetch = fetch

    async def read_page(self, offset: int) -> Sequence[T]:
        return await self._fetch(offset, PAGE)

    async def show_found(self, count: int, *, top: bool = False) -> None:
        """Show what was found, `count` items, once all that will be on the screen was asked for.

        The cursor goes to the top, or follows its item if that is not far. Raises Refusal.
        """
        height = self.app.size.height  # the list may not be laid out yet
        lines = (0,) if top else (self.cursor, self.scroll_offset.y)
        near = {max(line + way, 0) // PAGE for line in lines for way in (-height, 0, height)}
        pages: OrderedDict[int, Sequence[T]] = OrderedDict()
        for number in sorted(near):
            if number * PAGE < count:
                pages[number] = await self.read_page(number * PAGE)
        self.show_pages(count, 0 if top else None, pages)

    def clear(self) -> None:
        """Show nothing."""
        self.show_pages(0, 0, OrderedDict())
