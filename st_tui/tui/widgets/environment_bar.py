"""One line with a project's environments, the chosen one between arrows, and facts about that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from st_tui.core.model import Environment
from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.cells import cut

_LONGEST = 24
"""Cells of a name."""
_EMPTY = "No environments: press e."


class EnvironmentBar(Widget, can_focus=True):
    """`‹ Development ›  Staging   Production                 23 folders   23 secrets   8 tokens`.

    Where they do not all fit, those before the chosen one go first.
    """

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("choose", "enter,down", "folders", "Go to the folders", hint=True),
        Action("first", "home", "first", "Go to the first environment"),
        Action("last", "end", "last", "Go to the last environment"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    EnvironmentBar {
        height: 1; width: 1fr; padding: 0 1;
        &:focus { background: $block-cursor-blurred-background; }
        &:ansi:focus { text-style: reverse; }
    }
    """

    cursor: reactive[int] = reactive(0)
    """The index of the chosen environment."""

    class Moved(Message):
        """Another environment was chosen."""

    class Chosen(Message):
        """The person is done with choosing."""

    def __init__(self) -> None:
        super().__init__(id="environments")
        self.rows: Sequence[Environment] = ()
        self._facts: Sequence[str] = ()
        self._is_known = False
        self._first_shown = 0

    @property
    def current(self) -> Environment | None:
        """The chosen environment."""
        return self.rows[self.cursor] if self.rows else None

    def show(self, rows: Sequence[Environment], facts: Sequence[str]) -> None:
        """Show these environments and facts about the chosen one, which stays chosen."""
        chosen, self._is_known = self.current, True
        self.rows, self._facts = rows, facts
        if chosen is not None:
            self.choose(chosen.slug)
        self.set_reactive(EnvironmentBar.cursor, self.validate_cursor(self.cursor))
        self.refresh()

    def choose(self, slug: str) -> None:
        """Choose an environment without a message, if it is there."""
        for index, environment in enumerate(self.rows):
            if environment.slug == slug:
                self.set_reactive(EnvironmentBar.cursor, index)
                self.refresh()

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, len(self.rows) - 1))

    def watch_cursor(self) -> None:
        self.post_message(self.Moved())

    def action_first(self) -> None:
        self.cursor = 0

    def action_last(self) -> None:
        self.cursor = len(self.rows) - 1

    def action_choose(self) -> None:
        self.post_message(self.Chosen())

    def render(self) -> Content:
        if not self.rows:
            return Content.styled(_EMPTY if self._is_known else "", "$text-muted")
        room = self.content_size.width
        labels = [f"  {cut(environment.name, _LONGEST)}  " for environment in self.rows]
        first = 0
        while first < self.cursor and sum(map(cell_len, labels[first : self.cursor + 1])) > room:
            first += 1
        self._first_shown = first
        arrow = "$text-primary"
        line = Content("").join(
            [
                Content.assemble(("‹ ", arrow), (label[2:-2], "bold"), (" ›", arrow))
                if index == self.cursor
                else Content.styled(label, "$text-muted")
                for index, label in enumerate(labels[first:], start=first)
            ]
        )
        facts = list(self._facts)
        while facts and line.cell_length + len("   ".join(facts)) >= room:
            facts = facts[1:]
        said = "   ".join(facts)
        gap = " " * max(room - line.cell_length - len(said), 0)
        return Content.assemble(line, gap, (said, "$text-muted")).truncate(room, ellipsis=True)

    def on_click(self, event: events.Click) -> None:
        left = self.styles.padding.left
        for index in range(self._first_shown, len(self.rows)):
            right = left + cell_len(cut(self.rows[index].name, _LONGEST)) + 4
            if left <= event.x < right:
                self.cursor = index
            left = right
