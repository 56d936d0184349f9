"""Control characters are refused where text comes in, and shown harmlessly where it is."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.strip import Strip

from st_tui.core.plain_text import (
    TextError,
    blank_end,
    check_new_name,
    check_text,
    refuse_controls,
    shown,
    unseen,
    without_unseen,
)

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


# Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, version 15.
IGNORABLE = """
00AD 034F 061C 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F FEFF FFA0
FFF0-FFF8 1BCA0-1BCA3 1D173-1D17A E0000-E0FFF
"""


def ignorable() -> list[str]:
    spans = [span.split("-") for span in IGNORABLE.split()]
    return [chr(n) for span in spans for n in range(int(span[0], 16), int(span[-1], 16) + 1)]


def test_every_character_that_unicode_says_to_ignore_is_refused_by_its_code_point() -> None:
    characters = ignorable()
    assert len(characters) == 4_174
    for character in characters:
        for text in (f"a{character}b", f"{character}a", f"a{character}"):
            with pytest.raises(TextError) as refused:
                check_new_name(text, "name", 10)
            assert f"invisible character U+{ord(character):04X}" in str(refused.value)
            assert str(refused.value).isprintable()
        assert without_unseen(f" a{character}b{character}") == "ab"


def test_nothing_that_is_seen_is_called_invisible() -> None:
    also = set("\u2800\ufff9\ufffa\ufffb")  # a blank of Braille, marks of annotations
    every = (chr(n) for n in range(sys.maxunicode + 1))
    assert {one for one in every if unseen(one)} == {*ignorable(), *also}


def test_blanks_are_refused_at_the_ends_only() -> None:
    blanks = [chr(n) for n in range(0x10000) if unicodedata.category(chr(n)) == "Zs"]
    assert len(blanks) == 17
    for blank in blanks:
        assert check_new_name(f"a{blank}b", "name", 10)
        for text in (f"{blank}a", f"a{blank}"):
            assert blank_end(text)
            with pytest.raises(TextError, match=rf"blank U\+{ord(blank):04X}"):
                check_new_name(text, "name", 10)


@pytest.mark.parametrize("text", ["", " ", "\u3000"])
def test_an_empty_name_is_refused(text: str) -> None:
    with pytest.raises(TextError, match="is empty"):
        check_text(text, "name", 10)


def test_the_longest_name_is_counted_in_characters() -> None:
    assert check_text("ü" * 10, "name", 10)
    with pytest.raises(TextError, match="has 11 characters: write 10 at most"):
        check_text("ü" * 11, "name", 10)
