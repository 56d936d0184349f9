"""What a secret's name, value and sealed parts may be."""

from __future__ import annotations

import secrets
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.crypto import seal, unseal
from st_tui.core.errors import Refusal
from st_tui.core.model import Sealed
from st_tui.core.plain_text import TextError
from st_tui.core.secrets.model import (
    LARGEST_VALUE,
    LONGEST_NAME,
    Place,
    SealedSecret,
    Secret,
    SecretError,
    check_name,
    check_sealed,
    check_value,
)

KEY = "00112233445566778899aabbccddeeff"


@pytest.mark.parametrize(
    "name", ["A", "DB_URL", "db.url", "with space", "ключ", "a#b?c%d", "...", "n" * LONGEST_NAME]
)
def test_a_name_is_kept_as_it_is_written(name: str) -> None:
    assert check_name(name) == name


def test_a_name_is_trimmed_as_javascript_trims() -> None:
    assert check_name("\ufeff \tDB_URL\u00a0\n") == "DB_URL"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "empty"),
        (" \t", "empty"),
        ("a:b", "colon or a slash"),
        ("a/b", "colon or a slash"),
        ("/", "colon or a slash"),
        (".", "no client could ask"),
        ("..", "no client could ask"),
        (" .. ", "no client could ask"),
        ("raw", "cannot be named raw"),
        ("n" * (LONGEST_NAME + 1), "256 at most"),
        ("a\x00b", "control character"),
        ("a\x1b[2Jb", "control character"),
        ("\x1cA", "control character"),
        ("a\u202eb", "control character"),
        ("a\ud800b", "control character"),
    ],
)
def test_a_name_that_no_secret_may_have_is_refused(name: str, told: str) -> None:
    with pytest.raises((SecretError, TextError), match=told):
        check_name(name)


@pytest.mark.parametrize("value", ["", "x", "line\nline\r\n\tend", "\x1b[31mred", "ключ 🔑", " x "])
def test_a_value_is_any_text(value: str) -> None:
    assert check_value(value) == value


def test_a_value_is_measured_in_bytes() -> None:
    assert check_value("x" * LARGEST_VALUE)
    assert check_value("ü" * (LARGEST_VALUE // 2))
    for value in ("x" * (LARGEST_VALUE + 1), "ü" * (LARGEST_VALUE // 2) + "x"):
        with pytest.raises(SecretError, match=rf"comment is over {LARGEST_VALUE} bytes"):
            check_value(value, "comment")


@pytest.mark.parametrize(
    ("value", "told"), [("a\0b", "a NUL character"), ("a\ud800b", "a broken character")]
)
def test_a_value_that_is_no_text_is_refused(value: str, told: str) -> None:
    with pytest.raises(SecretError, match=told):
        check_value(value)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.sampled_from([12, 16]))
def test_what_a_client_sealed_is_taken_as_it_is(value: str, iv_bytes: int) -> None:
    """The clients write an IV of 16 bytes and read one of 12 too. Empty values exist."""
    sealed = seal(value, KEY, lambda _: secrets.token_bytes(iv_bytes))
    assert check_sealed(sealed, "value") == sealed
    assert unseal(sealed, KEY) == value


def b64(count: int) -> str:
    return b64encode(bytes(count)).decode()


GOOD = Sealed(b64(5), b64(16), b64(16))


@pytest.mark.parametrize(
    "sealed",
    [
        GOOD._replace(iv=b64(0)),
        GOOD._replace(iv=b64(11)),
        GOOD._replace(iv=b64(17)),
        GOOD._replace(tag=b64(0)),
        GOOD._replace(tag=b64(12)),
        GOOD._replace(tag=b64(17)),
        GOOD._replace(ciphertext=b64(5).rstrip("=")),
        GOOD._replace(ciphertext=b64(3) + "\n"),
        GOOD._replace(ciphertext="not base64!"),
        GOOD._replace(ciphertext="ä"),
        GOOD._replace(ciphertext="-_-_"),
        GOOD._replace(ciphertext="AA==AA=="),
        GOOD._replace(ciphertext=b64(LARGEST_VALUE + 1)),
    ],
    ids=lambda sealed: str(sealed)[:40],
)
def test_what_no_client_could_open_is_refused(sealed: Sealed) -> None:
    assert check_sealed(GOOD, "value") == GOOD
    with pytest.raises(SecretError, match="secret's value") as refused:
        check_sealed(sealed, "value")
    assert isinstance(refused.value, Refusal)
    assert sealed.iv not in str(refused.value) or not sealed.iv


def test_nothing_of_an_opened_secret_shows() -> None:
    """Exceptions and crash reports print what they hold."""
    sealed = SealedSecret("id", "p", Place("dev", "/"), b"h", 1, GOOD, GOOD, GOOD, 0, 0)
    shown = repr(Secret(sealed, "THE_NAME", "the value", "the comment"))
    assert not any(text in shown for text in ("NAME", "value", "comment", "AAAA"))
