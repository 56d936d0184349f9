"""The verdict for an audience: a filled bar three rows high, to be read from afar."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.widget import Widget

from st_tui.core.plain_text import shown
from st_tui.tui.terminal.detection import CONSOLE

_GLYPHS: Final = {
    "A": (" ### ", "#   #", "#####", "#   #", "#   #"),
    "D": ("#### ", "#   #", "#   #", "#   #", "#### "),
    "E": ("#####", "#    ", "#### ", "#    ", "#####"),
    "I": ("###", " # ", " # ", " # ", "###"),
    "L": ("#    ", "#    ", "#    ", "#    ", "#####"),
    "N": ("#   #", "##  #", "# # #", "#  ##", "#   #"),
    "O": (" ### ", "#   #", "#   #", "#   #", " ### "),
    "W": ("#   #", "#   #", "# # #", "## ##", "#   #"),
    "?": ("#### ", "    #", "  ## ", "     ", "  #  "),
    "✔": ("     #", "    # ", "#  #  ", " ##   ", "      "),
    "✖": ("#   #", " # # ", "  #  ", " # # ", "#   #"),
    " ": ("  ",) * 5,
}
"""Letters as pixels, five high. Two pixels, one above the other, share a cell of the terminal."""

_HALVES: Final = {(" ", " "): " ", ("#", " "): "▀", (" ", "#"): "▄", ("#", "#"): "█"}

ROWS: Final = 3
"""How high the bar is."""


def big(word: str) -> tuple[str, ...]:
    """A word in letters three rows high. Raises KeyError for a letter that no verdict has."""
    pixels = [" ".join(rows) for rows in zip(*(_GLYPHS[letter] for letter in word), strict=True)]
    pixels.insert(0, " " * len(pixels[0]))
    return tuple(
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(pixels[::2], pixels[1::2], strict=True)
    )


class StageVerdict(Widget):
    """ALLOWED or DENIED in large letters on a filled bar, and beside them who asks, and why."""

    DEFAULT_CSS = """
    StageVerdict {
        height: 3; width: 1fr; padding: 0 2;
        background: $panel; color: $foreground; text-style: bold;
        &.-allowed { background: $success; color: $background; }
        &.-denied { background: $error; color: $background; }
        &:ansi { background: ansi_default; color: ansi_default; text-style: bold reverse; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._word = "?"
        self._beside: tuple[str, ...] = ()

    def show(self, allowed: bool | None, *beside: str) -> None:
        """Show a verdict, or with None that it is to be guessed, and at most three lines."""
        word = {True: "✔ ALLOWED", False: "✖ DENIED", None: "?"}[allowed]
        if (word, beside) != (self._word, self._beside):
            self._word, self._beside = word, beside
            self.set_class(allowed is True, "-allowed")
            self.set_class(allowed is False, "-denied")
            self.refresh()

    def render(self) -> Content:
        room = self.content_size.width
        letters = big(self._word)
        if len(letters[0]) > room or self.app.theme == CONSOLE:
            spelt = " ".join(self._word)
            letters = (" " * len(spelt), spelt, " " * len(spelt))
        beside = ("",) * (ROWS - len(self._beside)) + self._beside
        return Content("\n").join(
            _line(f"{letter}    {shown(text)}".rstrip(), room)
            for letter, text in zip(letters, beside, strict=True)
        )


def _line(text: str, room: int) -> Content:
    """A line that fills the bar, so that a terminal's own colours show it as one."""
    line = Content(text).truncate(room, ellipsis=True)
    return line.pad_right(max(room - line.cell_length, 0))
