"""Where a pattern lets in less or more than its look says, by picomatch's rules for neighbours.

Each function finds one such trap in a pattern's segments, in which no `**` follows another (see
`tree.without_repetition`). Most of them answer with the text of another pattern: what that one
matches is left out, or let in, against the look. None: there is no such trap.
"""

from __future__ import annotations

from collections.abc import Sequence

from st_tui.core.patterns.tree import written
from st_tui.core.patterns.units import GLOBSTAR, STAR, Segment


def above_star(segments: Sequence[Segment]) -> str | None:
    """`/a` of `/a/*`, which is left out.

    What is deeper than `/a/x` is left out as well, unless there is a `**` in the pattern.
    """
    return written(segments[:-1]) if segments[-1] == (STAR,) else None


def above_globstar(segments: Sequence[Segment]) -> str | None:
    """`/a*` of `/a*/**`, which is left out, although `/a/**` lets in `/a`."""
    above = segments[:-1]
    after_star = above and segments[-1] == (GLOBSTAR,) and above[-1][-1:] == (STAR,)
    return written(above) if after_star else None


def in_root(segments: Sequence[Segment]) -> str | None:
    """`/a` of `/**/a`, which is left out: right after the root, `**` needs at least one folder."""
    return written(segments[1:]) if segments[0] == (GLOBSTAR,) and segments[1:] else None


def without_inner_globstars(segments: Sequence[Segment]) -> str | None:
    """`/a/b` of `/a/**/b`, which may be let in: such a `**` may stand for no folder."""
    inner = [segment for segment in segments[1:-1] if segment != (GLOBSTAR,)]
    if len(inner) == len(segments[1:-1]):
        return None
    return written([segments[0], *inner, segments[-1]])


def lets_dot_names_in(segments: Sequence[Segment]) -> bool:
    """Whether a segment starts with a class or choice that stands for a dot: `*` and `?` do not."""
    return any(segment and segment[0].dot_example() is not None for segment in segments)


def dot_path(segments: Sequence[Segment]) -> str:
    """A path with a dot name wherever a class or choice lets one in, put together unit by unit.

    The pattern matches it, unless one of picomatch's rules for neighbours is in the way.
    """
    return "/" + "/".join(map(_with_dot, segments))


def _with_dot(segment: Segment) -> str:
    texts = [unit.example() for unit in segment]
    if segment:
        texts[0] = segment[0].dot_example() or texts[0]
    return "".join(texts)
