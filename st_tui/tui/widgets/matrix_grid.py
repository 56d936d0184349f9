"""Folders × tokens: the folders of an environment down the side as a tree, the tokens across.

`core.matrix` says what a cell shows and which folders are folded to one line. A sheet has the cells
of as many tokens as there is room for; whoever gives it makes the next one when the cursor goes on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from st_tui.core.matrix import Line, fold
from st_tui.core.model import Permission, ServiceToken
from st_tui.core.wording import access_letters
from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import RowListing
from st_tui.tui.widgets.matrix_layout import Layout, head_row, head_rows, layout, there_is_room
from st_tui.tui.widgets.matrix_sheet import Sheet, scopes_in, style_of
from st_tui.tui.widgets.token_name import token_name

_ALL = access_letters(frozenset(Permission))
_LEGEND = (
    (f" {_ALL} ", "both", " allowed"),
    (f" {_ALL.lower()} ", "held", " held back"),
    (" ·  ", "held", " no access"),
)


class MatrixGrid(RowListing[Line], inherit_bindings=False):
    """What each token of a project may do in each folder of one environment."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("choose", "enter", "open", "Show all about this token", hint=True),
        Action("fold", "space", "fold", "Fold or unfold folders whose cells are all equal",
               hint=True),
        Action("differing", "equals_sign", "differing", "Show only folders in which the tokens "
               "do not all answer alike, or all again", hint=True),
        Action("fold_none", "f", "unfold all", "Unfold every folder, or fold all again", hint=True),
        Action("cursor_left", "left,h", "left", "Go to the token before"),
        Action("cursor_right", "right,l", "right", "Go to the next token"),
        Action("cursor_up", "up,k", "up", "Go to the folder above"),
        Action("cursor_down", "down,j", "down", "Go to the folder below"),
        Action("first_token", "home", "first token", "Go to the first token"),
        Action("last_token", "end", "last token", "Go to the last token"),
        Action("page_up", "pageup,ctrl+u", "page up", "Go one page of folders up"),
        Action("page_down", "pagedown,ctrl+d", "page down", "Go one page of folders down"),
        Action("first", "g,ctrl+home", "first folder", "Go to the first folder"),
        Action("last", "G,ctrl+end", "last folder", "Go to the last folder"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "matrix--read",
        "matrix--write",
        "matrix--both",
        "matrix--held",
        "matrix--line",
        "matrix--row",
        "matrix--column",
        "matrix--cell",
    }
    DEFAULT_CSS = """
    MatrixGrid {
        height: 1fr;
        & > .matrix--read { color: $text-success; background: $allowed-ground; text-style: bold; }
        & > .matrix--write { color: $text-warning; background: $changing-ground; text-style: bold; }
        & > .matrix--both { color: $text-warning; background: $changing-ground; text-style: bold; }
        & > .matrix--held { color: $text-muted; }
        & > .matrix--line { color: $border; }
        & > .matrix--row { background: $block-cursor-blurred-background; text-style: bold; }
        & > .matrix--column { color: $text-primary; text-style: bold; }
        & > .matrix--cell { background: $primary; color: $background; text-style: bold; }
        &:ansi > .matrix--read { background: ansi_default; }
        &:ansi > .matrix--write { background: ansi_default; }
        &:ansi > .matrix--both { background: ansi_default; }
        &:ansi > .matrix--held { color: ansi_default; text-style: dim; }
        &:ansi > .matrix--line { color: ansi_default; text-style: dim; }
        &:ansi > .matrix--row { background: ansi_default; text-style: bold underline; }
        &:ansi > .matrix--column { text-style: bold underline; }
        &:ansi > .matrix--cell {
            background: ansi_default; color: ansi_default; text-style: bold reverse;
        }
    }
    """

    column = reactive(0, repaint=False)
    """The index of the token under the cursor, among all tokens."""

    class Turned(Message):
        """Another sheet is wanted: for the token under the cursor, or as there is other room."""

    class Folded(Message):
        """Other lines are shown of the same sheet."""

    def __init__(self, now: Callable[[], int]) -> None:
        super().__init__(id="matrix")
        self.sheet = Sheet()
        self._now = now
        self._names: Sequence[str] = ()
        self._heads: Sequence[str] = ()
        """The names, with the patterns of their scopes where there is room for them all."""
        self._layout = Layout(0, 1, 1)
        self.only_differing = False
        self._opened: set[str] = set()
        self._all_opened = False
        self._path = "/"
        """The folder that the cursor stays on when lines are folded."""

    @property
    def environment(self) -> str:
        """The slug of the environment that is shown; empty for none."""
        return self.sheet.environment.slug if self.sheet.environment else ""

    @property
    def name_width(self) -> int:
        """Cells of the longest name in the sheet."""
        return max((cell_len(name) for name in self._names), default=0)

    @property
    def path(self) -> str:
        """The folder under the cursor, or the one that stands for those folded there."""
        line = self.current
        return self.sheet.paths[line.folder] if line is not None else self._path

    @property
    def token(self) -> ServiceToken | None:
        """The token under the cursor; None if it is not in the sheet."""
        index = self.column - self.sheet.first
        return self.sheet.tokens[index] if 0 <= index < len(self.sheet.tokens) else None

    def show_sheet(self, sheet: Sheet, at: int) -> None:
        """Show another sheet with the cursor on the token at index `at`; it stays on its folder."""
        self.sheet = sheet
        self._lay_out()
        self.set_reactive(MatrixGrid.column, max(0, min(at, sheet.total - 1)))
        self._show_lines()

    def point_at(self, path: str) -> None:
        """Put the cursor on a folder, or on what is folded and has it."""
        self._path = path
        self._show_lines()

    def _show_lines(self) -> None:
        wanted = self._path
        lines = fold(
            self.sheet.paths if self.sheet.tokens else (),
            self.sheet.cells,
            opened=self._opened,
            every=self._all_opened,
            differing=self.only_differing,
        )
        self.show_rows(lines)
        self.cursor = self._line_of(wanted)
        self._path = wanted

    def _line_of(self, path: str) -> int:
        """The index of the line that has a folder, or of the one before."""
        paths = self.sheet.paths
        while path not in paths and path != "/":
            path = path.rpartition("/")[0] or "/"
        folder = paths.index(path) if path in paths else 0
        return max(bisect_right([line.folder for line in self.rows], folder) - 1, 0)

    def identity(self, item: Line) -> int:
        return item.folder

    def _lay_out(self) -> None:
        now = self._now()
        self._names = [token_name(token, now) for token in self.sheet.tokens]
        # The columns without a scrollbar's, even where there is none: so none moves the cells.
        # The grid is as wide as the screen, which is known before it is laid out.
        self._layout = layout(self.app.size.width - 1, self.sheet.paths, self.sheet.total)
        with_scopes = [
            f"{name} {scopes_in(token, self.sheet.environment)}".rstrip()
            for name, token in zip(self._names, self.sheet.tokens, strict=True)
        ]
        has_room = there_is_room(with_scopes, self._layout.cell)
        self._heads = with_scopes if has_room else self._names

    def on_resize(self) -> None:
        self._lay_out()
        super().on_resize()
        if len(self.sheet.tokens) != min(self._layout.fit, self.sheet.total):
            self.post_message(self.Turned())

    @property
    def header_lines(self) -> int:
        return head_rows(self._heads, self._layout.cell)

    def header_line(self, y: int, width: int) -> Strip:
        tree, cell, _ = self._layout
        base = self.rich_style
        quiet, line, chosen = (
            self.get_component_rich_style(name)
            for name in ("listing--dim", "matrix--line", "matrix--column")
        )
        segments = self._legend(y, tree)
        used = 0
        for start, text, index in head_row(self._heads, cell, width - tree, self.header_lines, y):
            here = index + self.sheet.first == self.column
            segments.append(Segment(" " * (start - used), base))
            if text == "│":
                segments.append(Segment(text, line))
            else:
                length = len(self._names[index])
                segments.append(Segment(text[:length], chosen if here else base))
                segments.append(Segment(text[length:], quiet))
            used = start + cell_len(text)
        return Strip(segments).adjust_cell_length(width, base)

    def _legend(self, y: int, width: int) -> list[Segment]:
        """What the letters mean, beside the heads."""
        quiet = self.get_component_rich_style("listing--dim")
        if y >= len(_LEGEND):
            return [Segment(" " * width, self.rich_style)]
        sample, name, words = _LEGEND[y]
        style = self.get_component_rich_style(f"matrix--{name}")
        rest = width - len(sample) - 1
        gap = Segment(" ", self.rich_style)
        return [gap, Segment(sample, style), Segment(column(words, rest), quiet)]

    def render_line(self, y: int) -> Strip:
        index = y - self.header_lines + self.scroll_offset.y
        if y < self.header_lines or not 0 <= index < self.count:
            return super().render_line(y)
        line, width = self.rows[index], self.scrollable_content_region.width
        tree, cell, _ = self._layout
        here = index == self.cursor
        segments = self._folder(line, tree, here=here)
        # Blanks in a style of no other ground: a new one would be sent for each.
        quiet = self.get_component_rich_style("matrix--held")
        for number, text in enumerate(self.sheet.cells[line.folder], start=self.sheet.first):
            name = "cell" if here and number == self.column else style_of(text)
            style = self.get_component_rich_style(f"matrix--{name}")
            segments += [Segment(f" {text}".ljust(cell - 1), style), Segment(" ", quiet)]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _folder(self, line: Line, width: int, *, here: bool) -> list[Segment]:
        """A line's folders: their name or pattern, and how many are folded."""
        base = self.rich_style
        count = f" {line.folders}" if line.fold else ""
        label = column("  " * line.level + line.label, width - 2 - len(count))
        mark = self.get_component_rich_style("listing--mark")
        row: Style = self.get_component_rich_style("matrix--row", partial=True) if here else Style()
        quiet = self.get_component_rich_style("listing--dim", partial=True)
        return [
            Segment("▌" if here and self.has_focus else " ", base + mark),
            Segment(label, base + row),
            Segment(count, base + quiet + row),
            Segment(" ", base),
        ]

    def validate_column(self, index: int) -> int:
        return max(0, min(index, self.sheet.total - 1))

    def watch_column(self) -> None:
        if self.token is None and self.sheet.total:
            self.post_message(self.Turned())
            return
        for y in range(self.header_lines):
            self.refresh_line(y + self.scroll_offset.y)
        self.refresh_line(self.cursor + self.header_lines)

    def watch_cursor(self, before: int, now: int) -> None:
        super().watch_cursor(before, now)
        self._path = self.path

    def action_cursor_left(self) -> None:
        self.column -= 1

    def action_cursor_right(self) -> None:
        self.column += 1

    def action_first_token(self) -> None:
        self.column = 0

    def action_last_token(self) -> None:
        self.column = self.sheet.total - 1

    def action_fold(self) -> None:
        """Unfold what is folded here; else fold what was unfolded here or above."""
        line = self.current
        if line is None:
            return
        if line.fold:
            self._opened.add(line.fold)
        elif opened := [fold for fold in self._opened if _has(fold, self.path)]:
            self._opened.discard(max(opened, key=len))
        else:
            self.notify("Only folders whose cells are all equal are folded.")
            return
        self._fold_anew()

    def action_fold_none(self) -> None:
        self._all_opened = not self._all_opened
        self._opened.clear()
        self._fold_anew()

    def _fold_anew(self) -> None:
        self._show_lines()
        self.post_message(self.Folded())

    def action_differing(self) -> None:
        self.only_differing = not self.only_differing
        self._fold_anew()

    def on_click(self, event: events.Click) -> None:
        """Go to the cell; a click on the cell under the cursor opens its token."""
        event.prevent_default()  # Listing's own handler knows lines only
        tree, cell, _ = self._layout
        index = event.y - self.header_lines + self.scroll_offset.y
        number = (event.x - tree) // cell
        here = number if 0 <= number < len(self.sheet.tokens) else self.column - self.sheet.first
        chosen = here + self.sheet.first
        if event.y >= self.header_lines and index < self.count:
            if (index, chosen) == (self.cursor, self.column):
                self.action_choose()
            self.cursor = index
        self.column = chosen


def _has(fold: str, path: str) -> bool:
    """Whether a folder is among those of a fold, or is the one whose folders are folded."""
    above = fold.removesuffix("/*").removesuffix("/**") or "/"
    return path == above or path.startswith(f"{above.rstrip('/')}/")
