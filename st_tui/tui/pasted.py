"""What was pasted, as lines: a field of one line has room for one of them."""

from __future__ import annotations

import re

_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def lines_of(text: str) -> list[str]:
    """The lines of a text that are not blank. Terminals send a line's end as a carriage return."""
    return [line for line in _LINE_ENDS.split(text) if line.strip()]


def only_the_first(lines: list[str]) -> str:
    """What a person is told where the lines after the first were left out."""
    return f"{len(lines)} lines were pasted: only the first was taken."


def all_taken(lines: list[str]) -> str:
    """What a person is told where every line has its place."""
    return f"{len(lines)} lines were pasted: all of them were taken."
