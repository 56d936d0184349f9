"""Traps: where picomatch's rules let in less or more than a pattern looks as if it did.

Each function looks for one trap in a pattern's segments, in which no `**` follows another (see
`tree.without_repetition`). Most of them return the text of another pattern: contrary to the look,
what that one matches is left out, or let in. They return None if there is no such trap.
"""

from __future__ import annotations

from collections.abc import Sequence

from st_tui.core.patterns.tree import text_of
from st_tui.core.patterns.units import GLOBSTAR, STAR, Segment


def above_star(segments: Sequence[Segment]) -> str | None:
    """`/a` for `/a/*`, which leaves it out.

    The pattern leaves out `/a/x/y` as well, unless it has a `**`.
    """
    return text_of(segments[:-1]) if segments[-1] == (STAR,) else None


def above_globstar(segments: Sequence[Segment]) -> str | None:
    """`/a*` for `/a*/**`, which leaves it out, although `/a/**` lets in `/a`."""
    above = segments[:-1]
    after_star = above and segments[-1] == (GLOBSTAR,) and above[-1][-1:] == (STAR,)
    return text_of(above) if after_star else None


def in_root(segments: Sequence[Segment]) -> str | None:
    """`/a` for `/**/a`, which leaves it out: right after the root, `**` needs a folder."""
    return text_of(segments[1:]) if segments[0] == (GLOBSTAR,) and segments[1:] else None


def without_inner_globstars(segments: Sequence[Segment]) -> str | None:
    """`/a/b` for `/a/**/b`, which may let it in: such a `**` may stand for no folder."""
    inner = [segment for segment in segments[1:-1] if segment != (GLOBSTAR,)]
    if len(inner) == len(segments[1:-1]):
        return None
    return text_of([segments[0], *inner, segments[-1]])


def lets_dot_names_in(segments: Sequence[Segment]) -> bool:
    """Whether a segment starts with a class or choice that matches a dot: `*` and `?` do not."""
    return any(segment and segment[0].dot_example() is not None for segment in segments)


def dot_path(segments: Sequence[Segment]) -> str:
    """A path with a dot name wherever a class or choice lets one in, put together unit by unit.

    A rule for neighbours may be in the way: then the pattern does not match the path.
    """
    return "/" + "/".join(map(_with_dot, segments))


def _with_dot(segment: Segment) -> str:
    texts = [unit.example() for unit in segment]
    if segment:
        texts[0] = segment[0].dot_example() or texts[0]
    return "".join(texts)
