"""A line to type in, one cell high, and the label before it."""

from __future__ import annotations

from textual.strip import Strip
from textual.suggester import Suggester
from textual.widgets import Input, Static

from st_tui.core.plain_text import shown


class Label(Static):
    """The name of a field."""

    DEFAULT_CSS = """
    Label { width: 12; height: 1; color: $text-muted; }
    """

    def __init__(self, text: str) -> None:
        super().__init__(text, markup=False)


class Field(Input):
    """An input of one line without a frame, whose cursor does not blink: blinking costs 2 kB/s."""

    DEFAULT_CSS = """
    Field {
        height: 1;
        border: none;
        padding: 0 1;
        background: $panel;
        &:focus { border: none; background: $block-cursor-blurred-background; background-tint: 0%; }
        &:ansi { text-style: underline; }
        &:ansi:focus { text-style: bold underline; }
    }
    """

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        suggester: Suggester | None = None,
        max_length: int = 0,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(
            value,
            placeholder=placeholder,
            suggester=suggester,
            max_length=max_length,
            select_on_focus=False,
            id=id,
        )
        self.cursor_blink = False

    def render_line(self, y: int) -> Strip:
        """A line without what a terminal would act on, which takes no room in it."""
        strip = super().render_line(y)
        if strip.text.isprintable():
            return strip
        return Strip([segment._replace(text=_harmless(segment.text)) for segment in strip])


def _harmless(text: str) -> str:
    return "".join(character for character in text if shown(character) == character)
