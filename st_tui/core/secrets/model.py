"""A project's secrets as small frozen types, and the rules for their names and values."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field
from typing import NamedTuple

from st_tui.core.crypto import IV_BYTES, TAG_BYTES
from st_tui.core.errors import Refusal
from st_tui.core.model import Sealed
from st_tui.core.plain_text import BLANKS, check_text

LONGEST_NAME = 256
"""Characters of a secret's name."""
LARGEST_VALUE = 512 * 1024
"""Bytes of a value or comment in UTF-8."""

LARGEST_ANSWER = 16 * 1024 * 1024
"""Characters of sealed text that one answer over the network may hold."""

NOTHING_SEALED = Sealed("", "", "")
"""Stands for a comment that the client did not send."""

_IV_SIZES = (IV_BYTES, 12)


class SecretError(Refusal):
    """A name or value that no secret may have."""


class TooMuch(Refusal):
    """An answer would be larger than one answer may be."""


class Place(NamedTuple):
    """A folder of an environment; secrets lie in it."""

    environment: str
    path: str

    def __str__(self) -> str:
        return f"{self.environment}:{self.path}"


class SealedSecret(NamedTuple):
    """One version of a secret as it is stored: name, value and comment, each sealed by itself.

    `created_at` is when the secret was made, `updated_at` when this version was. Both are
    milliseconds since 1970.
    """

    id: str
    project_id: str
    place: Place
    name_hash: bytes
    version: int
    name: Sealed
    value: Sealed
    comment: Sealed
    created_at: int
    updated_at: int


class SealedBudget:
    """How much sealed text may still be read for one answer."""

    def __init__(self, size: int = LARGEST_ANSWER) -> None:
        self._left = size

    def spend(self, secret: SealedSecret) -> None:
        """Count a secret in. Raises TooMuch if it does not fit any more."""
        sealed = (secret.name, secret.value, secret.comment)
        self._left -= sum(len(part.ciphertext) for part in sealed)
        if self._left < 0:
            raise TooMuch(
                "These secrets are too large for one answer: list one folder at a time, without "
                "imports, or split the folder."
            )


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret opened with the project key. Nothing of it shows in a `repr`."""

    sealed: SealedSecret = field(repr=False)
    name: str = field(repr=False)
    value: str = field(repr=False)
    comment: str = field(repr=False)


class SecretLabel(NamedTuple):
    """A secret as it is listed: all but its value."""

    id: str
    name: str
    comment: str
    version: int
    updated_at: int


class SecretImport(NamedTuple):
    """An import link: the secrets of the folder `source` are found in the folder `place` too.

    Where several links bring a secret of the same name, a later link wins over an earlier.
    """

    id: str
    project_id: str
    place: Place
    source: Place
    position: int
    created_at: int


def trimmed(name: str) -> str:
    """The name without the blanks around it, as JavaScript trims."""
    return name.strip(BLANKS)


def check_name(text: str) -> str:
    """The name, trimmed, if a secret may have it. Raises SecretError or TextError.

    Infisical refuses `:` and `/`; `.`, `..` and `raw` are refused because no client can ask for
    them: `/api/v3/secrets/raw` is another route.
    """
    name = check_text(trimmed(text), "secret's name", LONGEST_NAME)
    if ":" in name or "/" in name:
        raise SecretError("A secret's name cannot contain a colon or a slash: leave it out.")
    if name in (".", ".."):
        raise SecretError("A secret cannot be named . or ..: no client could ask for it.")
    if name == "raw":
        raise SecretError("A secret cannot be named raw: its address is that of all raw secrets.")
    return name


def check_value(text: str, what: str = "value") -> str:
    """The value, if it is text that fits. Raises SecretError."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise SecretError(f"The secret's {what} holds a broken character.") from None
    if size > LARGEST_VALUE:
        raise SecretError(f"The secret's {what} is over {LARGEST_VALUE} bytes: shorten it.")
    if "\0" in text:
        raise SecretError(f"The secret's {what} holds a NUL character: leave it out.")
    return text


def check_sealed(sealed: Sealed, what: str) -> Sealed:
    """The sealed text, if a client could open it. Raises SecretError.

    Its parts are base64 with padding, the IV has 16 (or 12) bytes, and the tag has 16.
    """
    try:
        ciphertext, iv, tag = (b64decode(part, validate=True) for part in sealed)
    except ValueError:
        raise SecretError(f"The secret's {what} is not sealed as base64 with padding.") from None
    if len(iv) not in _IV_SIZES or len(tag) != TAG_BYTES:
        raise SecretError(
            f"The secret's {what} needs an IV of {IV_BYTES} bytes and a tag of {TAG_BYTES}."
        )
    if len(ciphertext) > LARGEST_VALUE:
        raise SecretError(f"The secret's {what} is over {LARGEST_VALUE} bytes: shorten it.")
    return sealed
