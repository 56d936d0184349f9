"""Generated values: as long as asked for, of the alphabet, and no character more likely."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from st_tui.core.secrets.generated import ALPHABETS, bits, generate
from st_tui.core.secrets.value_shape import shape_of


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=list(ALPHABETS))
@pytest.mark.parametrize("length", [1, 16, 32, 128])
def test_it_is_as_asked_for(alphabet: str, length: int) -> None:
    made = generate(length, alphabet, random.Random(1).randbytes)
    assert len(made) == length
    assert set(made) <= set(alphabet)
    assert len(set(alphabet)) == len(alphabet)
    assert str(shape_of(made)) == ""


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=list(ALPHABETS))
def test_every_character_comes_of_equally_many_bytes(alphabet: str) -> None:
    """Every byte once: without throwing some away, the first characters would come more often."""
    every = iter(range(256))

    def one_after_the_other(count: int) -> bytes:
        return bytes(next(every, 0) for _ in range(count))

    whole = 256 // len(alphabet) * len(alphabet)
    made = generate(whole, alphabet, one_after_the_other)
    assert set(Counter(made).values()) == {whole // len(alphabet)}
    assert len(Counter(made)) == len(alphabet)


def test_bytes_of_the_incomplete_round_are_drawn_anew() -> None:
    drawn: Iterator[bytes] = iter([b"\xff\xfe\x00", b"\xfc\x01", b"\x02"])
    assert generate(3, "abcdefghijklmnopqrstu", lambda _: next(drawn)) == "abc"


@pytest.mark.parametrize(
    ("name", "length", "known"), [("hex", 32, 128), ("letters, digits", 32, 190), ("hex", 1, 4)]
)
def test_bits(name: str, length: int, known: int) -> None:
    assert bits(length, ALPHABETS[name]) == known


def test_no_file_or_shell_reads_its_characters_as_its_own() -> None:
    for alphabet in ALPHABETS.values():
        assert not set(alphabet) & set("\"'`$\\ ")
