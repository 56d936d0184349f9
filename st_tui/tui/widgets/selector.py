"""One of a few options on one line: all of them side by side, or the chosen one between arrows.

Where they do not all fit with a mark for each, only the chosen one is marked. Where they do not fit
at all, only the chosen one is shown, so that it is always seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from st_tui.core.plain_text import shown
from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.cells import cut

T = TypeVar("T")

_MARKS = (("(•) ", "( ) ", "  "), ("•", " ", "  "), ("•", " ", " "))
"""What stands before the chosen option, before each other one and between, from wide to narrow."""


class Selector(Widget, Generic[T], can_focus=True):
    """One of a few values. The arrow keys, Space or a click choose another."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("step(1)", "right,space,l", "next", "Choose the next one"),
        Action("step(-1)", "left,h", "previous", "Choose the one before"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    Selector {
        height: 1;
        width: 1fr;
        padding: 0 1;
        &:focus { background: $block-cursor-blurred-background; text-style: bold; }
        &:ansi:focus { text-style: reverse; }
    }
    """

    index: reactive[int] = reactive(0)

    class Changed(Message):
        """The person chose another option."""

        def __init__(self, selector: Selector[Any]) -> None:
            self.selector = selector
            super().__init__()

        @property
        def control(self) -> Selector[Any]:
            return self.selector

    def __init__(
        self,
        options: Sequence[tuple[str, T]],
        *,
        all_shown: bool = False,
        bare: bool = False,
        light: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`bare` shows the arrows only while this has the focus, in the cells around the label.

        `light` marks only the chosen one of those that are all shown.
        """
        super().__init__(id=id)
        self.options = list(options)
        self._all_shown = all_shown
        self._bare = bare
        self._all_marks = _MARKS[1:] if light else _MARKS

    @property
    def value(self) -> T:
        """The value of the chosen option."""
        return self.options[self.index][1]

    def choose(self, value: T) -> None:
        """Choose a value without a message. One that is no option changes nothing."""
        for index, (_, known) in enumerate(self.options):
            if known == value:
                with self.prevent(self.Changed):
                    self.index = index

    def offer(self, options: Sequence[tuple[str, T]]) -> None:
        """Offer other options. The chosen value stays where it is one of them."""
        value = self.value if self.options else None
        self.options = list(options)
        indices = [i for i, (_, known) in enumerate(self.options) if known == value]
        with self.prevent(self.Changed):
            self.index = indices[0] if indices else 0
        self.refresh()

    def validate_index(self, index: int) -> int:
        return index % len(self.options) if self.options else 0

    def watch_index(self, before: int, now: int) -> None:
        if before != now and self.is_mounted:
            self.post_message(self.Changed(self))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The cells that every option fits into: where the width is `auto`, none is cut."""
        if self._all_shown:
            return super().get_content_width(container, viewport)
        labels = (cell_len(shown(label)) for label, _ in self.options)
        return max(labels, default=0) + self._around

    @property
    def _around(self) -> int:
        """The cells of the arrows beside the chosen option."""
        return 2 if self._bare else 4

    def render(self) -> Content:
        if not self.options:
            return Content.styled("none", "$text-muted")
        marks = self._marks
        if marks is not None:
            chosen, other, gap = marks
            return Content(gap).join(
                [
                    Content.styled(f"{chosen}{shown(label)}", "bold $text-primary")
                    if index == self.index
                    else Content.styled(f"{other}{shown(label)}", "$text-muted")
                    for index, (label, _) in enumerate(self.options)
                ]
            )
        arrows = "$text-primary" if len(self.options) > 1 else "$text-muted"
        label = cut(self.options[self.index][0], max(self.content_size.width - self._around, 1))
        if self._bare:
            return between_arrows(label, focused=self.has_focus)
        return Content.assemble(("‹ ", arrows), label, (" ›", arrows))

    @property
    def _marks(self) -> tuple[str, str, str] | None:
        """What stands before the options and between them; None if not all are shown."""
        labels = sum(cell_len(shown(label)) for label, _ in self.options)
        for marks in self._all_marks if self._all_shown else ():
            around = len(self.options) * len(marks[0]) + (len(self.options) - 1) * len(marks[2])
            if labels + around <= self.content_size.width:
                return marks
        return None

    def action_step(self, amount: int) -> None:
        self.index += amount

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        marks = self._marks
        if marks is None:
            self.index += 1
            return
        left = 1
        for index, (label, _) in enumerate(self.options):
            right = left + cell_len(shown(label)) + len(marks[0])
            if left <= event.x < right:
                self.index = index
            left = right + len(marks[2])


def between_arrows(label: str, *, focused: bool) -> Content:
    """A label that has arrows around it while it can be changed, in the same cells as without."""
    before, after = ("‹", "›") if focused else (" ", " ")
    return Content.assemble((before, "$text-primary"), label, (after, "$text-primary"))
