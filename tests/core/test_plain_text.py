"""Control characters are refused where text comes in, and shown harmlessly where it is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.strip import Strip

from st_tui.core.plain_text import TextError, check_text, refuse_controls, shown

HARMFUL = ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\n", "\r", "\t", "\u2028", "\u202e", "\u2066",
           "\u200f", "\ud800"]  # fmt: skip


@pytest.mark.parametrize("character", HARMFUL, ids=ascii)
def test_what_a_terminal_acts_on_is_refused_and_named_harmlessly(character: str) -> None:
    with pytest.raises(TextError) as refused:
        check_text(f"a{character}b", "name", 10)
    assert character not in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("text", ["[bold]x[/]", "Ünïcode 名前 🙂", "e\u0301", "a b", "\\x1b"])
def test_ordinary_text_passes_unchanged(text: str) -> None:
    assert check_text(text, "name", 100) is text
    assert shown(text) == text


@pytest.mark.parametrize("text", ["\u200d⚡", "a\u200d\u200db", "\u200d\u200d⚡aaa"], ids=ascii)
def test_a_joiner_that_joins_nothing_is_refused_and_written_out(text: str) -> None:
    with pytest.raises(TextError, match="joins nothing"):
        refuse_controls(text, "name")
    assert "\\u200d" in shown(text)


def test_a_joiner_inside_an_emoji_is_left_alone() -> None:
    refuse_controls("👩\u200d💻", "name")
    assert shown("👩\u200d💻") == "👩\u200d💻"


@given(st.text("a\u200d⚡é", max_size=8), st.integers(0, 12))
def test_shown_text_can_be_cut_anywhere(text: str, width: int) -> None:
    assert Strip([Segment(shown(text))]).adjust_cell_length(width).cell_length == width


@given(st.text())
def test_shown_text_is_never_acted_on(text: str) -> None:
    refuse_controls(shown(text), "text")
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown(text))


@pytest.mark.parametrize("text", ["", " ", "\u3000"])
def test_an_empty_name_is_refused(text: str) -> None:
    with pytest.raises(TextError, match="is empty"):
        check_text(text, "name", 10)


def test_the_longest_name_is_counted_in_characters() -> None:
    assert check_text("ü" * 10, "name", 10)
    with pytest.raises(TextError, match="has 11 characters: write 10 at most"):
        check_text("ü" * 11, "name", 10)
