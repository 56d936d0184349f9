"""Builds a pattern's automaton from its segments, by picomatch's rules.

Here are the rules that depend on a unit's neighbours. What a unit by itself matches stands with its
kind (see `units`).
"""

from __future__ import annotations

from collections.abc import Sequence

from st_tui.core.patterns.automaton import Automaton, Layout
from st_tui.core.patterns.tree import without_repetition
from st_tui.core.patterns.units import GLOBSTAR, STAR, Segment


def construct(text: str, segments: Sequence[Segment]) -> Automaton:
    """The Glushkov automaton of a pattern; `segments` is what its text was parsed into."""
    layout = Layout()
    _pattern(layout, without_repetition(segments))
    # picomatch: a path equal to the pattern's text matches.
    if not all(unit.matches_itself for segment in segments for unit in segment):
        _own_text(layout, text)
    return layout.finish()


def _pattern(layout: Layout, segments: Sequence[Segment]) -> None:
    automaton = layout.automaton
    layout.begin()
    layout.close()  # the segment before the leading slash is empty
    for index, segment in enumerate(segments):
        if segment == (GLOBSTAR,):
            _globstar(layout, segments, index)
        else:
            _segment(layout, segment)
    last = segments[-1]
    automaton.accepting |= layout.end
    # picomatch: a segment that is just `*` looks ahead for one character, and takes a slash for
    # one. So it lets in an empty name, unless the path ends there.
    if last != (STAR,):
        automaton.accepting_slash |= layout.end
    # picomatch: a pattern that ends in `*` or a class takes one more slash.
    if last and last[-1].takes_a_slash:
        layout.close()
        automaton.accepting_slash |= layout.end


def _segment(layout: Layout, segment: Segment) -> None:
    if segment[:1] == (STAR,):
        layout.automaton.wild_starts |= layout.here
    elif segment[1:2] == (STAR,) and segment[0].text == ".":
        layout.automaton.dot_star_starts |= layout.here
    first = True
    for unit in segment:
        unit.lay_out(layout, first=first)
        first = False
    layout.close()


def _globstar(layout: Layout, segments: Sequence[Segment], index: int) -> None:
    """`**` stays at one position, at which it may read segment after segment."""
    automaton = layout.automaton
    automaton.globstars |= layout.here
    automaton.wild_starts |= layout.here
    GLOBSTAR.lay_out(layout, first=True)
    is_last = index == len(segments) - 1
    # picomatch: right after the root, and at the end of a pattern after a segment that ends
    # in `*`, `**` must read at least one segment (`/**/db` does not grant /db).
    if index and not (is_last and segments[index - 1][-1] == STAR):
        automaton.skippable |= layout.here
        if is_last:
            automaton.accepting |= layout.end
    layout.close()


def _own_text(layout: Layout, text: str) -> None:
    """One more branch, for the path that equals the pattern's text."""
    layout.begin()
    for name in text.split("/"):
        layout.literals(name)
        layout.close()
    layout.automaton.accepting |= layout.end
    layout.automaton.accepting_slash |= layout.end
