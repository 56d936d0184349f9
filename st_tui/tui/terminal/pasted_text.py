"""Pasted text: whether it is one, its lines, and what a person is told of them.

A terminal that does not mark a paste sends it as key presses in one piece. But a slow line sends
what was typed meanwhile in one piece as well. So such a piece is a `Burst`, and the field with the
focus judges whether it was pasted or typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual import events

_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_ENTER_WITHIN = re.compile(r"[^\r\n][\r\n]+[^\r\n]")
_NEVER_TYPED = 40
"""Characters with an Enter among them. Nobody types so many before the screen shows the first."""


class Burst(events.Event):
    """Key presses that arrived in one piece, typed or pasted."""

    def __init__(self, keys: Sequence[events.Key]) -> None:
        super().__init__()
        self.keys = keys
        self.text = text_of(keys)


def text_of(keys: Sequence[events.Key]) -> str:
    """The characters of some key presses."""
    return "".join(key.character or "" for key in keys)


def looks_pasted(text: str, typed_enters: float = 0) -> bool:
    """Whether text that arrived as key presses was pasted: an Enter with text around it says so.

    In a form, Enter goes on to the next field. There a short text with up to `typed_enters` of them
    may have been typed ahead on a slow line.
    """
    if not _ENTER_WITHIN.search(text):
        return False
    return len(text) >= _NEVER_TYPED or len(lines_of(text)) > typed_enters + 1


def with_newlines(text: str) -> str:
    """The text with the line ends of a file: terminals send a carriage return."""
    return _LINE_ENDS.sub("\n", text)


def lines_of(text: str) -> list[str]:
    """The lines of a text that are not blank."""
    return [line for line in _LINE_ENDS.split(text) if line.strip()]


def only_the_first(lines: list[str]) -> str:
    """What a person is told where all lines but the first were left out."""
    return f"{len(lines)} lines were pasted: only the first was taken."


def all_taken(lines: list[str]) -> str:
    """What a person is told where every line was taken by itself."""
    return f"{len(lines)} lines were pasted: all of them were taken."


def taken_as_one(lines: list[str]) -> str:
    """What a person is told where the lines were joined."""
    return f"{len(lines)} lines were pasted: they were taken as one."
