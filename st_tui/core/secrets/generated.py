"""Values made of random characters, each as likely as any other."""

from __future__ import annotations

import string
from math import log2

from st_tui.core.model import RandomBytes

_ALPHANUMERIC = string.ascii_letters + string.digits

ALPHABETS = {
    "letters, digits": _ALPHANUMERIC,
    "with - and _": f"{_ALPHANUMERIC}-_",
    "with symbols": f"{_ALPHANUMERIC}!#%&()*+,-./:;<=>?@[]^_{{|}}~",
    "hex": "0123456789abcdef",
}
"""Characters to choose from, by what a person calls them.

No quotes, dollars, backslashes or blanks are among them: files and shells read those as their own.
"""


def generate(length: int, alphabet: str, randbytes: RandomBytes) -> str:
    """A value of so many characters out of `alphabet`, which has 256 at most.

    Bytes from the last, incomplete round through the alphabet are thrown away. Otherwise its first
    characters would come more often than the others.
    """
    fair = 256 - 256 % len(alphabet)
    chosen = ""
    while len(chosen) < length:
        drawn = randbytes(length - len(chosen))
        chosen += "".join(alphabet[byte % len(alphabet)] for byte in drawn if byte < fair)
    return chosen


def bits(length: int, alphabet: str) -> int:
    """The binary logarithm of how many such values there are."""
    return int(length * log2(len(alphabet)))
