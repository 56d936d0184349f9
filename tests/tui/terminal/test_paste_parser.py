"""A paste never presses a key, however it arrives."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from st_tui.tui.terminal.paste_parser import PasteParser
from st_tui.tui.terminal.pasted_text import Burst

EVIL = "x\x1b[9dy\x1b[31mred\x1b\x1b]0;t\x07b\x9b2J"


def read(pieces: list[str]) -> list[events.Event]:
    parser = PasteParser()
    found = [event for piece in pieces for event in parser.feed(piece)]
    return [event for event in found if isinstance(event, events.Paste | events.Key)]


@given(st.lists(st.integers(1, 60), max_size=8))
def test_a_paste_is_text_in_whatever_pieces_it_comes(cuts: list[int]) -> None:
    stream = f"a\x1b[200~{EVIL}\x1b[201~b\x1b[200~more\x1b[201~c"
    places = sorted({0, *(cut for cut in cuts if cut < len(stream)), len(stream)})
    seen = read([stream[start:end] for start, end in pairwise(places)])
    assert [event.key for event in seen if isinstance(event, events.Key)] == ["a", "b", "c"]
    texts = [event.text for event in seen if isinstance(event, events.Paste)]
    assert texts == [EVIL.replace("\x1b", "").replace("\x9b", ""), "more"]


@pytest.mark.parametrize("key", ["\x1b[A", "\x1b", "d", "\x1bOP"])
def test_what_is_no_paste_is_left_alone(key: str) -> None:
    parser = PasteParser()
    assert parser._without_escapes(key) == key
    assert parser._without_escapes("\x1b[200~a\x1bb\x1b[201~" + key).endswith(key)


def keys_and_bursts(*pieces: str) -> list[str]:
    """What the parser gives for pieces read one after the other, a tick after each and one more.

    A burst is written as a text, a key as its name in brackets.
    """
    parser = PasteParser()
    found = [event for piece in pieces for event in (*parser.feed(piece), *parser.tick())]
    found += parser.tick()
    return [
        event.text if isinstance(event, Burst) else f"<{event.key}>"
        for event in found
        if isinstance(event, Burst | events.Key)
    ]


@pytest.mark.parametrize(
    ("pieces", "given"),
    [
        (["a"], ["<a>"]),
        (["\r"], ["<enter>"]),
        (["ab\r"], ["ab\r"]),
        (["A=1\rB=2\r"], ["A=1\rB=2\r"]),
        (["A=1\rB", "=2\r"], ["A=1\rB=2\r"]),
        (["A=1\rB=2", "\r"], ["A=1\rB=2\r"]),
        (["äö\n\t€"], ["äö\n\t€"]),
        (["ab\r\x1b[A"], ["<a>", "<b>", "<enter>", "<up>"]),
        (["a\rb", "\x1b[A", "c"], ["a\rb", "<up>", "<c>"]),
        (["\n"], ["<ctrl+j>"]),
        (["\x1b[106;5u"], ["<ctrl+j>"]),  # where a terminal knows the kitty protocol
        (["\x1b[13;2u"], ["<shift+enter>"]),
        (["ab\x7f"], ["<a>", "<b>", "<backspace>"]),
        (["\x1b[", "Axy"], ["<up>", "<x>", "<y>"]),
    ],
)
def test_text_in_one_piece_is_given_out_as_such(pieces: list[str], given: list[str]) -> None:
    assert keys_and_bursts(*pieces) == given


def test_text_of_several_lines_waits_for_the_rest_of_it() -> None:
    parser = PasteParser()
    assert [*parser.feed("a\rb"), *parser.tick()] == []
    assert [*parser.feed("c\r"), *parser.tick()] == []
    [burst] = parser.tick()
    assert isinstance(burst, Burst)
    assert burst.text == "a\rbc\r"
    assert [*parser.tick()] == []
