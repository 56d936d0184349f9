"""The parse tree, held against the text it was parsed from and the paths that it matches."""

from __future__ import annotations

import pytest
from hypothesis import given

from st_tui.core.patterns import FOLDER_CHARS, compile_pattern
from st_tui.core.patterns.tree import folder_names, min_length, text_of, without_repetition
from tests.core.patterns.test_pattern import patterns, questions


@given(patterns)
def test_a_tree_is_written_as_it_was_read(text: str) -> None:
    segments = compile_pattern(text).segments
    assert text_of(segments) == text
    assert "/**/**" not in text_of(without_repetition(segments))


@pytest.mark.parametrize(
    ("text", "names", "shortest"),
    [
        ("/", ("",), 1),
        ("/a/b", ("a", "b"), 4),
        ("/a/", ("a", ""), 3),
        ("/a/[bc]/d/**/e", ("a", None, "d"), 8),
        ("/**", (), 0),
        ("/*/db?", (None, None), 5),
        ("/{abc,d}x", (None,), 3),
    ],
)
def test_what_a_tree_tells(text: str, names: tuple[str | None, ...], shortest: int) -> None:
    segments = compile_pattern(text).segments
    assert folder_names(segments) == names
    assert min_length(segments) == shortest


@given(questions())
def test_no_path_of_a_pattern_is_shorter_or_has_another_name(question: tuple[str, str]) -> None:
    text, path = question
    pattern = compile_pattern(text)
    if path != text and set(path) <= {*FOLDER_CHARS, "/"} and pattern.matches(path):
        assert len(path) >= min_length(pattern.segments)
        for name, own in zip(path[1:].split("/"), folder_names(pattern.segments), strict=False):
            assert own in (None, name)


@pytest.mark.parametrize(
    ("text", "misfits"),
    [
        ("/a.b", [("", ".")]),
        ("/a", [None]),
        ("/[^A-Za-z0-9_-]", [("a class that leaves out all of them", "")]),
        ("/[^a][b]", [None, None]),
        ("/{.a,é}", [("a choice of words with ", ".")]),
        ("/{.a,b}*?", [None, None, None]),
    ],
)
def test_what_stands_for_no_name_of_a_folder(
    text: str, misfits: list[tuple[str, str] | None]
) -> None:
    [segment] = compile_pattern(text).segments
    assert [unit.misfit(frozenset(FOLDER_CHARS)) for unit in segment] == misfits
