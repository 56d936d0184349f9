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
        assert parse(text).access_token in "".join(text.split())


DROPPED = (
    " ", "\n", "\r\n", "\t", "\f", "\v", "\x1c", "\x85", "\u00a0", "\u2003", "\u2028", "\u202f",
    "\u3000", "\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u2060", "\ufeff", "\U000e0020",
    " │\n│ ", "▌", "─",
)  # fmt: skip


@given(
    texts,
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(DROPPED)), max_size=30),
)
def test_white_space_is_dropped_wherever_it_stands(
    token: TokenText, with_key: bool, put_in: list[tuple[int, str]]
) -> None:
    text = token.full if with_key else token.access_token
    expected = parse(text)
    for at, blank in put_in:
        at %= len(text) + 1
        text = text[:at] + blank + text[at:]
    assert parse(text) == expected


@given(texts)
def test_a_token_is_taken_as_it_is_shown(token: TokenText) -> None:
    alone = f"{token.access_token}\n.{token.key}"
    wide = f"│ {token.access_token}{' ' * 30}│\n│ .{token.key}{' ' * 60}│\n"
    for text in (alone, alone.replace("\n", "\r\n"), wide):
        assert parse(text) == token
    for columns in range(1, 81):
        full = token.full
        assert parse("\n".join(full[i : i + columns] for i in range(0, 200, columns))) == token


@pytest.mark.parametrize(
    "other", ["|", "\\", "'", '"', "`", ",", "\x00", "\x1b", "\x7f", "…", "＿"]
)
def test_nothing_else_is_dropped(other: str) -> None:
    token = mint(2, secrets.token_bytes).full
    for at in (0, 5, 80, len(token)):
        with pytest.raises(TokenTextError):
            parse(token[:at] + other + token[at:])


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
