"""A pattern's parse tree: its segments, and what is asked of all of them together."""

from __future__ import annotations

from collections.abc import Sequence

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

    `/a/[bc]/d/**/e` has ("a", None, "d").
    """
    names: list[str | None] = []
    for segment in segments:
        match segment:
            case (unit,) if unit.is_literal:  # a run of literals is one unit
                names.append(unit.text)
            case (unit,) if unit is GLOBSTAR:
                break
            case ():
                names.append("")
            case _:
                names.append(None)
    return tuple(names)


def shortest_length(segments: Sequence[Segment]) -> int:
    """How many characters a path of a folder has at least, if the pattern matches it.

    It is a bound, not always reached: each path of `/**/a` has a folder above the `a`.
    """
    length = len(segments)  # the slashes
    for segment in segments:
        for unit in segment:
            length += unit.shortest()
    return length


def _written(segment: Segment) -> str:
    return "".join(unit.text for unit in segment)
