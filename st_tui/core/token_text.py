"""The text of a token, `st.<id>.<secret>.<key>`: minted and parsed."""

from __future__ import annotations

import re
from unicodedata import category
from uuid import UUID

from st_tui.core.errors import Refusal
from st_tui.core.model import RandomBytes, TokenText
from st_tui.core.wording import counted

_LONGEST = 256
_LONGEST_PASTE = 4096
_TOO_LONG = "That is no service token: it is too long. Copy the token again."
_HEX32 = r"[0-9a-f]{32}"
_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TEXT = re.compile(rf"(st|stv3)\.({_ID})\.({_HEX32})(?:\.({_HEX32}))?")


class TokenTextError(Refusal):
    """A text that is no service token. The message never repeats it: it may be a secret."""


def new_id(randbytes: RandomBytes) -> str:
    """A random (version 4) UUID in lower case, as the published clients' patterns want it."""
    return str(UUID(bytes=randbytes(16), version=4))


def mint(version: int, randbytes: RandomBytes) -> TokenText:
    """A new token text: an id, 16 random bytes of secret and 16 of key, each as 32 hex digits."""
    return TokenText(version, new_id(randbytes), randbytes(16).hex(), randbytes(16).hex())


def parse(text: str) -> TokenText:
    """The parts of a token's text, with or without the key. Raises TokenTextError.

    White space and the lines of a frame are dropped wherever they are. They come with a token that
    was copied: st-tui shows it on two lines, and a terminal may wrap or frame it.
    """
    if len(text) > _LONGEST_PASTE:
        raise TokenTextError(_TOO_LONG)
    token, found = text, _TEXT.fullmatch(text)
    if found is None:
        token = "".join(filter(_is_of_a_token, text))
        found = _TEXT.fullmatch(token)
    if found is not None:
        return TokenText(2 if found[1] == "st" else 3, found[2], found[3], found[4] or "")
    if len(token) > _LONGEST:
        raise TokenTextError(_TOO_LONG)
    raise TokenTextError(f"That is no service token: {_fault(token)}.")


def _is_of_a_token(character: str) -> bool:
    """Whether a character is neither blank, nor invisible, nor a line of a frame."""
    return not (
        character.isspace() or category(character) == "Cf" or "\u2500" <= character <= "\u259f"
    )


def _fault(token: str) -> str:
    parts = token.split(".")
    if parts[0].lower() not in ("st", "stv3"):
        return "it must begin with `st.` or `stv3.`"
    if token != token.lower():
        return "it has upper-case letters, and a token has none"
    if len(parts) not in (3, 4):
        return f"it has {counted(len(parts), 'part')} between dots, where a token has 3 or 4"
    if re.fullmatch(_ID, parts[1]) is None:
        return "its second part is not a UUID"
    return "its secret and key must be 32 hexadecimal digits each"
