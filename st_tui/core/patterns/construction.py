"""From a pattern's segments to its automaton: the rules of picomatch that go by neighbours.

What a single unit lets in stands with the unit (see `units`).
"""

from __future__ import annotations

from collections.abc import Sequence

from st_tui.core.patterns.automaton import Automaton, Layout
from st_tui.core.patterns.tree import without_repetition
from st_tui.core.patterns.units import GLOBSTAR, STAR, Segment


def construct(text: str, segments: Sequence[Segment]) -> Automaton:
    """The Glushkov automaton of a pattern: of its text, and of the segments it was parsed into."""
    layout = Layout()
    _pattern(layout, without_repetition(segments))
    # picomatch: a path equal to the pattern's text matches.
    if not all(unit.matches_itself for segment in segments for unit in segment):
        _own_text(layout, text)
    return layout.finish()


def _pattern(layout: Layout, segments: Sequence[Segment]) -> None:
    made = layout.made
    layout.begin()
    layout.close()  # nothing stands before the leading slash
    for index, segment in enumerate(segments):
        if segment == (GLOBSTAR,):
            _globstar(layout, segments, index)
        else:
            _segment(layout, segment)
    last = segments[-1]
    made.accepting |= layout.end
    # picomatch: a `*` of its own wants a character ahead and takes a slash for one. So an
    # empty name passes it, unless the path ends there.
    if last != (STAR,):
        made.accepting_slash |= layout.end
    # picomatch: a pattern that ends in `*` or a class takes one more slash.
    if last and last[-1].takes_a_slash:
        layout.close()
        made.accepting_slash |= layout.end


def _segment(layout: Layout, segment: Segment) -> None:
    if segment[:1] == (STAR,):
        layout.made.wild_starts |= layout.here
    elif segment[1:2] == (STAR,) and segment[0].text == ".":
        layout.made.dot_star_starts |= layout.here
    first = True
    for unit in segment:
        unit.lay_out(layout, first=first)
        first = False
    layout.close()


def _globstar(layout: Layout, segments: Sequence[Segment], index: int) -> None:
    """`**` stays at one position, at which it may read segment after segment."""
    made = layout.made
    made.globstars |= layout.here
    made.wild_starts |= layout.here
    GLOBSTAR.lay_out(layout, first=True)
    is_last = index == len(segments) - 1
    # picomatch: right after the root, and at the end of a pattern after a segment that ends
    # in `*`, `**` must read at least one segment (`/**/db` does not grant /db).
    if index and not (is_last and segments[index - 1][-1] == STAR):
        made.skippable |= layout.here
        if is_last:
            made.accepting |= layout.end
    layout.close()


def _own_text(layout: Layout, text: str) -> None:
    """One more branch, for the path that equals the pattern's text."""
    layout.begin()
    for name in text.split("/"):
        layout.literals(name)
        layout.close()
    layout.made.accepting |= layout.end
    layout.made.accepting_slash |= layout.end
