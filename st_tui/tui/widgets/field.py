"""A line to type in, one cell high, and the label before it."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.strip import Strip
from textual.suggester import Suggester
from textual.widgets import Input, Static

from st_tui.core.plain_text import shown
from st_tui.tui.terminal.pasted_text import all_taken, lines_of, looks_pasted, only_the_first


class Label(Static):
    """The name of a field."""

    DEFAULT_CSS = """
    Label { width: 12; height: 1; color: $text-muted; }
    """

    def __init__(self, text: str) -> None:
        super().__init__(text, markup=False)


class Field(Input):
    """An input of one line without a frame. Its cursor does not blink, which would cost 2 kB/s."""

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

    typed_enters: ClassVar[int] = 0
    """How many Enters may be typed ahead here: each only goes on to the next field."""

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

    def is_paste(self, text: str) -> bool:
        """Whether key presses that arrived in one piece were pasted."""
        return looks_pasted(text, self.typed_enters)

    def take_lines(self, lines: list[str]) -> str:
        """Take a paste of several lines, here the first; what to say of it, empty for nothing."""
        return only_the_first(lines) if self.insert_pasted(lines[0]) else ""

    def insert_pasted(self, text: str) -> bool:
        """Replace what is selected, or insert at the cursor; False if too long, which is said."""
        start, end = sorted(self.selection)
        longest = self.max_length or 0
        if 0 < longest < len(self.value) - (end - start) + len(text):
            self.app.notify(
                f"Nothing was pasted: this takes {longest} characters at most.",
                severity="warning",
            )
            return False
        self.replace(text, start, end)
        return True

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()  # Textual's own takes the first line, and says nothing
        self.paste(event.text)

    def action_paste(self) -> None:
        """Paste what was copied within the app."""
        self.paste(self.app.clipboard)

    def paste(self, text: str) -> None:
        """Take a pasted text, and say what became of lines that have no room here."""
        lines = lines_of(text)
        if len(lines) > 1:
            said = self.take_lines([line.strip() for line in lines])
            if said:
                self.app.notify(said, severity="warning")
        elif lines:
            self.insert_pasted(lines[0])

    def render_line(self, y: int) -> Strip:
        """The line without control characters, which a terminal would act on."""
        strip = super().render_line(y)
        if strip.text.isprintable():
            return strip
        return Strip([segment._replace(text=_harmless(segment.text)) for segment in strip])


class ListField(Field):
    """A field for several values with blanks between; each line of a paste is one of them."""

    @property
    def values(self) -> list[str]:
        """The values typed, with blanks or commas between."""
        return self.value.replace(",", " ").split()

    def take_lines(self, lines: list[str]) -> str:
        start, end = sorted(self.selection)
        before, after = self.value[:start], self.value[end:]
        text = " ".join(lines)
        if before and not before.endswith(" "):
            text = f" {text}"
        if after and not after.startswith(" "):
            text = f"{text} "
        return all_taken(lines) if self.insert_pasted(text) else ""


def _harmless(text: str) -> str:
    return "".join(character for character in text if shown(character) == character)
