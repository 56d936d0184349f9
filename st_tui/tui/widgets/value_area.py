"""A field of several lines, for a secret's value or comment."""

from __future__ import annotations

import re

from rich.text import Text
from textual.widgets import TextArea

from st_tui.core.plain_text import shown

_CONTROLS = re.compile(r"[^\x20-\x7e\t]")


class ValueArea(TextArea):
    """A text area without a frame; what a terminal would act on is drawn as a question mark."""

    DEFAULT_CSS = """
    ValueArea {
        height: 6; width: 1fr; border: none; padding: 0 1;
        background: $background; scrollbar-size-vertical: 1;
        &:focus { border: none; background: $block-cursor-blurred-background; }
        & .text-area--cursor-line { background: transparent; }
        &:ansi:focus { text-style: bold; }
    }
    """

    def __init__(self, text: str = "", *, placeholder: str, id: str) -> None:  # noqa: A002
        super().__init__(text, placeholder=placeholder, id=id)
        self.cursor_blink = False

    def get_line(self, line_index: int) -> Text:
        """A line as it is drawn, as many characters as it has."""
        line = self.document.get_line(line_index)
        return Text(_CONTROLS.sub(_drawn, line), end="", no_wrap=True)


def _drawn(found: re.Match[str]) -> str:
    return found[0] if shown(found[0]) == found[0] else "?"
