"""Plain characters for terminals whose font has no others, as the Linux console's."""

from __future__ import annotations

from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_PLAIN: Final = str.maketrans(
    {
        "✔": "+", "✖": "x", "▌": ">", "‹": "<", "›": ">", "•": "*", "·": "-", "…": "~",
        "▾": "v", "🔎": "/ ",
        "“": '"', "”": '"', "↵": "$", "␣": "_", "→": ">", "←": "<", "↑": "^", "↓": "v", "⇧": "^",
        "│": "|", "├": "|", "└": "`", "─": "-", "╭": "+", "╮": "+", "╰": "+", "╯": "+",
        "▏": "|", "▎": "|", "▊": "|", "▔": "-", "▁": "_", "▂": " ", "▃": " ", "▄": " ", "▅": " ",
        "▆": " ", "▇": " ",
    }
)  # fmt: skip


class AsciiGlyphs(LineFilter):
    """Puts one plain character for each symbol that the screens draw, wherever it stands."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.text.isascii() else segment._replace(text=_plain(segment.text))
            for segment in segments
        ]


def _plain(text: str) -> str:
    return text.translate(_PLAIN)
