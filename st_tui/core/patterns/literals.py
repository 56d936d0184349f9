"""The literal parts of a pattern, found in its text without parsing it.

Very many stored patterns are filed under these parts, and a regular expression finds them in a
fraction of the time that the parser takes. It finds them in any text, also in one outside the scope
language, which a file made elsewhere may hold. The parser refuses such a text later.
"""

from __future__ import annotations

import re
from typing import Final

from st_tui.core.patterns.units import KINDS

FOLDER_CHARS: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
"""The characters of folder names, in the order in which they are tried for a witness."""

_NAME: Final = r"[A-Za-z0-9_-]+"
_WILD: Final = re.compile(f"[{re.escape(''.join(kind.opens for kind in KINDS))}]")
_FOLDER: Final = re.compile(rf"(?:/{_NAME})*")
_SKIPPED: Final = "|".join(kind.regex for kind in KINDS if kind.regex)
_RUN: Final = re.compile(rf"{_SKIPPED}|({_NAME}(?:/{_NAME})*)")


def literal_prefix(text: str) -> str:
    """The text before the first `*`, `?`, class or choice: all of a plain path."""
    return _WILD.split(text, maxsplit=1)[0]


def is_plain(text: str) -> bool:
    """Whether a pattern has no `*`, `?`, class or choice: it names one folder."""
    return _WILD.search(text) is None


def literal_folder(text: str) -> str:
    """The folder above a pattern's first wildcard: `/a` of `/a/b*/c`; a plain path itself."""
    literal = literal_prefix(text)
    return (literal if literal == text else literal[: max(literal.rfind("/"), 0)]) or "/"


def folder_prefix(text: str) -> str:
    """The longest folder path that a path or pattern begins with; empty if it begins with none.

    It may end within a name: `/a/db*` begins with `/a/db`.
    """
    found = _FOLDER.match(text)
    return found[0] if found else ""


def literal_runs(text: str) -> list[tuple[int, int]]:
    """Start and end of each run of folder names outside classes and choices.

    A run goes on over slashes, and may begin and end within a name: `/*-7/db/**` has one, `-7/db`.
    """
    return [found.span() for found in _RUN.finditer(text) if found[1]]
