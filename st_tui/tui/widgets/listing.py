"""A list over any number of items: it draws only the lines on the screen.

Textual's own DataTable takes 11 s to show 100,000 rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from st_tui.tui.actions import MOVING, Action, bindings
from st_tui.tui.widgets.cells import column

T = TypeVar("T")

Piece = tuple[str, str]
"""Some text of a line, and its style: `dim` for the component class `listing--dim`, or ""."""

_NEAR = 64
"""Lines up and down in which the cursor looks for its item after a change."""


class Listing(ScrollView, Generic[T], can_focus=True):
    """A list with a cursor. Subclasses have the items and draw them."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        *MOVING,
        Action("choose", "enter", "open", "Open the line under the cursor", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    moving_keys = frozenset(key for action in MOVING for key in action.keys.split(","))
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "listing--cursor",
        "listing--header",
        "listing--dim",
        "listing--good",
        "listing--bad",
        "listing--warning",
        "listing--mark",
        "listing--cell",
    }
    DEFAULT_CSS = """
    Listing {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .listing--header { color: $text-muted; text-style: bold; }
        & > .listing--dim { color: $text-muted; }
        & > .listing--good { color: $text-success; }
        & > .listing--bad { color: $text-error; }
        & > .listing--warning { color: $text-warning; }
        & > .listing--mark { color: $text-primary; text-style: bold; }
        & > .listing--cell { background: $primary; color: $background; text-style: bold; }
        & > .listing--cursor { background: $panel; }
        &:focus > .listing--cursor {
            background: $block-cursor-blurred-background; text-style: bold;
        }
        &:ansi > .listing--cell { background: ansi_default; text-style: bold underline; }
        &:ansi > .listing--cursor { text-style: underline; }
        &:ansi:focus > .listing--cursor { text-style: reverse; }
    }
    """
    auto_links = False
    empty: str = "Nothing here yet."
    cursor_piece: int | None = None
    """The piece of the cursor's line that stands out; None for all of it, which is more to send."""

    cursor = reactive(0, repaint=False)
    """The index of the line under the cursor."""

    class Moved(Message):
        """The cursor went to another item."""

        def __init__(self, listing: Listing[Any]) -> None:
            self.listing = listing
            super().__init__()

        @property
        def control(self) -> Listing[Any]:
            return self.listing

    class Chosen(Moved):
        """Enter was pressed, or the line under the cursor clicked."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.count = 0

    def draw(self, item: T, width: int) -> list[Piece]:
        """One item as a line of styled pieces."""
        raise NotImplementedError

    def identity(self, item: T) -> object:
        """What is the same for an item before and after a change, and for no other item."""
        return item

    def draw_header(self, width: int) -> str:
        """The line above the items; empty for none."""
        return ""

    @property
    def current(self) -> T | None:
        """The item under the cursor."""
        return self.item(self.cursor) if self.count else None

    def item(self, index: int) -> T | None:
        """The item at an index; None if it is not there, or not yet."""
        raise NotImplementedError

    def show_items(self, count: int, cursor: int) -> None:
        """Show other items, `count` in all, with the cursor on one of them."""
        self.count = count
        self.virtual_size = Size(self.size.width, count + self.header_lines)
        self.set_reactive(Listing.cursor, cursor)
        self._show_cursor()
        self.refresh()
        self.post_message(self.Moved(self))

    def near(
        self, index: int, before: T | None, count: int, item_at: Callable[[int], T | None]
    ) -> int:
        """The index nearest to this one that has the item from before; else this index."""
        index = max(min(index, count - 1), 0)
        if before is not None:
            wanted = self.identity(before)
            for distance in range(_NEAR):
                for candidate in (index - distance, index + distance):
                    item = item_at(candidate) if 0 <= candidate < count else None
                    if item is not None and self.identity(item) == wanted:
                        return candidate
        return index

    @property
    def header_lines(self) -> int:
        """How many lines stand above the items."""
        return 1 if self.draw_header(self.size.width) else 0

    def header_line(self, y: int, width: int) -> Strip:
        """One of the lines above the items, drawn."""
        style = self.get_component_rich_style("listing--header")
        return Strip([Segment(column(self.draw_header(width), width), style)], width)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        base = self.rich_style
        header = self.header_lines
        if y < header:
            return self.header_line(y, width)
        if self.count == 0 and y == header + 1:
            style = self.get_component_rich_style("listing--dim")
            return Strip([Segment(column(f"  {self.empty}", width), style)], width)
        index = y - header + self.scroll_offset.y
        item = self.item(index) if index < self.count else None
        if item is None:
            return Strip.blank(width, base)
        marked = index == self.cursor
        line = base + self.get_component_rich_style("listing--cursor") if marked else base
        segments = []
        bar = "▌" if marked and self.has_focus else " "
        pieces = self.draw(item, width - 1)
        if marked and self.cursor_piece is not None:
            text, _ = pieces[self.cursor_piece]
            pieces[self.cursor_piece] = (text, "mark" if self.has_focus else "")
            marked, line = False, base
        for text, name in [(bar, "mark"), *pieces]:
            style = base + self.get_component_rich_style(f"listing--{name}") if name else base
            if name == "cell":
                pass  # the cell under the cursor stands out from the rest of its line
            elif marked and self.app.current_theme.ansi:
                style = line  # in few colours, all of the cursor's line looks the same
            elif marked:
                style = style + self.get_component_rich_style("listing--cursor", partial=True)
            segments.append(Segment(text, style))
        return Strip(segments).adjust_cell_length(width, line)

    def refresh_current(self) -> None:
        """Draw the line under the cursor again."""
        self.refresh_line(self.cursor + self.header_lines)

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, self.count + self.header_lines)
        self._show_cursor()

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, self.count - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        self._show_cursor()
        for index in (before, now):
            self.refresh_line(index + self.header_lines)
        self.post_message(self.Moved(self))

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.refresh_current()

    def _show_cursor(self) -> None:
        height = self.size.height - self.header_lines
        if height <= 0:
            return
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, immediate=True)

    def action_cursor_up(self) -> None:
        self.cursor -= 1

    def action_cursor_down(self) -> None:
        self.cursor += 1

    def action_page_up(self) -> None:
        self.cursor -= max(self.size.height - self.header_lines - 1, 1)

    def action_page_down(self) -> None:
        self.cursor += max(self.size.height - self.header_lines - 1, 1)

    def action_first(self) -> None:
        self.cursor = 0

    def action_last(self) -> None:
        self.cursor = self.count - 1

    def action_choose(self) -> None:
        if self.count:
            self.post_message(self.Chosen(self))

    def on_click(self, event: events.Click) -> None:
        index = event.y - self.header_lines + self.scroll_offset.y
        if 0 <= index < self.count and event.y >= self.header_lines:
            if index == self.cursor:
                self.action_choose()
            self.cursor = index


class RowListing(Listing[T]):
    """A list whose rows are all in memory."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.rows: Sequence[T] = ()

    def item(self, index: int) -> T | None:
        return self.rows[index] if 0 <= index < len(self.rows) else None

    def show_rows(self, rows: Sequence[T], *, top: bool = False) -> None:
        """Show other rows. The cursor follows its row, or goes to the top."""
        before = None if top else self.current
        self.rows = rows
        self.show_items(
            len(rows), self.near(0 if top else self.cursor, before, len(rows), self.item)
        )
