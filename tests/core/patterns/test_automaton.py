"""The automaton: its states, and how many there are of them."""

from __future__ import annotations

import pytest

from st_tui.core.patterns import compile_pattern
from tests.core.patterns.test_pattern import HOSTILE, LINE_ENDS


def test_a_state_is_a_position_in_the_pattern() -> None:
    automaton = compile_pattern("/ab*").automaton
    active = automaton.enter_root()
    assert active == 1 << 3, "before the a"
    active = automaton.advance(active, "a")
    assert active == 1 << 4, "before the b"
    assert automaton.advance(active, "x") == 0
    active = automaton.advance(active, "b")
    assert active == 1 << 5, "at the star"
    assert automaton.advance(active, "x") == active
    assert active & automaton.ends & automaton.accepting


@pytest.mark.parametrize("pattern", HOSTILE, ids=lambda text: text[:12])
def test_an_automaton_is_not_much_larger_than_its_text(pattern: str) -> None:
    automaton = compile_pattern(pattern).automaton
    assert automaton.ends.bit_length() <= 3 * len(pattern)
    assert len(automaton.steps) <= len(pattern) + 75 + len(LINE_ENDS)
