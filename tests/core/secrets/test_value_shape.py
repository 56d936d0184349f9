"""What is said of a value that cannot be seen in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.secrets.value_shape import shape_of


@pytest.mark.parametrize(
    ("value", "said", "short"),
    [
        ("", "", ""),
        ("hunter2", "", ""),
        ("two words", "", ""),
        ("hunter2\n", "ends in a newline", "↵"),
        ("\n", "ends in a newline", "↵"),
        ("hunter2\n\n", "ends in 2 newlines", "↵"),
        ("a\nb", "2 lines", "2 lines"),
        ("a\n\nb", "3 lines", "3 lines"),
        ("a\nb\nc\n", "3 lines, ends in a newline", "3 lines↵"),
        ("\na", "2 lines", "2 lines"),
        ("a\r\nb\r\n", "2 lines, ends in a newline, has carriage returns", "2 lines↵"),
        ("a\rb", "2 lines, has carriage returns", "2 lines"),
        (" a", "begins with a blank", ""),
        ("a ", "ends in a blank", ""),
        ("a \n", "ends in a blank and a newline", "↵"),
        ("a\tb", "has tabs", ""),
        ("hunter2\u00a0", "ends in a blank", ""),
        ("\u3000a", "begins with a blank", ""),
        ("hun\u200bter2", "has invisible characters", ""),
        ("\ufeffhunter2\n", "ends in a newline, has invisible characters", "↵"),
        ("\ta\n b\t\n\n", "2 lines, begins with a blank, ends in a blank and 2 newlines, has tabs",
         "2 lines↵"),
    ],
)  # fmt: skip
def test_what_is_not_seen_is_said(value: str, said: str, short: str) -> None:
    assert str(shape_of(value)) == said
    assert shape_of(value).short == short
    own = ("begins with a blank", "has tabs", "has carriage returns", "has invisible characters")
    of_lines = said.replace("a blank and ", "").replace("ends in a blank", "").split(", ")
    assert shape_of(value).of_lines == ", ".join(part for part in of_lines if part not in own)


@given(st.lists(st.text(st.characters(exclude_characters="\r\n")), min_size=1))
def test_lines_are_counted_as_an_editor_counts_them(lines: list[str]) -> None:
    shape = shape_of("\n".join([*lines, "x"]))
    assert (shape.lines, shape.newlines_at_end) == (len(lines) + 1, 0)
