"""A list over the vault: no key waits for it, and what comes late is shown where it belongs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from st_tui.core.vault import Vault
from st_tui.tui.app import StTui
from st_tui.tui.widgets.listing import Listing, Piece
from st_tui.tui.widgets.paged_listing import PAGE, PagedListing
from tests.journeys.driving import nothing_answered, opened, settled


@dataclass
class Numbers:
    """The numbers from a first one on, and which pages were asked for."""

    first: int
    many: int
    asked: list[int] = field(default_factory=list)

    def count(self, vault: Vault) -> int:
        return self.many

    def page(self, vault: Vault, offset: int, limit: int) -> Sequence[int]:
        assert vault.projects.every()  # the vault is open, and of this thread
        self.asked.append(offset // PAGE)
        return range(self.first + offset, self.first + min(offset + limit, self.many))


class NumberList(PagedListing[int]):
    def draw(self, item: int, width: int) -> list[Piece]:
        return [(f"number {item}".ljust(width), "")]


class Numbered(Screen[None]):
    """A screen with a list of numbers, which notes what was under the cursor each time."""

    def __init__(self) -> None:
        super().__init__()
        self.moved: list[int | None] = []

    def compose(self) -> ComposeResult:
        yield NumberList()

    @property
    def listing(self) -> NumberList:
        return self.query_one(NumberList)

    def on_listing_moved(self, event: Listing.Moved) -> None:
        self.moved.append(event.listing.current)

    async def show(self, numbers: Numbers, *, top: bool = False) -> None:
        host = self.listing.host
        self.listing.show_look(await host.read(self.listing.first_look(numbers, top=top)))


@asynccontextmanager
async def listing_of(app: StTui, numbers: Numbers) -> AsyncIterator[tuple[Pilot[None], Numbered]]:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        screen = Numbered()
        await app.push_screen(screen)
        screen.listing.focus()
        await screen.show(numbers)
        await settled(pilot)
        yield pilot, screen


async def test_a_key_moves_the_cursor_though_nothing_is_answered(demo_app: StTui) -> None:
    numbers = Numbers(0, 10_000)
    async with listing_of(demo_app, numbers) as (pilot, screen):
        async with nothing_answered(demo_app):
            await pilot.press("end")
            assert (screen.listing.cursor, screen.listing.current) == (9_999, None)
            assert screen.listing.is_waiting
            await pilot.press("up")
            assert screen.listing.cursor == 9_998
            await pilot.pause()
            assert screen.moved[-1] is None  # and not the item that was left
        await settled(pilot)
        assert screen.listing.current == screen.moved[-1] == 9_998


async def test_of_the_pages_gone_by_none_is_read(demo_app: StTui) -> None:
    numbers = Numbers(0, 100 * PAGE)
    async with listing_of(demo_app, numbers) as (pilot, screen):
        async with nothing_answered(demo_app):
            for _ in range(1000):
                screen.listing.action_page_down()
            await pilot.press("end", "home")
        await settled(pilot)
        # The first page, the one that was asked for at once, and those where it ended.
        assert len(numbers.asked) <= 4


async def test_pages_are_read_ahead_where_the_cursor_goes(demo_app: StTui) -> None:
    numbers = Numbers(0, 100 * PAGE)
    async with listing_of(demo_app, numbers) as (pilot, screen):
        assert screen.listing.item(PAGE) is None
        await pilot.press("down")
        await settled(pilot)
        assert screen.listing.item(PAGE) == PAGE
        await pilot.press("end")
        await settled(pilot)
        assert screen.listing.item(98 * PAGE) is None
        await pilot.press("up")
        await settled(pilot)
        assert screen.listing.item(98 * PAGE) == 98 * PAGE


async def test_a_few_pages_are_kept(demo_app: StTui) -> None:
    numbers = Numbers(0, 40 * PAGE)
    async with listing_of(demo_app, numbers) as (pilot, screen):
        for line in range(0, 40 * PAGE, PAGE):
            screen.listing.cursor = line
            await settled(pilot)
            assert screen.listing.current == line
        kept = sum(screen.listing.item(line) is not None for line in range(0, 40 * PAGE, PAGE))
        assert 3 <= kept <= 16


async def test_the_old_lines_stay_until_the_new_ones_are_there(demo_app: StTui) -> None:
    async with listing_of(demo_app, Numbers(0, 1_000)) as (pilot, screen):
        await pilot.press(*["down"] * 5)
        moves = len(screen.moved)
        async with nothing_answered(demo_app):
            screen.run_worker(screen.show(Numbers(-3, 1_000)))
            await pilot.press("down")
            assert screen.listing.current == 6
        await settled(pilot)
        assert None not in screen.moved[moves:]
        assert (screen.listing.cursor, screen.listing.current) == (9, 6)
        assert screen.listing.item(0) == -3


async def test_the_cursor_follows_its_item_or_goes_to_the_top(demo_app: StTui) -> None:
    async with listing_of(demo_app, Numbers(0, 1_000)) as (_, screen):
        screen.listing.cursor = 60
        await screen.show(Numbers(-20, 1_000))
        assert (screen.listing.cursor, screen.listing.current) == (80, 60)
        await screen.show(Numbers(0, 10))
        assert (screen.listing.cursor, screen.listing.current) == (9, 9)
        await screen.show(Numbers(0, 1_000), top=True)
        assert screen.listing.cursor == 0
        await screen.show(Numbers(0, 0))
        assert screen.listing.current is None


async def test_a_late_page_of_other_items_is_not_shown(demo_app: StTui) -> None:
    async with listing_of(demo_app, Numbers(0, 1_000)) as (pilot, screen):
        async with nothing_answered(demo_app):
            await pilot.press("end")  # asks for a page of these
            look = screen.listing.first_look(Numbers(5_000, 1_000), top=True)
            shown = screen.run_worker(demo_app.read(look))
        screen.listing.show_look(await shown.wait())
        await settled(pilot)
        await pilot.press("end")
        await settled(pilot)
        assert screen.listing.current == 5_999
