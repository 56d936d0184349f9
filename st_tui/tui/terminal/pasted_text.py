"""What was pasted, as lines: a field of one line has room for one of them.

A terminal that does not mark a paste sends it as key presses, in one piece. So a slow line sends
what was typed meanwhile, which is why a field has its say about what such a piece is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual import events

_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_ENTER_WITHIN = re.compile(r"[^\r\n][\r\n]+[^\r\n]")
_SURELY = 40
"""Characters with an Enter among them that nobody types before the screen shows the first."""


class Burst(events.Event):
    """Text that arrived in one piece, as key presses."""

    def __init__(self, keys: Sequence[events.Key]) -> None:
        super().__init__()
        self.keys = keys
        self.text = text_of(keys)


def text_of(keys: Sequence[events.Key]) -> str:
    """What some key presses write."""
    return "".join(key.character or "" for key in keys)


def looks_pasted(text: str, enters: float = 0) -> bool:
    """Whether text that arrived as key presses was pasted: an Enter with text around it says so.

    Where Enter only goes on, `enters` of them may be typed at once on a slow line, in a short text.
    """
    if not _ENTER_WITHIN.search(text):
        return False
    return len(text) >= _SURELY or len(lines_of(text)) > enters + 1


def with_newlines(text: str) -> str:
    """The text as a file has it."""
    return _LINE_ENDS.sub("\n", text)


def lines_of(text: str) -> list[str]:
    """The lines of a text that are not blank. Terminals send a line's end as a carriage return."""
    return [line for line in _LINE_ENDS.split(text) if line.strip()]


def only_the_first(lines: list[str]) -> str:
    """What a person is told where the lines after the first were left out."""
    return f"{len(lines)} lines were pasted: only the first was taken."


def all_taken(lines: list[str]) -> str:
    """What a person is told where every line has its place."""
    return f"{len(lines)} lines were pasted: all of them were taken."


def taken_as_one(lines: list[str]) -> str:
    """What a person is told where the lines were joined."""
    return f"{len(lines)} lines were pasted: they were taken as one."
