"""Sealing as the published clients do it: held against a test vector and a second decryption."""

from __future__ import annotations

import hmac
import re
import secrets
import subprocess
import sys
from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core import crypto
from st_tui.core.crypto import SealError, seal, unseal, unwrap, wrap
from st_tui.core.model import Sealed

KEY = "00112233445566778899aabbccddeeff"
OTHER_KEY = "ffeeddccbbaa99887766554433221100"
WRAPPING_KEY = bytes(range(32))
text = st.text(st.characters(exclude_categories=["Cs"]))


def opened_by_a_client(sealed: Sealed, key: str) -> str:
    """What a published client does: the key's 32 ASCII characters are the AES-256 key."""
    ciphertext, iv, tag = (b64decode(part, validate=True) for part in sealed)
    assert len(key.encode("ascii")) == 32
    assert (len(iv), len(tag)) == (16, 16)
    decryptor = Cipher(algorithms.AES(key.encode("ascii")), modes.GCM(iv, tag)).decryptor()
    return (decryptor.update(ciphertext) + decryptor.finalize()).decode()


def sealed_by_a_client(plaintext: str, key: str) -> Sealed:
    iv = secrets.token_bytes(16)
    encryptor = Cipher(algorithms.AES(key.encode("ascii")), modes.GCM(iv)).encryptor()
    ciphertext = encryptor.update(plaintext.encode()) + encryptor.finalize()
    return Sealed(*(b64encode(part).decode() for part in (ciphertext, iv, encryptor.tag)))


def test_the_test_vector_of_the_gcm_specification() -> None:
    """Test case 14: AES-256, all zero."""
    sealed = seal("\0" * 16, "\0" * 32, lambda _: bytes(12))
    assert b64decode(sealed.ciphertext).hex() == "cea7403d4d606b6e074ec5d3baf39d18"
    assert b64decode(sealed.tag).hex() == "d0d1c8a799996bf0265b98b5d48ab919"


@given(text)
def test_a_client_opens_what_we_seal_and_we_what_it_seals(plaintext: str) -> None:
    assert opened_by_a_client(seal(plaintext, KEY, secrets.token_bytes), KEY) == plaintext
    assert unseal(sealed_by_a_client(plaintext, KEY), KEY) == plaintext


def test_every_seal_has_a_fresh_iv() -> None:
    assert len({seal("same", KEY, secrets.token_bytes).iv for _ in range(20)}) == 20


def test_a_wrong_key_or_a_changed_part_opens_nothing() -> None:
    sealed = seal("value", KEY, secrets.token_bytes)
    with pytest.raises(SealError):
        unseal(sealed, OTHER_KEY)
    for index, part in enumerate(sealed):
        data = bytearray(b64decode(part))
        data[0] ^= 1
        changed = [*sealed]
        changed[index] = b64encode(data).decode()
        with pytest.raises(SealError):
            unseal(Sealed(*changed), KEY)


@pytest.mark.parametrize("part", ["", "not base64!", "YQ", "äöü"])
def test_nonsense_is_a_seal_error_and_never_repeats_a_key(part: str) -> None:
    for sealed in (Sealed(part, part, part), Sealed("YQ==", part, "YQ==")):
        with pytest.raises(SealError) as refused:
            unseal(sealed, KEY)
        assert KEY not in str(refused.value)
    with pytest.raises(SealError):
        unseal(seal("value", KEY, secrets.token_bytes), "short")


def test_a_wrapped_key_cannot_be_moved() -> None:
    wrapped = wrap(KEY, WRAPPING_KEY, "operator p1", secrets.token_bytes)
    assert unwrap(wrapped, WRAPPING_KEY, "operator p1") == KEY
    assert KEY.encode() not in wrapped
    for key, bound_to in ((WRAPPING_KEY, "operator p2"), (bytes(32), "operator p1")):
        with pytest.raises(SealError):
            unwrap(wrapped, key, bound_to)
    for damaged in (b"", wrapped[:15], wrapped[:-1], wrapped + b"x"):
        with pytest.raises(SealError):
            unwrap(damaged, WRAPPING_KEY, "operator p1")


def test_a_project_key_is_32_hex_digits_of_16_random_bytes() -> None:
    asked: list[int] = []

    def randbytes(count: int) -> bytes:
        asked.append(count)
        return bytes(range(count))

    assert crypto.new_key(randbytes) == "000102030405060708090a0b0c0d0e0f"
    assert asked == [16]
    assert re.fullmatch("[0-9a-f]{32}", crypto.new_key(secrets.token_bytes))


def test_the_secret_is_hashed_with_sha256() -> None:
    """The hash of "abc" is FIPS 180's own example."""
    assert crypto.hash_secret("abc").hex() == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_secrets_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bool] = []

    def spy(one: bytes, other: bytes) -> bool:
        compared.append(one == other)
        return compared[-1]

    monkeypatch.setattr(hmac, "compare_digest", spy)
    stored = crypto.hash_secret("a" * 32)
    assert crypto.secret_matches("a" * 32, stored)
    assert not crypto.secret_matches("b" * 32, stored)
    assert compared == [True, False]


def test_importing_the_vault_loads_neither_cryptography_nor_sqlite_utils() -> None:
    """Both cost more than the first frame may."""
    code = (
        "import sys, st_tui.core.vault; "
        "print([m for m in ('cryptography', 'sqlite_utils', 'textual') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
