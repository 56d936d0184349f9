"""A pattern's parse tree, which is a tuple of segments: what takes more than one unit to tell."""

from __future__ import annotations

from collections.abc import Sequence

from st_tui.core.patterns.units import GLOBSTAR, Segment


def text_of(segments: Sequence[Segment]) -> str:
    """The text of the pattern that has these segments; `/` if there are none."""
    return "/" + "/".join(map(_segment_text, segments))


def without_repetition(segments: Sequence[Segment]) -> list[Segment]:
    """The same pattern with one `**` where several stand in a row: `/**/**` is `/**`."""
    return [
        segment
        for index, segment in enumerate(segments)
        if not (index and segment == segments[index - 1] == (GLOBSTAR,))
    ]


def folder_names(segments: Sequence[Segment]) -> tuple[str | None, ...]:
    """The folder names that a pattern prescribes, from the root down to its first `**`.

    None stands for a segment that several names match: `/a/[bc]/d/**/e` has ("a", None, "d").
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


def min_length(segments: Sequence[Segment]) -> int:
    """A lower bound on the length of the folder paths that a pattern matches.

    The shortest of them may be longer: `/**/a` has the bound 2, but matches no path shorter than
    `/b/a`.
    """
    length = len(segments)  # the slashes
    for segment in segments:
        for unit in segment:
            length += unit.min_length()
    return length


def _segment_text(segment: Segment) -> str:
    return "".join(unit.text for unit in segment)
