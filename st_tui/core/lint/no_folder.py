"""Scopes that no folder can ever match, and the character that is to blame.

The automaton proves that none can (`algebra.no_folder_matches`). The character is then looked for
in the parse tree, unit by unit, and named so that it is not taken for one that looks alike.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from st_tui.core.algebra import no_folder_matches
from st_tui.core.lookalikes import described, looks_like
from st_tui.core.patterns import FOLDER_CHARS, PatternRefused, compile_pattern
from st_tui.core.patterns.units import Unit

_CHARS: Final = frozenset(FOLDER_CHARS)
_LONGEST_REWRITE: Final = 60
"""Characters. A longer one is not proposed: it would have to be part of a sentence."""
_IN_WORDS: Final = {
    ".": "a dot", " ": "a space", ":": "a colon", "'": "an apostrophe", "`": "a backquote",
}  # fmt: skip


@lru_cache(maxsize=1_024)
def why_never(pattern: str) -> str | None:
    """Why no folder can ever match a pattern, a sentence without its subject; None if one can.

    Raises PatternRefused outside the scope language.
    """
    compiled = compile_pattern(pattern)
    if not no_folder_matches(compiled):
        return None
    blamed = (_blamed(unit) for segment in compiled.segments for unit in segment)
    found = next(filter(None, blamed), None)
    instead = rewrite(pattern)
    if found is None:
        return (
            "matches only paths that are written with the slash at the end, which no request "
            f"has: write {instead}."
        )
    return (
        f"can never match a folder (proved): it has {found}, and folder names have only "
        f"a-z, A-Z, 0-9, - and _{instead and f': write {instead}'}."
    )


def rewrite(pattern: str) -> str:
    """What to write for a pattern that no folder can match, if that can be told; else empty."""
    segments = compile_pattern(pattern).segments
    if not any(_blamed(unit) for segment in segments for unit in segment):
        return pattern[:-1]
    return _as_it_looks(pattern)


def _blamed(unit: Unit) -> str | None:
    """What a unit has that no folder's name can have; None if it fits some name."""
    misfit = unit.misfit(_CHARS)
    if misfit is None:
        return None
    words, char = misfit
    return f"{words}{char and _named(char)}"


def _named(character: str) -> str:
    return _IN_WORDS.get(character, character) if character.isascii() else described(character)


def _as_it_looks(pattern: str) -> str:
    """The pattern that this one is taken for, if a folder can match that one; else empty."""
    text = "".join(looks_like(character) or character for character in pattern)
    try:
        is_better = text != pattern and not no_folder_matches(compile_pattern(text))
    except PatternRefused:
        return ""
    return text if is_better and len(text) <= _LONGEST_REWRITE else ""
