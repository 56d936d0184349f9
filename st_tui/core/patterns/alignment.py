"""A path beside a pattern: which segments of the one stand against which of the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from st_tui.core.patterns.pattern import Pattern, pattern_or_none


class Stretch(NamedTuple):
    """Some segments of a path, the part of a pattern that they met, and whether they fitted it."""

    path: str
    pattern: str
    matched: bool


def align(pattern: Pattern, path: str) -> tuple[Stretch, ...]:
    """The path and the pattern, both whole, in stretches that stand against each other.

    Where the path matches, there is a stretch for each segment of the pattern: `/common` meets
    `/common`, then `/db/primary` meets `/**`. Where it stops, one last stretch did not fit: the
    rest of both. Where the segments tell nothing, as for the root, there is one stretch.
    """
    stop = pattern.stopped_at(path)
    parts, names = _segments(pattern.text), _segments(path)
    taken = len(names) if stop is None else stop
    came = _ways(parts, names)
    counts = [count for count, ends in enumerate(came) if taken in ends]
    if stop is None:
        counts = [count for count in counts if count == len(parts)]
    if not names or not counts or pattern.text.endswith("/"):
        return (Stretch(path, pattern.text, stop is None),)
    count = counts[0]
    rest = Stretch(_joined(names[taken:]), _joined(parts[count:]), matched=False)
    stretches = [rest] if stop is not None else []
    end = taken
    for used in range(count, 0, -1):
        begin = came[used][end]
        stretches.insert(0, Stretch(_joined(names[begin:end]), f"/{parts[used - 1]}", True))
        end = begin
    return tuple(stretches)


def _ways(parts: Sequence[str], names: Sequence[str]) -> list[dict[int, int]]:
    """For each number of first parts: where in the path they may end, and where the last began."""
    came = [{0: 0}]
    for part in parts:
        ends: dict[int, int] = {}
        for begin in came[-1]:
            if part == "**":
                end = begin
                ends.setdefault(end, begin)
                while end < len(names) and not names[end].startswith(".") and end + 1 not in ends:
                    end += 1
                    ends[end] = begin
            elif begin < len(names) and _fits(part, names[begin]):
                ends.setdefault(begin + 1, begin)
        came.append(ends)
    return came


def _fits(part: str, name: str) -> bool:
    pattern = pattern_or_none(f"/{part}")
    return pattern is not None and pattern.matches(f"/{name}")


def _segments(text: str) -> list[str]:
    """The segments of a path or pattern; `/` has none."""
    return text.strip("/").split("/") if text.strip("/") else []


def _joined(segments: Sequence[str]) -> str:
    return "".join(f"/{segment}" for segment in segments)
