"""Sealing and hashing, by `cryptography`: AES-256-GCM as the published Infisical clients do it.

Text is sealed under a project's key, which is 32 characters. A project's key is wrapped under one
of the vault's own keys, which are 32 bytes. The libraries are imported where they are used: listing
tokens, or checking one by its id, needs none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from st_tui.core.model import RandomBytes, Sealed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

IV_BYTES = 16
"""What the clients use; for GCM 12 would do."""
TAG_BYTES = 16


class SealError(Exception):
    """A sealed value was changed, or this key does not open it."""


def new_key(randbytes: RandomBytes) -> str:
    """A project's key: 32 lowercase hex digits, whose 32 ASCII bytes are the AES-256 key."""
    return randbytes(16).hex()


def hash_secret(secret: str) -> bytes:
    """SHA-256 of a token's secret: 128 random bits need no slow hash."""
    import hashlib

    return hashlib.sha256(secret.encode("ascii")).digest()


def secret_matches(secret: str, secret_hash: bytes) -> bool:
    """Whether this is the secret that was hashed, in time that does not tell how much agrees."""
    import hmac

    return hmac.compare_digest(hash_secret(secret), secret_hash)


def hash_name(name: str, name_key: str) -> bytes:
    """HMAC-SHA256 of a secret's name under its project's name key, which opens nothing.

    Whoever has the name key finds a secret by its name, and needs no key that opens anything.
    """
    import hmac

    return hmac.digest(name_key.encode("ascii"), name.encode(), "sha256")


def seal(plaintext: str, key: str, randbytes: RandomBytes) -> Sealed:
    """Seal text under a 32-character key used as bytes, with a fresh IV and no additional data."""
    iv = randbytes(IV_BYTES)
    sealed = _aes(key.encode("ascii")).encrypt(iv, plaintext.encode(), None)
    return Sealed(_b64(sealed[:-TAG_BYTES]), _b64(iv), _b64(sealed[-TAG_BYTES:]))


def unseal(sealed: Sealed, key: str) -> str:
    """The text that `seal` was given. Raises SealError."""
    return unseal_each([sealed], key)[0]


def unseal_each(sealed: Iterable[Sealed], key: str) -> list[str]:
    """Several texts that the same key sealed. Raises SealError."""
    from binascii import a2b_base64

    from cryptography.exceptions import InvalidTag

    try:
        aes = _aes(key.encode("ascii"))
        return [
            aes.decrypt(
                a2b_base64(iv, strict_mode=True),
                a2b_base64(ciphertext, strict_mode=True) + a2b_base64(tag, strict_mode=True),
                None,
            ).decode()
            for ciphertext, iv, tag in sealed
        ]
    except (InvalidTag, ValueError):
        raise SealError("This key does not open the sealed value.") from None


def wrap(plaintext: str, key: bytes, bound_to: str, randbytes: RandomBytes) -> bytes:
    """Wrap a project's key under one of the vault's own keys: IV, ciphertext and tag in a row.

    `bound_to` says what the key is for. It is additional authenticated data, so a wrapped key does
    not open for another project or purpose.
    """
    iv = randbytes(IV_BYTES)
    return iv + _aes(key).encrypt(iv, plaintext.encode("ascii"), bound_to.encode())


def unwrap(wrapped: bytes, key: bytes, bound_to: str) -> str:
    """The key that `wrap` was given. Raises SealError."""
    from cryptography.exceptions import InvalidTag

    try:
        opened = _aes(key).decrypt(wrapped[:IV_BYTES], wrapped[IV_BYTES:], bound_to.encode())
        return opened.decode("ascii")
    except (InvalidTag, ValueError):
        raise SealError("This key does not open the wrapped key.") from None


def _aes(key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _b64(data: bytes) -> str:
    from base64 import b64encode

    return b64encode(data).decode("ascii")
