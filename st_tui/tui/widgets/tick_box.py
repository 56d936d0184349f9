"""A tick box on one line, whose state is seen without colour."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from st_tui.tui.actions import Action, bindings


class TickBox(Widget, can_focus=True):
    """``[x]`` or ``[ ]``. Textual's Checkbox draws the same mark for both, in other colours."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("toggle('value')", "space,enter", "tick", "Tick the box, or take the tick away"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    TickBox {
        height: 1; width: auto; padding: 0 1; margin-right: 1;
        &:focus { background: $block-cursor-blurred-background; text-style: bold; }
        &:ansi:focus { text-style: reverse; }
    }
    """

    value = reactive(False)

    class Changed(Message):
        """The person ticked the box, or took the tick away."""

    def __init__(self, label: str, value: bool, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._label = label
        self.set_reactive(TickBox.value, value)

    def render(self) -> Content:
        return Content(f"[{'x' if self.value else ' '}] {self._label}")

    def watch_value(self) -> None:
        self.post_message(self.Changed())

    def on_click(self) -> None:
        self.value = not self.value
