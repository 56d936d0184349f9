"""The lines of a draft's scopes as they are drawn: each with what it opens and its warning."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget

from st_tui.core.drafts import check_environment, parse_scope, scope_path
from st_tui.core.errors import Refusal
from st_tui.core.model import Environment, Scope
from st_tui.core.plain_text import shown
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.row import LABEL, folded, indented, set_height
from st_tui.tui.widgets.scope_field import ScopeField
from st_tui.tui.widgets.selector import Selector

_USUAL_SLUG = 10
_LONGEST_SLUG = 14
"""Columns that are kept for an environment's slug, and how many it gets at most."""
_SHORTEST_REMARK = 12
"""Columns. Where there are fewer, a mark stands for the remark beside a line."""


class Line(NamedTuple):
    """A line as it was typed. It is entered once Enter was pressed in it."""

    environment: str
    text: str
    is_entered: bool = True


class ScopeView(Widget):
    """Lines `environment path`. The one with the cursor has fields, the last one is empty."""

    DEFAULT_CSS = """
    ScopeView {
        height: 3; width: 1fr; text-wrap: nowrap;
        & > * { position: absolute; height: 1; }
    }
    """

    def __init__(self, lines: Sequence[Line] = (), *, most: int, columns: int) -> None:
        """`most` lines are shown at a time, probably in so many columns."""
        super().__init__()
        self._probable_columns = columns
        self.lines = [*lines, Line(lines[-1].environment if lines else "", "")]
        self.at = len(self.lines) - 1
        self._most = most
        self._top = max(len(self.lines) - most, 0)
        self.styles.height = self._shown + 1
        self._known = asyncio.Event()
        self._environments: Sequence[Environment] = ()
        self._folders: Mapping[str, Sequence[str]] = {}
        self._remarks: Mapping[int, Content] = {}
        self._counts: Mapping[Scope, int | None] = {}
        self.fault = Content("")
        """What is said until the next change, as that a scope is missing."""

    def compose(self) -> ComposeResult:
        yield Selector[str]([("", "")], id="scope-environment")
        yield ScopeField(placeholder="/path/**, or env:/path", with_patterns=True, id="scope-path")

    def on_mount(self) -> None:
        self._selector.visible = False
        self._arrange()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    @property
    def _selector(self) -> Selector[str]:
        return self.query_one("#scope-environment", Selector)

    @property
    def _field(self) -> ScopeField:
        return self.query_one("#scope-path", ScopeField)

    @property
    def environment(self) -> str:
        """The environment of the line with the cursor."""
        return self.lines[self.at].environment

    @property
    def folders(self) -> Sequence[str]:
        """The folders of that environment, the root first."""
        return self._folders.get(self.environment, ())

    def _read(self, line: Line) -> Scope | Refusal | None:
        """The scope of a line, or why it is none; None for an empty line."""
        if not line.text.strip():
            return None
        try:
            return self._written(line)[0]
        except Refusal as refusal:
            return refusal

    def _written(self, line: Line) -> tuple[Scope, str | None]:
        """The scope that a line means, and a note on what was changed of it. Raises Refusal.

        `prod:/common/**` names its environment; a path alone is in the line's own.
        """
        text = line.text.strip()
        if text.startswith("/") or ":" not in text:
            path, note = scope_path(text)
            scope = Scope(line.environment, path)
        else:
            scope, note = parse_scope(text)
        if self._known.is_set() and not line.is_entered:
            check_environment(scope.environment, self._environments)
        return scope, note

    # --- what is drawn ----------------------------------------------------------------------------

    @property
    def _shown(self) -> int:
        """How many lines are shown."""
        return min(len(self.lines), self._most)

    @property
    def _width(self) -> int:
        return self.content_size.width or self._probable_columns

    def _columns(self) -> tuple[int, int, int, int]:
        """The widths of environment, path, count and remark."""
        slugs = [cell_len(line.environment) for line in self.lines]
        slugs += [len(environment.slug) for environment in self._environments]
        environment = min(max(*slugs, _USUAL_SLUG), _LONGEST_SLUG) + 5
        counts = [len(self._count(line)) for line in self.lines]
        count = max(*counts, 8) + 1
        room = self._width - LABEL - environment - count
        settled = (line.text for index, line in enumerate(self.lines) if index != self.at)
        longest = max(map(cell_len, settled), default=0) + 2
        path = max(min(room - 20, 40), 24, min(longest, room - 2))
        remark = room - path
        if remark < _SHORTEST_REMARK:
            path, remark = max(room - 2, 8), 2
        return environment, path, count, remark - 1

    def _arrange(self) -> None:
        """Put the fields into the line with the cursor."""
        self._top = max(min(self._top, self.at), self.at - self._most + 1)
        self._top = max(min(self._top, len(self.lines) - self._most), 0)
        environment, path, _, _ = self._columns()
        y = self.at - self._top
        for field, x, width in (
            (self._selector, LABEL, environment),
            (self._field, LABEL + environment, path),
        ):
            field.styles.offset = (x, y)
            field.styles.width = width
        self._fit()
        self.refresh()

    def _fit(self) -> None:
        set_height(self, self._shown + max(len(self._below()), 1))

    def _below(self) -> list[Content]:
        """What is to be said of the line with the cursor, as lines."""
        return folded(self._about_line(), self._width - LABEL - 2)

    def _about_line(self) -> Content:
        line = self.lines[self.at]
        if self.fault or not line.text.strip():
            return self.fault
        try:
            _, note = self._written(line)
        except Refusal as refusal:
            return Content.styled(f"✖ {shown(str(refusal))}", "$text-error")
        parts = []
        if self._field.completion:
            # In the field only its colour tells a completion from what was typed.
            parts.append(Content.styled(f"Tab: {shown(self._field.completion)}", "$text-muted"))
        if note:
            parts.append(Content.styled(note, "$text-muted"))
        if remark := self._remark(self.at):
            parts.append(remark)
        return Content("   ").join(parts)

    def _count(self, line: Line) -> str:
        scope = self._read(line)
        if not isinstance(scope, Scope) or scope.environment not in self._folders:
            return ""
        opened = self._counts.get(scope)
        return "" if opened is None else f"{opened} of {len(self._folders[scope.environment])}"

    def render(self) -> Content:
        widths = self._columns()
        lines = [self._drawn(index, widths) for index in range(self._top, self._top + self._shown)]
        return Content("\n").join([*lines, *(indented(line) for line in self._below())])

    def _drawn(self, index: int, widths: tuple[int, int, int, int]) -> Content:
        line = self.lines[index]
        environment, path, count, remark = widths
        label = "Scopes" if index == self._top else ""
        last = self._top + self._shown - 1
        if index == last and index < len(self.lines) - 1:
            label = f"↓ {len(self.lines) - 1 - index}"
        number = str(index + 1) if line.text else ""
        opens = self._count(line)
        style = "$text-warning" if opens.startswith("0 ") else "$text-muted"
        return Content.assemble(
            (f"{label:<{LABEL - 2}}{number:>2}"[:LABEL], "$text-muted"),
            f"   {column(line.environment, environment - 3)}",
            f" {column(line.text, path - 1)}",
            (f"{opens:>{count}}", style),
            " ",
            self._beside(index, remark),
        )

    def _remark(self, index: int) -> Content:
        """The remark on a line. One that says nothing new counts once."""
        scope = self._read(self.lines[index])
        before = [self._read(line) for line in self.lines[:index]]
        if isinstance(scope, Scope) and scope in before:
            return Content.styled(f"! the same as scope {before.index(scope) + 1}", "$text-warning")
        return self._remarks.get(index, Content(""))

    def _beside(self, index: int, width: int) -> Content:
        """The remark on a line, in so many cells."""
        line = self.lines[index]
        found = self._read(line)
        if index == self.at:
            return Content("")  # it is said below, and whole
        if isinstance(found, Refusal):
            said = Content.styled(f"✖ {shown(str(found))}", "$text-error")
        elif not line.is_entered:
            said = Content.styled("! not entered", "$text-warning")
        else:
            said = self._remark(index)
        return said.truncate(width, ellipsis=True) if width > 2 else said.truncate(1)
