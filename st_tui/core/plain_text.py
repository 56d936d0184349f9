"""Text from people and files is text: control characters are refused, or shown harmlessly."""

from __future__ import annotations

import re
import unicodedata

from st_tui.core.errors import Refusal

BLANKS = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What JavaScript trims. Python would also trim control characters, which are to be refused."""

# Controls, lone surrogates, line and paragraph separators; and the marks that reorder a line,
# with which one name can be made to look like another.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Of two zero width joiners that begin a text, rich 15 loses count, and cannot cut what follows.
_JOINS_NOTHING = re.compile("(?:^|(?<=\u200d))\u200d")
# Unicode's default ignorable code points, which show nothing; and the blank of Braille.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


class TextError(Refusal):
    """A text that is empty, too long, or has a character that nobody sees or a terminal acts on."""


def check_text(text: str, what: str, longest: int) -> str:
    """The text, if it may be stored and shown; `longest` is a count of characters.

    Raises TextError, which calls the text `what`.
    """
    if not text.strip():
        raise TextError(f"The {what} is empty: write one.")
    if len(text) > longest:
        raise TextError(f"The {what} has {len(text)} characters: write {longest} at most.")
    refuse_controls(text, what)
    return text


def check_new_name(text: str, what: str, longest: int) -> str:
    """The text, if something new may have it for a name.

    Raises TextError for a name that nobody could tell from another one. Older names stay valid.
    """
    refuse_unseen(text, what)
    check_text(text, what, longest)
    if found := blank_end(text):
        raise TextError(f"The {what} {found}: leave it out.")
    return text


def refuse_unseen(text: str, what: str) -> None:
    """Raise TextError if the text holds an invisible character."""
    if found := unseen(text):
        raise TextError(f"The {what} {found}: leave it out.")


def unseen(text: str) -> str:
    """The first invisible character of a text, as the end of a sentence; empty if there is none."""
    found = None if text.isascii() else _UNSEEN.search(text)
    return f"holds the invisible character {code_point(found[0])}" if found else ""


def blank_end(text: str) -> str:
    """The blank that a text begins or ends with, as the end of a sentence; empty if with none."""
    for verb, end in (("begins", text[:1]), ("ends", text[-1:])):
        if end.isspace():
            return f"{verb} with the blank {code_point(end)}"
    return ""


def without_unseen(text: str) -> str:
    """The text without invisible characters, and without blanks at its ends."""
    return _UNSEEN.sub("", text).strip()


def code_point(character: str) -> str:
    """A character as Unicode names it: `U+200B (ZERO WIDTH SPACE)`."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}{name and f' ({name})'}"


def refuse_controls(text: str, what: str) -> None:
    """Raise TextError if a terminal would act on a character of the text instead of showing it."""
    if _is_printable_ascii(text):
        return
    for character in text:
        if _terminal_acts_on(character):
            raise TextError(
                f"The {what} holds the control character {_escaped(character)}: leave it out."
            )
    if _JOINS_NOTHING.search(text):
        raise TextError(f"The {what} holds a \\u200d that joins nothing: leave it out.")


def shown(text: str) -> str:
    """The text with every character that a terminal would act on written out, as in `\\x1b`."""
    if _is_printable_ascii(text):
        return text
    written = "".join(_escaped(c) if _terminal_acts_on(c) else c for c in text)
    return _JOINS_NOTHING.sub(lambda joiner: _escaped(joiner[0]), written)


def shown_lines(text: str) -> str:
    """As `shown`, for a text of several lines: line feeds stay as they are."""
    return "\n".join(map(shown, text.split("\n")))


def _is_printable_ascii(text: str) -> bool:
    return text.isascii() and text.isprintable()  # nearly every text is, and this is fast


def _terminal_acts_on(character: str) -> bool:
    return unicodedata.category(character) in _REFUSED_CATEGORIES or character in _REORDERING


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
