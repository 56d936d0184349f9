"""The scope language: parse a path pattern, or say why not and what to write instead.

    pattern = "/" | ( "/" segment )+ [ "/" ]
    segment = "**" | unit+                           at most one "*" in a row inside a segment
    unit    = literal | "*" | "?" | class | choice
    class   = "[" [ "^" ] ( char | char "-" char )+ "]"
    char    = ASCII letter, digit, "_", or "-" as the last one; a range may not run backwards
    choice  = "{" word "," word ( "," word )* "}"
    word    = literal+, without ".."
    literal = any letter, digit or other non-ASCII character, space, - _ . ~ @ % = : ; # $ & ' ! ^
              < > `

Control characters (C0, DEL and C1) are no literals, because a pattern is shown on screens. A
pattern has at most 1,000 UTF-16 code units.

The language is the part of picomatch's for which picomatch's answers can be predicted. All else is
refused. Each refusal says what picomatch would do with the pattern, because that is what such a
scope does on an Infisical server. The tests hold those statements against picomatch's own answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from st_tui.core.patterns.automaton import code_units
from st_tui.core.patterns.refusals import MAX_CODE_UNITS, REASONS, PatternRefused, refusal
from st_tui.core.patterns.units import (
    ANY,
    GLOBSTAR,
    STAR,
    AnyChar,
    CharClass,
    Choice,
    Literal,
    Segment,
    Star,
    Unit,
)

_LONGEST_REWRITTEN = 60
"""Characters. A longer pattern is not repeated in its rewrite, which is part of a sentence."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LITERAL = r"[^\x00-\x1f\x7f-\x9f/*?+,|\\\"(){}\[\]]"
_LITERALS = re.compile(rf"(?:(?![!@]\(){_LITERAL})+")
_CLASS = re.compile(r"\[(\^?)((?:[A-Za-z0-9_](?:-[A-Za-z0-9_])?)*-?)\]")
_RANGE = re.compile(r"(.)-(.)")
_CHOICE = re.compile(rf"\{{({_LITERAL}+(?:,{_LITERAL}+)+)\}}")


def parse(text: str) -> tuple[Segment, ...]:
    """The segments of a pattern. Raises PatternRefused outside the scope language.

    Only the last segment can be empty: it stands after a slash at the end, as in "/" and "/a/".
    """
    _check_whole(text)
    segments: list[Segment] = []
    at = 1
    while True:
        segment, at = _segment(text, at)
        segments.append(segment)
        if at == len(text):
            return tuple(segments)
        if not segment:
            raise refusal("two slashes", text, at - 1, at + 1)
        at += 1


def _check_whole(text: str) -> None:
    if not text:
        raise refusal("empty", text, 0, 0)
    if len(code_units(text)) > MAX_CODE_UNITS:
        raise refusal("too long", text, 0, len(text))
    if control := _CONTROL.search(text):
        raise refusal("control character", text, *control.span())
    if text[0] == "!" and not _opens_group(text, 0):
        count = len(text) - len(text.lstrip("!"))
        raise refusal("negation" if count % 2 else "double negation", text, 0, count)
    if text[0] != "/":
        raise refusal(
            "no leading slash",
            text,
            0,
            text.find("/") if "/" in text else len(text),
            f"write /{text}" if _accepts(f"/{text}") else None,
        )


def _segment(text: str, at: int) -> tuple[Segment, int]:
    units: list[Unit] = []
    while at < len(text) and text[at] != "/":
        if literals := _LITERALS.match(text, at):
            units.append(Literal(literals[0]))
            at = literals.end()
        elif _opens_group(text, at):
            raise _group(text, at)
        elif reader := _READERS.get(text[at]):
            unit, at = reader(text, at)
            units.append(unit)
        else:
            raise _stray(text, at)
    return tuple(units), at


def _any_char(text: str, at: int) -> tuple[Unit, int]:
    return ANY, at + 1


def _stars(text: str, at: int) -> tuple[Unit, int]:
    end = at + 1
    while text[end : end + 1] == "*" and not _opens_group(text, end):
        end += 1
    if end == at + 1:
        return STAR, end
    if end > at + 2:
        raise refusal("stars", text, at, end)
    after = text[end : end + 1]
    if text[at - 1] == "/" and after in ("", "/"):
        return GLOBSTAR, end
    if text[at - 1] + after == "/{":
        raise refusal("** at a choice", text, at, end)
    raise refusal("** in a name", text, at, end, _one_level_or_any(text, at, end))


def _char_class(text: str, at: int) -> tuple[Unit, int]:
    found = _CLASS.match(text, at)
    if not found or not found[2]:
        raise _not_a_class(text, at)
    chars = set(_RANGE.sub("", found[2]))
    for first, last in _RANGE.findall(found[2]):
        if first > last:
            mended = found[0].replace(f"{first}-{last}", f"{last}-{first}")
            rewrite = f"write {mended}" if _accepts(f"/{mended}") else None
            raise refusal("backward range", text, at, found.end(), rewrite)
        chars.update(map(chr, range(ord(first), ord(last) + 1)))
    # picomatch: a class without ^ and - might as well be meant as a name, so it tries both.
    names_itself = not found[1] and "-" not in found[2]
    unit = CharClass(found[0], frozenset(chars), negated=bool(found[1]), names_itself=names_itself)
    return unit, found.end()


def _choice(text: str, at: int) -> tuple[Unit, int]:
    found = _CHOICE.match(text, at)
    if not found or ".." in found[1]:
        raise _not_a_choice(text, at)
    return Choice(found[0], tuple(found[1].split(","))), found.end()


_READERS: dict[str, Callable[[str, int], tuple[Unit, int]]] = {
    Star.opens: _stars,
    AnyChar.opens: _any_char,
    CharClass.opens: _char_class,
    Choice.opens: _choice,
}
"""For each first character of a unit: the function that parses the unit and says where it ends."""


# From here on: which construct a refused pattern has, and what to write instead.

_NAMED_CLASSES = {
    "alnum": "A-Za-z0-9",
    "alpha": "A-Za-z",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "word": "A-Za-z0-9_",
    "xdigit": "A-Fa-f0-9",
}


def _accepts(text: str) -> bool:
    try:
        parse(text)
    except PatternRefused:
        return False
    return True


def _opens_group(text: str, at: int) -> bool:
    return text[at] == "(" or (text[at] in "!@+*?" and text[at + 1 : at + 2] == "(")


def _one_level_or_any(text: str, at: int, end: int) -> str | None:
    """The two patterns that `/a**` or `/**b` may be meant for; None for `/a**b`, a mere guess."""
    before, after = text[:at], text[end:]
    if before[-1] == "/":
        deep = f"{before}**/*{after}"
    elif after[:1] in ("", "/"):
        deep = f"{before}/**{after}"
    else:
        return None
    # A rewrite is parsed before it is offered. One with another such ** would be refused with a
    # rewrite of its own, and so on.
    alone = all(
        name == "**" or "**" not in name for name in (*before.split("/"), *after.split("/"))
    )
    if not alone or len(text) > _LONGEST_REWRITTEN:
        return None
    level = f"{before}*{after}"
    return f"write {level} for that, or {deep} for any depth" if _accepts(deep) else None


def _not_a_class(text: str, at: int) -> PatternRefused:
    if named := re.match(r"\[(\^?)\[:(\w*):\]\]", text[at:]):
        chars = _NAMED_CLASSES.get(named[2])
        rewrite = f"write [{named[1]}{chars}]" if chars else None
        return refusal("named class", text, at, at + named.end(), rewrite)
    end = text.find("]", at) + 1
    if not end:
        return refusal("open class", text, at, at + 1)
    inside = text[at + 1 : end - 1]
    if inside in ("", "^"):
        return refusal("empty class", text, at, end)
    if "/" in inside:
        return refusal("slash in a class", text, at, end)
    if inside[0] == "!":
        if not _accepts(f"/[^{inside[1:]}]"):
            return refusal("! in a class", text, at, end)
        granted = (
            f"takes the ! as one more character and grants {inside[1]} instead of excluding it"
        )
        return PatternRefused(text, at, end, granted, f"write [^{inside[1:]}]")
    if re.fullmatch(r"\^?[A-Za-z0-9_-]+", inside):
        return refusal("hyphen in a class", text, at, end)
    return refusal("character in a class", text, at, end)


def _not_a_choice(text: str, at: int) -> PatternRefused:
    end = text.find("}", at) + 1
    if not end:
        return refusal("open choice", text, at, at + 1)
    inside = text[at + 1 : end - 1]
    here = at + 1
    while here < end - 1:
        if _opens_group(text, here):
            return _group(text, here)
        literals = _LITERALS.match(text, here)
        in_class = text[here] == "]" and "[" in text[at:here]
        if not (literals or in_class or text[here] in ",/{[*?"):
            return _stray(text, here)
        here = literals.end() if literals else here + 1
    if "{" in inside:
        return refusal("nested choice", text, at, end)
    if ".." in inside:
        return refusal("numbered choice", text, at, end, _written_out(inside))
    if "," not in inside:
        rewrite = f"write {inside}" if inside and _accepts(f"/{inside}") else None
        return refusal("one word", text, at, end, rewrite)
    if "/" in inside:
        return refusal("slash in a choice", text, at, end)
    if re.search(r"[*?\[]", inside):
        return refusal("wildcard in a choice", text, at, end)
    return refusal("empty word", text, at, end)


def _written_out(inside: str) -> str | None:
    if re.fullmatch(r"[a-z]\.\.[a-z]|[A-Z]\.\.[A-Z]", inside) and inside[0] < inside[-1]:
        return f"write [{inside[0]}-{inside[-1]}]"
    numbers = re.fullmatch(r"([0-9]{1,4})\.\.([0-9]{1,4})", inside)
    if numbers and 1 <= int(numbers[2]) - int(numbers[1]) <= 20:
        width = len(numbers[1]) if numbers[1][0] == "0" else 0
        words = (str(n).zfill(width) for n in range(int(numbers[1]), int(numbers[2]) + 1))
        return f"write {{{','.join(words)}}}"
    return None


def _group(text: str, at: int) -> PatternRefused:
    """The refusal of `(a|b)` and, with a character before the (, of picomatch's extglobs."""
    opening = text.index("(", at)
    end, depth = opening + 1, 1
    while depth and end < len(text):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    if depth:
        return refusal("open group", text, at, end)
    kind, inside = text[at : opening + 1], text[opening + 1 : end - 1]
    rewrite = None
    words = rf"{_LITERAL}+(?:\|{_LITERAL}+)*"
    if kind in ("(", "@(") and re.fullmatch(words, inside) and ".." not in inside:
        rewrite = f"write {{{inside.replace('|', ',')}}}" if "|" in inside else f"write {inside}"
    return refusal(kind, text, at, end, rewrite)


def _stray(text: str, at: int) -> PatternRefused:
    """The refusal of a character that is no literal and begins nothing."""
    reason = text[at] if text[at] in REASONS else "other"
    if text[at] == "+" and text[at - 1] in "]}":
        reason = "repetition"
    return refusal(reason, text, at, at + 1)
