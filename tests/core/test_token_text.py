"""Token texts: minted as the published clients want them, parsed back, refused without echo."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from st_tui.core.model import NewToken, Scope, ServiceToken, TokenText
from st_tui.core.token_text import TokenTextError, mint, parse
from tests.core.vaults import READ

CLIENT = re.compile(r"(st\.[a-f0-9-]+\.[a-f0-9]+)\.([a-f0-9]+)")
"""The pattern of the published Python client."""

hex32 = st.text("0123456789abcdef", min_size=32, max_size=32)
texts = st.builds(TokenText, st.sampled_from([2, 3]), st.uuids().map(str), hex32, hex32)


@given(texts)
def test_what_is_written_is_read_back(token: TokenText) -> None:
    assert parse(token.full) == token
    assert parse(f"  {token.full}\n") == token
    without_key = TokenText(token.version, token.id, token.secret, "")
    assert parse(token.access_token) == without_key
    assert without_key.full == token.access_token


@given(st.binary(min_size=48, max_size=48))
def test_the_python_client_takes_what_we_mint(random: bytes) -> None:
    stream = iter(random)
    token = mint(2, lambda count: bytes(next(stream) for _ in range(count)))
    found = CLIENT.fullmatch(token.full)
    assert found is not None
    assert found.groups() == (token.access_token, token.key)
    assert UUID(token.id).version == 4
    assert (len(token.secret), len(token.key)) == (32, 32)


def test_secret_and_key_are_drawn_apart() -> None:
    token = mint(3, secrets.token_bytes)
    assert token.full.startswith("stv3.")
    assert len({token.id.replace("-", ""), token.secret, token.key}) == 3


@given(texts, st.integers(0, 200), st.sampled_from("gG.-_ é\0\n\x1b"))
def test_one_wrong_character_is_refused_and_never_repeated(
    token: TokenText, at: int, wrong: str
) -> None:
    full = token.full
    at %= len(full)
    assume(full[at] != wrong)
    with pytest.raises(TokenTextError) as refused:
        parse(full[:at] + wrong + full[at + 1 :])
    for secret in (token.secret, token.key):
        assert secret[:8] not in str(refused.value)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(TokenTextError):
        assert parse(text).access_token in text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "begin with"),
        ("pat.x.y", "begin with"),
        ("st", "it has 1 part between dots"),
        ("st.x", "2 parts"),
        ("st.a.b.c.d", "5 parts"),
        ("st.123.abc.def", "not a UUID"),
        (f"ST.01234567-89AB-4DEF-8123-456789ABCDEF.{'A' * 32}", "upper-case"),
        (f"st.01234567-89AB-4def-8123-456789abcdef.{'a' * 32}", "upper-case"),
        (f"st.01234567-89ab-4def-8123-456789abcdef.{'a' * 31}", "32 hexadecimal"),
        (f"st.01234567-89ab-4def-8123-456789abcdef.{'a' * 32}.", "32 hexadecimal"),
        ("st." + "a" * 5000, "too long"),
    ],
)
def test_the_refusal_says_what_is_wrong(text: str, fault: str) -> None:
    with pytest.raises(TokenTextError, match=fault):
        parse(text)


def test_no_repr_shows_a_secret() -> None:
    text = mint(2, secrets.token_bytes)
    token = ServiceToken(text.id, "t", (Scope("dev", "/"),), READ)
    for shown in (repr(text), str(text), f"{text}", repr(NewToken(token, text)), repr([text])):
        assert text.secret not in shown
        assert text.key not in shown
