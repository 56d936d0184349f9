"""What of a value cannot be seen when it is looked at: its lines, and what stands at its ends."""

from __future__ import annotations

from typing import NamedTuple

from st_tui.core.wording import counted

_BLANKS = (" ", "\t")


class Shape(NamedTuple):
    """How many lines a value has, how many newlines end it, and what is at its ends."""

    lines: int
    newlines_at_end: int
    begins_with_blank: bool
    ends_in_blank: bool
    has_tabs: bool
    has_carriage_returns: bool

    def __str__(self) -> str:
        """What there is to say, as in `3 lines, ends in a newline`; empty for a plain line."""
        parts = []
        if self.lines > 1:
            parts.append(counted(self.lines, "line"))
        if self.begins_with_blank:
            parts.append("begins with a blank")
        ends = ["a blank"] if self.ends_in_blank else []
        if self.newlines_at_end:
            several = f"{self.newlines_at_end} newlines"
            ends.append("a newline" if self.newlines_at_end == 1 else several)
        if ends:
            parts.append(f"ends in {' and '.join(ends)}")
        if self.has_tabs:
            parts.append("has tabs")
        if self.has_carriage_returns:
            parts.append("has carriage returns")
        return ", ".join(parts)

    @property
    def short(self) -> str:
        """The same of its lines and newlines, where there is little room: `3 lines↵`."""
        lines = counted(self.lines, "line") if self.lines > 1 else ""
        return f"{lines}↵" if self.newlines_at_end else lines


def shape_of(value: str) -> Shape:
    """The shape of a value. A newline at the end begins no line of its own."""
    body = value.rstrip("\r\n")
    return Shape(
        lines=_line_ends(body) + 1,
        newlines_at_end=_line_ends(value[len(body) :]),
        begins_with_blank=body.startswith(_BLANKS),
        ends_in_blank=body.endswith(_BLANKS),
        has_tabs="\t" in value,
        has_carriage_returns="\r" in value,
    )


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")
