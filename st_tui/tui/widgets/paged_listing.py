"""A list over any number of the vault's items: pages of them are read where no key waits for it.

What was read is drawn; the rest is blank until it comes. Pages are read ahead in the direction of
travel, and those used last are kept. What changed in the vault is shown in one piece: the page or
screen asks for `first_look` in the job that it reads with, and gives the answer to `show_look`. Up
to then the old lines stay.

    look = await self.host.read(listing.first_look(Tokens(project, text)))
    listing.show_look(look)
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from st_tui.core.errors import Refusal
from st_tui.tui.host import Hosted
from st_tui.tui.widgets.listing import Listing

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

PAGE = 64
"""Items that are read together."""
_PAGES_KEPT = 16


class Source(Protocol[T_co]):
    """Where a list's items come from. The vault's thread asks it."""

    def count(self, vault: Vault) -> int:
        """How many items there are."""

    def page(self, vault: Vault, offset: int, limit: int) -> Sequence[T_co]:
        """The items from `offset` on, at most `limit` of them."""


class _Pages(Generic[T]):
    """The pages of a source that were asked for while it is looked at."""

    def __init__(self, source: Source[T], vault: Vault) -> None:
        self._read = partial(source.page, vault, limit=PAGE)
        self.count = source.count(vault)
        self.read: OrderedDict[int, Sequence[T]] = OrderedDict()

    def item(self, index: int) -> T | None:
        number = index // PAGE
        if number not in self.read:
            self.read[number] = self._read(number * PAGE)
        return _item(self.read, index)

    def read_lines(self, start: int, stop: int) -> None:
        """Read the items of some lines, as far as there are any."""
        for number in range(max(start, 0) // PAGE, (min(stop, self.count) - 1) // PAGE + 1):
            self.item(number * PAGE)


@dataclass(frozen=True, slots=True)
class Look(Generic[T]):
    """What a list shows of its source first."""

    source: Source[T]
    count: int
    cursor: int | None
    """Where the cursor goes; None: it follows its item."""
    pages: OrderedDict[int, Sequence[T]]


class PagedListing(Hosted, Listing[T]):
    """A list that reads the lines on the screen, and those that come next. Subclasses draw them."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._source: Source[T] | None = None
        self._pages: OrderedDict[int, Sequence[T]] = OrderedDict()
        """The pages by their number, those used last at the end."""
        self._travel = 0
        """Where the cursor or the screen went last: 1 down, -1 up, 0 nowhere yet."""
        self._is_reading = False

    def arrived(self, items: Sequence[T]) -> None:
        """Called with the items of each page that comes."""

    def item(self, index: int) -> T | None:
        """The item at an index; None if it was not read yet, or is not there any more."""
        return _item(self._pages, index)

    @property
    def is_waiting(self) -> bool:
        """Whether the item under the cursor is still to come."""
        return self._is_reading and self.cursor // PAGE not in self._pages

    # --- what changed in the vault ---------------------------------------------------------------

    def first_look(
        self,
        source: Source[T],
        *,
        top: bool = False,
        at: Callable[[Vault], int | None] = lambda _vault: None,
    ) -> Callable[[Vault], Look[T]]:
        """A job that reads what the list will show of a source first.

        The cursor goes to the top, or where `at` says; else it follows its item.
        """
        before = None if top else self.current
        index, scrolled = (0, 0) if top else (self.cursor, self.scroll_offset.y)
        height = self.app.size.height  # the list may not be laid out yet

        def look(vault: Vault) -> Look[T]:
            pages = _Pages(source, vault)
            cursor = 0 if top else at(vault)
            line = self.near(index, before, pages.count, pages.item) if cursor is None else cursor
            pages.read_lines(line - height, line + height)
            pages.read_lines(scrolled, scrolled + height)
            return Look(source, pages.count, cursor, pages.read)

        return look

    def show_look(self, look: Look[T]) -> None:
        """Show what was read, all at once."""
        self._source = look.source
        self.show_pages(look.count, look.cursor, look.pages)

    def show_pages(
        self, count: int, cursor: int | None, pages: OrderedDict[int, Sequence[T]]
    ) -> None:
        """Show so many items, of which these pages were read.

        Without a cursor it follows its item.
        """
        if cursor is None:  # the cursor may have gone on meanwhile
            cursor = self.near(self.cursor, self.current, count, partial(_item, pages))
        self._pages, self._travel = pages, 0
        for page in pages.values():
            self.arrived(page)
        self.show_items(count, cursor)
        self._read_on()

    async def read_page(self, offset: int) -> Sequence[T]:
        """Read the page that begins with this item. Raises Refusal."""
        if self._source is None:
            return ()
        return await self.host.read(partial(self._source.page, offset=offset, limit=PAGE))

    # --- where the cursor and the screen go ------------------------------------------------------

    def watch_cursor(self, before: int, now: int) -> None:
        self._travel = 1 if now > before else -1
        super().watch_cursor(before, now)
        self._read_on()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._travel = 1 if new_value > old_value else -1
            self._read_on()

    def on_resize(self) -> None:
        super().on_resize()
        self._read_on()

    @property
    def _on_screen(self) -> range:
        """The numbers of the pages that the screen shows lines of."""
        top = self.scroll_offset.y
        return range(top // PAGE, (top + self.size.height) // PAGE + 1)

    def _wanted(self) -> Iterator[int]:
        """The numbers of the pages to have, the most wanted first."""
        yield self.cursor // PAGE
        yield from self._on_screen
        if self._travel:
            yield self._on_screen.stop if self._travel > 0 else self._on_screen.start - 1

    def _missing(self) -> int | None:
        """The number of the page to read next; None if all are there."""
        pages = range((self.count + PAGE - 1) // PAGE)
        return next((n for n in self._wanted() if n in pages and n not in self._pages), None)

    def _read_on(self) -> None:
        if not self._is_reading and self._missing() is not None:
            self._is_reading = True
            self.run_worker(self._read_missing(), group="pages")

    async def _read_missing(self) -> None:
        """Read one page after the other, each time the one that is most wanted by then."""
        try:
            while (number := self._missing()) is not None:
                pages = self._pages
                items = await self.read_page(number * PAGE)
                if pages is self._pages:  # else other items are shown by now
                    self._keep(number, items)
        except Refusal:
            pass  # the app says what is wrong with the vault; the next key tries again
        finally:
            self._is_reading = False

    def _keep(self, number: int, items: Sequence[T]) -> None:
        self._pages[number] = items
        for used in self._wanted():
            if used in self._pages:
                self._pages.move_to_end(used)
        while len(self._pages) > _PAGES_KEPT:
            self._pages.popitem(last=False)
        self.arrived(items)
        if number in self._on_screen:
            self.refresh()
        if number == self.cursor // PAGE:
            self.post_message(self.Moved(self))


def _item(pages: Mapping[int, Sequence[T]], index: int) -> T | None:
    page = pages.get(index // PAGE, ())
    return page[index % PAGE] if index % PAGE < len(page) else None
