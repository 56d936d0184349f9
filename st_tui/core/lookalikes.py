"""Characters that look like others (confusables), and the scripts that a text is written in.

The ideas of a skeleton and of mixed scripts are those of Unicode Technical Standard #39. Its list
of confusables has thousands of characters; here are those of other scripts that are taken for
ASCII. Compatibility forms, such as full width, are folded by Unicode's own normalization.
"""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

from st_tui.core.plain_text import code_point, shown, unseen, without_unseen

# Letters of Cyrillic, Greek, Armenian and Cherokee; signs that look like a dash, a star, a slash.
_TAKEN_FOR: Final = {
    "A": "\u0391\u0410", "a": "\u0251\u03b1\u0430", "B": "\u0392\u0412", "b": "\u044c",
    "C": "\u03f9\u0421", "c": "\u03f2\u0441", "D": "\u13a0", "d": "\u0501", "E": "\u0395\u0415",
    "e": "\u03b5\u0435", "G": "\u050c", "g": "\u0261\u0581", "H": "\u0397\u041d",
    "h": "\u04bb\u0570", "I": "\u0399\u0406\u04c0", "i": "\u0131\u03b9\u0456",
    "J": "\u037f\u0408", "j": "\u03f3\u0458", "K": "\u039a\u041a", "k": "\u03ba\u043a",
    "L": "\u053c\u13de", "l": "\u01c0\u04cf", "M": "\u039c\u041c", "m": "\u043c", "N": "\u039d",
    "n": "\u03b7\u043f\u0578", "O": "\u039f\u041e", "o": "\u03bf\u03c3\u043e\u0585\u1d0f",
    "P": "\u03a1\u0420", "p": "\u03c1\u0440", "Q": "\u051a", "q": "\u051b\u0566", "R": "\u13a1",
    "r": "\u0433", "S": "\u0405\u054f\u13da", "s": "\u0455", "T": "\u03a4\u0422",
    "t": "\u03c4\u0442", "U": "\u054d", "u": "\u03c5\u057d\u1d1c", "V": "\u0474\u13d9",
    "v": "\u03bd\u0475\u1d20", "W": "\u051c\u13b3", "w": "\u03c9\u051d\u1d21",
    "X": "\u03a7\u0425", "x": "\u03c7\u0445", "Y": "\u03a5\u0423\u04ae", "y": "\u03b3\u0443",
    "Z": "\u0396", "*": "\u066d\u204e\u2217\u2731",
    "-": "\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u30fc", ".": "\u00b7\u2022",
    "/": "\u2044\u2215\u2571\u29f8", "3": "\u0417", "6": "\u0431", ":": "\u02d0\u2236\ua789",
    "_": "\u02cd\u2017",
}  # fmt: skip
_LOOKS_LIKE: Final = {other: one for one, others in _TAKEN_FOR.items() for other in others}

_EAST_ASIAN: Final = "East Asian"  # Japanese and Korean are written in several scripts at once
_EAST_ASIAN_SCRIPTS: Final = frozenset(
    {"CJK", "HIRAGANA", "HENTAIGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"}
)
_LETTERS: Final = frozenset({"Lu", "Ll", "Lt", "Lo"})


class Mixture(NamedTuple):
    """The scripts that are mixed in a text, and the first letter that is not of the main one."""

    scripts: tuple[str, ...]
    odd: str


def looks_like(character: str) -> str | None:
    """The ASCII character that another one is taken for; None if it is taken for none."""
    if character.isascii():
        return None
    parts = unicodedata.normalize("NFKD", character)
    base = "".join(part for part in parts if not unicodedata.combining(part))
    base = _LOOKS_LIKE.get(base, base)
    return base if len(base) == 1 and "!" <= base <= "~" else None


def described(character: str) -> str:
    """A character beyond ASCII in words: its code point, and what it is taken for."""
    point = code_point(character)
    if unseen(character) or character.isspace():
        return f"the invisible character {point}"
    like = looks_like(character)
    return f"{shown(character)} {point}{f', which looks like {like}' if like else ''}"


def beyond_ascii(text: str) -> str:
    """A sentence about the first character beyond ASCII of a text; empty if there is none."""
    found = next((character for character in text if not character.isascii()), None)
    return "" if found is None else f" It has {described(found)}."


def skeleton(text: str) -> str:
    """What a text looks like: the same for all that look alike."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", without_unseen(text))
        text = "".join(_LOOKS_LIKE.get(character, character) for character in text)
    return " ".join(text.split())


def mixture(text: str) -> Mixture | None:
    """The scripts of a text's letters, if they are mixed.

    Japanese, Korean and Chinese count as one script, which may be mixed with Latin letters.
    """
    if text.isascii():
        return None
    found = [(script(character), character) for character in text]
    counted = {name: sum(name == other for other, _ in found) for name, _ in found if name}
    if len(counted) < 2 or counted.keys() == {"Latin", _EAST_ASIAN}:
        return None
    main = "Latin" if "Latin" in counted else max(counted, key=lambda name: counted[name])
    odd = next(character for name, character in found if name not in (None, main))
    return Mixture(tuple(counted), odd)


def script(character: str) -> str | None:
    """The script of a letter, such as `Cyrillic`; None if it is no letter."""
    if character.isascii():
        return "Latin" if character.isalpha() else None
    folded = unicodedata.normalize("NFKC", character)[0]
    if unicodedata.category(folded) not in _LETTERS:
        return None
    first = unicodedata.name(folded, "").partition(" ")[0].partition("-")[0]
    return _EAST_ASIAN if first in _EAST_ASIAN_SCRIPTS else first.capitalize() or None
