"""A set of patterns, held against its patterns one by one; what a set remembers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.patterns import Pattern, PatternSet, compile_pattern
from tests.core.patterns.test_pattern import counting, granted, near, noise, patterns, remembered


@given(st.lists(patterns, max_size=5), st.data())
def test_a_set_answers_with_its_first_match(texts: list[str], data: st.DataObject) -> None:
    compiled = [compile_pattern(text) for text in texts]
    every = PatternSet(compiled)
    source = noise if not texts else st.sampled_from(texts).flatmap(near) | noise
    for path in data.draw(st.lists(source, min_size=1, max_size=5)):
        matching = [n for n, text in enumerate(texts) if granted(text, path)]
        expected = matching[0] if matching else None
        assert every.first(path) == expected
        assert every.first(path) == expected, "and again, from memory"


def test_the_empty_set_matches_nothing() -> None:
    assert PatternSet([]).first("/") is None


def test_what_is_remembered_is_bounded() -> None:
    texts = ("/a/**", "/*/b", "/**/[0-5]*")
    compiled = [Pattern(text) for text in texts]
    every = PatternSet(compiled)
    paths = [f"/{'a' if n % 3 else n}/{n % 90}/{n % 100 * 'x'}/{n}" for n in range(1_000)]
    answers = []
    for path in paths:
        answers.append(every.first(path))
        count, longest = remembered(every)
        assert count <= 513
        assert longest <= 64
    assert answers == [PatternSet(compiled).first(path) for path in paths]
    assert set(answers) == {0, 2, None}


def test_of_a_thousand_patterns_nothing_is_read_twice() -> None:
    pairs = [counting(f"/team{number}/*") for number in range(1_000)]
    every = PatternSet([one for one, _ in pairs])
    for path in ("/team7/db", "/team8/db", "/team9"):
        every.first(path)
    read = sum(steps.looked_up for _, steps in pairs)
    assert every.first("/team7/db") == 7
    assert sum(steps.looked_up for _, steps in pairs) == read > 0
