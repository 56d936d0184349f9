"""Tokens × folders: a line for each token, a narrow column for each folder.

`core.matrix` says what a cell shows. Only the cells on the screen are decided, each time they are
drawn, so no answer has to be kept up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.reactive import reactive
from textual.strip import Strip

from st_tui.core.matrix import letters
from st_tui.core.model import AccessRequest, Permission, ServiceToken
from st_tui.core.plain_text import shown
from st_tui.core.wording import access_letters
from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Listing, Piece
from st_tui.tui.widgets.token_name import name_column

_ALL = access_letters(frozenset(Permission))
_CELL = len(_ALL) + 1
"""Screen columns of a folder: a letter for each permission and the gap before them."""


class MatrixGrid(Listing[ServiceToken], inherit_bindings=False):
    """What each token of a project may do in each folder of one environment."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("cursor_left", "left,h", "left", "Go to the folder before"),
        Action("cursor_right", "right,l", "right", "Go to the next folder"),
        Action("cursor_up", "up,k", "up", "Go to the token above"),
        Action("cursor_down", "down,j", "down", "Go to the token below"),
        Action("first_folder", "home", "first folder", "Go to the first folder"),
        Action("last_folder", "end", "last folder", "Go to the last folder"),
        Action("page_up", "pageup,ctrl+u", "page up", "Go one page of tokens up"),
        Action("page_down", "pagedown,ctrl+d", "page down", "Go one page of tokens down"),
        Action("first", "g,ctrl+home", "first token", "Go to the first token"),
        Action("last", "G,ctrl+end", "last token", "Go to the last token"),
        Action("choose", "enter", "open", "Show all about this token", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = "MatrixGrid { height: 1fr; }"

    folder = reactive(0)
    """The index of the folder under the cursor."""

    def __init__(
        self,
        fetch: Callable[[int, int], Sequence[ServiceToken]],
        request: Callable[[str, Permission], AccessRequest],
        now: Callable[[], int],
    ) -> None:
        super().__init__(id="matrix")
        self._fetch = fetch
        self._request = request
        self._now = now
        self._paths: Sequence[str] = ()
        self._longest = 0
        self._left = 0
        self._environment = ""

    @property
    def path(self) -> str:
        """The folder under the cursor; the root if there are no folders."""
        return self._paths[self.folder] if self._paths else "/"

    def show_folders(self, environment: str, paths: Sequence[str]) -> None:
        """Show the folders of an environment. The cursor stays on its folder if that is there."""
        before = self.path
        self._environment, self._paths = environment, paths
        self._longest = max((len(path) for path in paths), default=0)
        self.folder = paths.index(before) if before in paths else 0
        self._show_column()
        self.refresh()

    def load(self, offset: int, limit: int) -> Sequence[ServiceToken]:
        return self._fetch(offset, limit)

    def identity(self, item: ServiceToken) -> str:
        return item.id

    @property
    def header_lines(self) -> int:
        """As many as the longest path has letters, but at most half of the lines."""
        return max(min(self._longest, self.size.height // 2), 3)

    def header_line(self, y: int, width: int) -> Strip:
        names = self._names
        base = self.rich_style
        quiet = self.get_component_rich_style("listing--dim")
        # In few colours the cursor's line is reverse, and its cell is underlined.
        ansi = self.app.current_theme.ansi
        chosen = self.get_component_rich_style(f"listing--{'cursor' if ansi else 'cell'}")
        notes = self._notes()
        note = notes[y] if y < len(notes) else ""
        title = self.get_component_rich_style("listing--header")
        segments = [Segment(column(f" {note}", names), quiet if y else title)]
        for index in self._columns:
            head = _head(self._paths[index], self.header_lines)
            letter = head[y]
            # The gap between two columns is part of neither.
            segments.append(Segment(" ", base))
            style = chosen if index == self.folder and letter != " " else quiet
            segments.append(Segment(set_cell_size(letter, _CELL - 1), style))
        return Strip(segments).adjust_cell_length(width, base)

    def _notes(self) -> tuple[str, ...]:
        """The lines beside the heads: environment, what part is shown, what the letters mean."""
        columns = self._columns
        top = self.scroll_offset.y
        bottom = min(top + self.size.height - self.header_lines, self.count)
        return (
            self._environment,
            f"folders {_span(columns.start, columns.stop, len(self._paths))}",
            f"tokens {_span(top, bottom, self.count)}",
            "",
            f"{_ALL}  allowed",
            f"{_ALL.lower()}  granted, held back",
        )

    def draw(self, item: ServiceToken, width: int) -> list[Piece]:
        names = self._names - 1
        pieces: list[Piece] = [(name_column(item, self._now(), names - 1) + " ", "")]
        here = self.item(self.cursor) is item
        for index in self._columns:
            text = letters(item, self._paths[index], self._request)
            style = "cell" if here and index == self.folder else _style(text)
            pieces += [(" ", ""), (text, style)]
        used = names + _CELL * len(self._columns)
        return [*pieces, (" " * (width - used), "")]

    @property
    def _width(self) -> int:
        """The columns without a scrollbar's, even where there is none: so none moves the cells."""
        return self.outer_size.width - 1

    @property
    def _names(self) -> int:
        """Columns for the names and the cursor's bar before them."""
        return max(min(self._width * 3 // 10, 32), 12)

    @property
    def _room(self) -> int:
        """How many folders there is room for."""
        return max((self._width - self._names) // _CELL, 1)

    @property
    def _columns(self) -> range:
        """The folders on the screen."""
        return range(self._left, min(self._left + self._room, len(self._paths)))

    def _show_column(self) -> None:
        lowest = max(self.folder - self._room + 1, 0)
        highest = min(self.folder, max(len(self._paths) - self._room, 0))
        self._left = max(lowest, min(self._left, highest))

    def validate_folder(self, folder: int) -> int:
        return max(0, min(folder, len(self._paths) - 1))

    def watch_folder(self) -> None:
        self._show_column()
        self.post_message(self.Moved(self))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.refresh()

    def on_resize(self) -> None:
        super().on_resize()
        self._show_column()

    def action_cursor_left(self) -> None:
        self.folder -= 1

    def action_cursor_right(self) -> None:
        self.folder += 1

    def action_first_folder(self) -> None:
        self.folder = 0

    def action_last_folder(self) -> None:
        self.folder = len(self._paths) - 1

    def on_click(self, event: events.Click) -> None:
        """Go to the cell; a click on the cell under the cursor opens its token."""
        event.prevent_default()  # Listing's own handler knows lines only
        index = event.y - self.header_lines + self.scroll_offset.y
        clicked = self._left + (event.x - self._names) // _CELL
        folder = clicked if clicked in self._columns else self.folder
        if event.y >= self.header_lines and index < self.count:
            if (index, folder) == (self.cursor, self.folder):
                self.action_choose()
            self.cursor = index
        self.folder = folder


def _style(letters: str) -> str:
    """As in the token list: reading is green, writing amber, all else is quiet."""
    if Permission.WRITE.letter in letters:
        return "warning"
    return "good" if letters.isupper() else "dim"


def _span(start: int, stop: int, count: int) -> str:
    return f"{start + 1}-{stop} of {count}" if count else "none"


def _head(path: str, height: int) -> str:
    """The end of a path in exactly `height` letters, to be read downwards."""
    text = shown(path)
    if len(text) > height:
        slash = text.find("/", 1)
        while slash > 0 and len(text) - slash + 1 > height:
            slash = text.find("/", slash + 1)
        name = text.rpartition("/")[2]
        text = f"…{text[slash:]}" if slash > 0 else _cut(name, height)
    return text.rjust(height)


def _cut(name: str, height: int) -> str:
    return name if len(name) <= height else f"{name[: height - 1]}…"
