"""What a screen does not show of a value: line ends, blanks at its ends, invisible characters."""

from __future__ import annotations

from typing import NamedTuple

from st_tui.core.plain_text import unseen
from st_tui.core.wording import counted


class ValueShape(NamedTuple):
    """How many lines a value has, how many newlines end it, and what else is in it unseen."""

    lines: int
    newlines_at_end: int
    begins_with_blank: bool
    ends_in_blank: bool
    has_tabs: bool
    has_carriage_returns: bool
    has_unseen: bool

    def __str__(self) -> str:
        """The shape in words: `3 lines, ends in a newline`; empty for one plain line."""
        parts = [self._lines, "begins with a blank" if self.begins_with_blank else ""]
        ends = ["a blank"] if self.ends_in_blank else []
        ends += [self._newlines] if self._newlines else []
        parts.append(f"ends in {' and '.join(ends)}" if ends else "")
        parts.append("has tabs" if self.has_tabs else "")
        parts.append("has carriage returns" if self.has_carriage_returns else "")
        parts.append("has invisible characters" if self.has_unseen else "")
        return ", ".join(filter(None, parts))

    @property
    def of_lines(self) -> str:
        """Its lines and newlines alone in words."""
        ends = f"ends in {self._newlines}" if self._newlines else ""
        return ", ".join(filter(None, (self._lines, ends)))

    @property
    def short(self) -> str:
        """Its lines and newlines where there is little room: `3 lines↵`."""
        return f"{self._lines}↵" if self.newlines_at_end else self._lines

    @property
    def _lines(self) -> str:
        return counted(self.lines, "line") if self.lines > 1 else ""

    @property
    def _newlines(self) -> str:
        several = f"{self.newlines_at_end} newlines" if self.newlines_at_end else ""
        return "a newline" if self.newlines_at_end == 1 else several


def shape_of(value: str) -> ValueShape:
    """The shape of a value. A newline at the end is counted as such, not as one more line."""
    body = value.rstrip("\r\n")
    return ValueShape(
        lines=_line_ends(body) + 1,
        newlines_at_end=_line_ends(value[len(body) :]),
        begins_with_blank=_is_blank(body[:1]),
        ends_in_blank=_is_blank(body[-1:]),
        has_tabs="\t" in value,
        has_carriage_returns="\r" in value,
        has_unseen=bool(unseen(value)),
    )


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _is_blank(character: str) -> bool:
    return character.isspace() and character not in "\r\n"
