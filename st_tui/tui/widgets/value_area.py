"""A text area for a secret's value or comment: of one line, or of several when asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import TextArea

from st_tui.core.plain_text import shown
from st_tui.tui.actions import Action, bindings
from st_tui.tui.terminal.pasted_text import all_taken, lines_of, looks_pasted

_CONTROLS = re.compile(r"[^\x20-\x7e\t]")

# Textual's text area turns these into newlines.
_OTHER_LINE_ENDS = re.compile(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

_DOT = "•"

# Every terminal sends ^j as itself; most send the others as Enter.
NEW_LINE = Action("new_line", "ctrl+j,shift+enter,alt+enter,ctrl+enter", "new line",
                  "Begin a new line", hint=True)  # fmt: skip


class ValueArea(TextArea):
    """A text area without a frame, which draws control characters as question marks.

    It has one line until a text of several comes into it. A masked one draws dots, and copies
    nothing out.

    Enter goes on to the next field, as everywhere: a newline that nobody meant would be stored.
    """

    class Entered(Message):
        """Enter was pressed."""

        def __init__(self, area: ValueArea) -> None:
            self.area = area
            super().__init__()

        @property
        def control(self) -> ValueArea:
            return self.area

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("go_on", "enter", "next", "Go to the next field"),
        NEW_LINE,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    DEFAULT_CSS = """
    ValueArea {
        height: 1; width: 1fr; border: none; padding: 0 1; scrollbar-size-horizontal: 0;
        background: $background; scrollbar-size-vertical: 1;
        &:focus { border: none; background: $block-cursor-blurred-background; }
        & .text-area--cursor-line { background: transparent; }
        &:ansi:focus { text-style: bold; }
    }
    """

    is_masked: reactive[bool] = reactive(False)
    """Whether dots are drawn for the text."""

    def __init__(
        self,
        text: str = "",
        *,
        placeholder: str,
        typed_enters: int = 0,
        masked: bool = False,
        lines: int = 3,
        taker: Callable[[str], Callable[[], None] | None] = lambda _: None,
        id: str,  # noqa: A002
    ) -> None:
        """`lines` are seen at once of a text that has several. `typed_enters` is how many
        Enters may be typed ahead here.

        `taker` gives what takes a paste that is something else than text for this area, or None.
        """
        super().__init__(text, placeholder=placeholder, soft_wrap=False, id=id)
        self.cursor_blink = False
        self.set_reactive(ValueArea.is_masked, masked)
        self._most_lines = lines
        self._typed_enters = typed_enters
        self._taker = taker

    def on_mount(self) -> None:
        self._fit()

    def show_lines(self, lines: int) -> None:
        """Show so many lines of a text that has several."""
        self._most_lines = lines
        self._fit()

    def on_text_area_changed(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Be as high as the text, which wraps its lines once it has several."""
        if self.document.line_count > 1 and not self.soft_wrap:
            self.soft_wrap = True
        lines = max(self.wrapped_document.height, 2) if self.soft_wrap else 1
        height = min(lines, self._most_lines)
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height

    def watch_is_masked(self) -> None:
        self._line_cache.clear()
        self.refresh()

    def action_copy(self) -> None:
        if not self.is_masked:
            super().action_copy()

    def action_cut(self) -> None:
        if self.is_masked:
            self.delete(*self.selection)
        else:
            super().action_cut()

    def is_paste(self, text: str) -> bool:
        """Whether key presses that arrived in one piece were pasted."""
        return self._taker(text) is not None or looks_pasted(text, self._typed_enters)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.prevent_default()  # Textual's own handler begins a line; our binding goes on

    async def _on_paste(self, event: events.Paste) -> None:
        if take := self._taker(event.text):
            event.stop()
            event.prevent_default()
            take()
        elif _OTHER_LINE_ENDS.search(event.text):
            event.prevent_default()
            self.app.notify(
                "Nothing was pasted: it holds a line separator that would become a newline here. "
                "`st-tui secrets set NAME=@FILE` takes it as it is.",
                severity="warning",
            )
        elif len(lines := lines_of(event.text)) > 1:
            self.app.notify(all_taken(lines))

    def action_go_on(self) -> None:
        self.post_message(self.Entered(self))

    def action_new_line(self) -> None:
        self.replace("\n", *self.selection, maintain_selection_offset=False)

    def get_line(self, line_index: int) -> Text:
        """A line as it is drawn: of as many characters as it has."""
        line = self.document.get_line(line_index)
        if self.is_masked:
            dots = "".join("\t" if each == "\t" else _DOT * cell_len(each) for each in line)
            return Text(dots, end="", no_wrap=True)
        return Text(_CONTROLS.sub(_drawn, line), end="", no_wrap=True)


def _drawn(found: re.Match[str]) -> str:
    return found[0] if shown(found[0]) == found[0] else "?"
