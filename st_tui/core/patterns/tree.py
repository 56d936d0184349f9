"""A pattern's parse tree: its segments, and what is asked of all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from st_tui.core.patterns.units import GLOBSTAR, Segment


def written(segments: Sequence[Segment]) -> str:
    """The pattern of these segments as text; of none it is `/`."""
    return "/" + "/".join(map(_written, segments))


def without_repetition(segments: Sequence[Segment]) -> list[Segment]:
    """The same pattern with one `**` where several stand in a row: `/**/**` is `/**`."""
    return [
        segment
        for index, segment in enumerate(segments)
        if not (index and segment == segments[index - 1] == (GLOBSTAR,))
    ]


def folder_names(segments: Sequence[Segment]) -> tuple[str | None, ...]:
    """The names of the folders from the root down to the first `**`; None: any of many names.

    /a/[bc]/d/**/e    ("a", None, "d")
    """
    before = takewhile((GLOBSTAR,).__ne__, segments)
    return tuple(_written(one) if all(u.is_literal for u in one) else None for one in before)


def shortest_length(segments: Sequence[Segment]) -> int:
    """How many characters a path has at least that a folder of this pattern can have.

    It is a bound: of `/**/a` each path is longer.
    """
    return sum(
        1 + sum(unit.shortest() for unit in segment)
        for segment in segments
        if segment != (GLOBSTAR,)
    )


def _written(segment: Segment) -> str:
    return "".join(unit.text for unit in segment)
