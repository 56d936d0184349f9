"""The literal parts found in a pattern's text, held against its parse tree."""

from __future__ import annotations

import pytest
from hypothesis import given

from st_tui.core.patterns import (
    FOLDER_CHARS,
    compile_pattern,
    folder_prefix,
    is_plain,
    literal_folder,
    literal_prefix,
    literal_runs,
)
from tests.core.patterns.test_pattern import patterns


@pytest.mark.parametrize(
    ("text", "literal", "folder", "runs"),
    [
        ("/", "/", "", []),
        ("/a/b", "/a/b", "/a/b", ["a/b"]),
        ("/a/", "/a/", "/a", ["a"]),
        ("/a/db*", "/a/db", "/a/db", ["a/db"]),
        ("/*-7/db/**", "/", "", ["-7/db"]),
        ("/v1.2/x", "/v1.2/x", "/v1", ["v1", "2/x"]),
        ("/a?b/[c]d/{e,f}g", "/a", "/a", ["a", "b", "d", "g"]),
        ("/a@(b", "/a@(b", "/a", ["a", "b"]),
        ("", "", "", []),
    ],
)
def test_the_literal_parts(text: str, literal: str, folder: str, runs: list[str]) -> None:
    assert literal_prefix(text) == literal
    assert folder_prefix(text) == folder
    assert [text[start:end] for start, end in literal_runs(text)] == runs


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [("/a/b/**", "/a/b"), ("/a/*", "/a"), ("/**", "/"), ("/a{b,c}/d", "/"), ("/a/b", "/a/b")],
)
def test_the_folder_that_a_pattern_is_about(pattern: str, folder: str) -> None:
    assert literal_folder(pattern) == folder


@given(patterns)
def test_they_are_those_of_the_pattern(text: str) -> None:
    assert is_plain(text) == compile_pattern(text).is_plain == (literal_prefix(text) == text)
    assert text.startswith(folder_prefix(text))
    for start, end in literal_runs(text):
        # A slash may stand in a run's place, so no run lies in a class or a choice.
        assert set(text[start:end]) <= {*FOLDER_CHARS, "/"}
        assert compile_pattern(f"{text[:start]}Z/Z{text[end:]}")
