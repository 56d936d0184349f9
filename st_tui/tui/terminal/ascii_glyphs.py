"""ASCII in place of symbols, for terminals whose font lacks them, such as the Linux console."""

from __future__ import annotations

from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_PLAIN: Final = str.maketrans(
    {
        "✔": "+", "✖": "x", "▌": ">", "‹": "<", "›": ">", "•": "*", "●": "*", "·": "-", "…": "~",
        "▾": "v", "🔎": "/ ",
        "“": '"', "”": '"', "↵": "$", "␣": "_", "→": ">", "←": "<", "↑": "^", "↓": "v", "⇧": "^",
        "│": "|", "├": "|", "└": "`", "─": "-", "╭": "+", "╮": "+", "╰": "+", "╯": "+",
        "▏": "|", "▎": "|", "▊": "|", "▔": "-", "▁": "_", "▂": " ", "▃": " ", "▄": " ", "▅": " ",
        "▆": " ", "▇": " ",
    }
)  # fmt: skip


class AsciiGlyphs(LineFilter):
    """Replaces each symbol that the screens draw by one ASCII character."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.text.isascii() else segment._replace(text=_plain(segment.text))
            for segment in segments
        ]


def _plain(text: str) -> str:
    return text.translate(_PLAIN)
