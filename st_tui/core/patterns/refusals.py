"""What picomatch does with a pattern outside the scope language, and what to write instead.

`parser` finds the construct that is outside; its effect is stated here. The tests hold these
statements against picomatch's own answers.
"""

from __future__ import annotations

import re
from typing import Final

MAX_CODE_UNITS: Final = 1_000  # of a pattern, in UTF-16


class PatternRefused(ValueError):
    """A pattern outside the scope language. `str()` is one sentence for the person who wrote it.

    `construct` is the offending text and `position` its index in `pattern`; `effect` is what
    picomatch would do, a clause without its subject; `rewrite` is what to do instead. All but
    `pattern` may be shown: control characters and lone surrogates are escaped.
    """

    def __init__(self, pattern: str, start: int, end: int, effect: str, rewrite: str) -> None:
        self.pattern = pattern
        self.position = start
        self.construct = _shown(pattern[start:end])
        self.effect = _shown(effect)
        self.rewrite = _shown(rewrite)
        brief = self.construct if len(self.construct) <= 40 else f"{self.construct[:39]}…"
        what = f"{brief} at character {start + 1}" if brief else "An empty pattern"
        super().__init__(
            f"{what} is not part of the scope language: picomatch {self.effect}; {self.rewrite}."
        )


_NAMES = "write the names you mean as a choice, such as {a,b}"
_LEAVE_OUT = "leave it out: no folder's name has one"

# For each reason: what picomatch does, and what to write instead unless a better rewrite is known.
REASONS: dict[str, tuple[str, str]] = {
    "empty": ("takes no empty pattern", "write / for the root folder or /** for all below it"),
    "too long": (
        "takes up to 65,536 characters, however long it may then need for one path",
        f"write at most {MAX_CODE_UNITS:,} characters, or several scopes",
    ),
    "control character": ("keeps or drops it, and no screen shows it", "leave it out"),
    "negation": (
        "grants every path but those, at any depth and hidden ones too",
        "name what to grant: no pattern means all but something",
    ),
    "double negation": ("takes each pair of them for nothing", "leave them out"),
    "no leading slash": (
        "compares it with the whole path, which begins with a slash",
        "begin with a slash",
    ),
    "two slashes": ("looks for a folder with an empty name between them", "write one slash"),
    "stars": (
        "reads them as one * that may also stand for no name, and may forget the escapes of the"
        " whole pattern (/v1.2/*** grants /v1x2/k)",
        "write * within a name, or ** between slashes for any depth",
    ),
    "** in a name": (
        "keeps it at one level, like a single *",
        "write * within a name, or ** between slashes for any depth",
    ),
    "** at a choice": (
        "lets it cross folders here, though not before other text",
        "write * within a name, or ** between slashes for any depth",
    ),
    "backward range": ("cannot read it and grants nothing by this pattern", "write [a-z]"),
    "open class": ("takes it as an ordinary character", "close it, as in [ab]"),
    "empty class": ("takes the ] as an ordinary character", "write the characters, as in [ab]"),
    "slash in a class": ("takes the slash as one of the characters", "close it before the slash"),
    "! in a class": (
        "takes the ! as one of the characters",
        "write ^ and then the characters to exclude, as in [^ab]",
    ),
    "named class": (
        "knows some such names, and forgets the escapes of the whole pattern for them"
        " (/v1.2/[[:digit:]] grants /v1x2/1)",
        "write the characters themselves, such as [a-z]",
    ),
    "hyphen in a class": (
        "takes a - there as a character or as a range, by rules of its own",
        "write the - once and last, as in [a-z-]",
    ),
    "character in a class": (
        "has rules of its own for such characters in a class",
        "use ASCII letters, digits and _ there, or a choice of words such as {a,b}",
    ),
    "open choice": ("cannot read it and grants nothing by this pattern", "close it, as in {a,b}"),
    "nested choice": (
        "has rules of its own for a { within a {",
        "write one choice of whole words, such as {a,b,c}",
    ),
    "numbered choice": (
        "takes the ends apart into characters ({1..10} grants 0 and 1, not 2) and forgets the"
        " escapes of the whole pattern (/v1.2/{1..3} grants /v1x2/1)",
        "write the words themselves, such as {1,2,3}",
    ),
    "one word": ("takes the braces around one word literally", "leave the braces out"),
    "slash in a choice": ("lets it run across folders ({a,b/c} grants b/c)", "make two scopes"),
    "wildcard in a choice": (
        "drops the rule for leading dots there ({*,b} grants .hidden)",
        "make one scope of each word",
    ),
    "empty word": (
        "lets nothing at all stand for it (/{a,} also grants /)",
        "make two scopes, one with the word and one without",
    ),
    "(": ("grants each of the words, by rules of its own", _NAMES),
    "!(": ("grants other names by it, hidden folders and the empty name among them", _NAMES),
    "?(": (
        "lets nothing at all stand for it (/?(a) also grants /)",
        "make two scopes, one with it and one without",
    ),
    "*(": ("lets it repeat or be missing, and newer versions may take it literally", _NAMES),
    "+(": ("lets it repeat, and newer versions may take it literally", _NAMES),
    "open group": ("takes a ( without its ) literally or cannot read it at all", _LEAVE_OUT),
    "repetition": ("lets what stands before it repeat", _LEAVE_OUT),
    ",": (
        "takes it literally, and the whole as one pattern",
        "make a scope of each pattern, or a choice, such as {a,b}",
    ),
    "|": (
        "ends one pattern there and begins another (/a|b grants /a)",
        "make a scope of each pattern, or a choice, such as {a,b}",
    ),
    "\\": ("reads it as an escape (/a\\d grants /a5)", _LEAVE_OUT),
    '"': ("drops it or takes it literally, depending on its place", _LEAVE_OUT),
    ")": ("takes it literally, and a ? or + after it as a repetition", _LEAVE_OUT),
    "other": ("takes it literally", _LEAVE_OUT),
}
REASONS["@("] = REASONS["("]


def refusal(
    reason: str, text: str, start: int, end: int, rewrite: str | None = None
) -> PatternRefused:
    """The refusal of `text[start:end]`; `rewrite` is a better one than the reason's own."""
    effect, usual_rewrite = REASONS[reason]
    return PatternRefused(text, start, end, effect, rewrite or usual_rewrite)


def _shown(text: str) -> str:
    return re.sub(
        r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]",
        lambda found: found[0].encode("unicode_escape").decode("ascii"),
        text,
    )
