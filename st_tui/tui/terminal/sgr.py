"""Styles as terminals take them: SGR codes (Select Graphic Rendition, ECMA-48), such as `1;38;5;4`.

Here a style is the text between `ESC [` and `m`; the empty text is the terminal's own style.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple


class _Parsed(NamedTuple):
    """A style taken apart."""

    attributes: frozenset[str]
    foreground: str
    background: str


_SEEN_ON_BLANK: Final = frozenset({"4", "7", "9"})
"""Attributes that are seen where there is no character: underline, reverse, strike."""

_BACKGROUND: Final = re.compile(r"48;(?:5;\d+|2;\d+;\d+;\d+)")

_OFF: Final = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""Each attribute, and the code that turns it off."""


@lru_cache(maxsize=1024)
def on_blank(style: str) -> str:
    """What is seen of a style on a blank: most often its background alone."""
    parsed = _parse(style)
    if parsed is None or parsed.attributes & _SEEN_ON_BLANK:
        return style
    return parsed.background


@lru_cache(maxsize=4096)
def for_blank(old: str, blank: str) -> str:
    """The style to write a blank in: of those that look like `blank`, the nearest to `old`."""
    was = _parse(old)
    if was is None or not _BACKGROUND.fullmatch(blank):
        return blank
    return ";".join((*sorted(was.attributes - _SEEN_ON_BLANK), was.foreground, blank))


@lru_cache(maxsize=4096)
def transition(old: str, new: str) -> str:
    """The shortest safe escape sequence from one style to another.

    A terminal of few colours may show a bright colour as bold, and leave bold on. So there, and
    where a code is not known, the whole style is sent.
    """
    whole = f"\x1b[{';'.join(filter(None, ('0' if old else '', new)))}m"
    was, now = _parse(old), _parse(new)
    if was is None or now is None:
        return whole
    off = {_OFF[code] for code in was.attributes - now.attributes}
    on = now.attributes - was.attributes
    if "22" in off:  # it turns off bold and dim together
        on |= now.attributes & {"1", "2"}
    codes = [*sorted(off), *sorted(on)]
    if codes or was.foreground != now.foreground:
        codes.append(now.foreground)  # also the same one: on some terminals it decides on bold
    if was.background != now.background:
        codes.append(now.background)
    return min(whole, f"\x1b[{';'.join(codes)}m", key=len) if codes else ""


@lru_cache(maxsize=1024)
def _parse(style: str) -> _Parsed | None:
    """A style taken apart; None unless both of its colours are of 256 or more."""
    attributes, colors = set(), {"3": "", "4": ""}
    codes = style.split(";")
    while codes:
        code = codes.pop(0)
        if code in _OFF:
            attributes.add(code)
        elif code in ("38", "48") and codes[:1] in (["5"], ["2"]):
            count = 2 if codes[0] == "5" else 4
            colors[code[0]] = ";".join((code, *codes[:count]))
            del codes[:count]
        else:
            return None
    if not all(colors.values()):
        return None
    return _Parsed(frozenset(attributes), colors["3"], colors["4"])
