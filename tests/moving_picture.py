"""Puts several drawings of a screen into one SVG that plays them, one after the other, for ever.

Of each row of the screen, what is the same in several drawings is there once. It is shown while one
of these is on. A viewer that plays nothing shows the last drawing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tests.pictures import LINE_HEIGHT

_STYLE: Final = re.compile(r"\.terminal-r(\d+) \{ (.*?) \}")
_PART: Final = re.compile(
    r'<rect [^>]*? y="([\d.]+)"[^>]*/>|<text [^>]*? y="([\d.]+)"[^>]*>[^<]*</text>'
)
_CLASS: Final = re.compile(r'class="terminal-r(\d+)"')
_BEFORE: Final = re.compile(r'.*?<g transform="translate\(9, 41\)"[^>]*>\n', re.DOTALL)


def moving(frames: Sequence[tuple[str, float]]) -> str:
    """One SVG from `portable` drawings of one size, each with the seconds that it stays."""
    styles: dict[str, int] = {}
    rows: dict[tuple[int, str], list[int]] = {}
    for number, (drawing, _) in enumerate(frames):
        named = {
            name: styles.setdefault(style, len(styles)) for name, style in _STYLE.findall(drawing)
        }
        for row, parts in _rows(drawing).items():
            renamed = _CLASS.sub(lambda found: f'class="s{named[found[1]]}"', parts)  # noqa: B023
            rows.setdefault((row, renamed), []).append(number)
    last, seconds = len(frames) - 1, [stays for _, stays in frames]
    body = "\n".join(
        f'<g class="terminal-matrix" visibility="{"visible" if last in shown else "hidden"}">'
        f"{parts}{_plays(shown, seconds)}</g>"
        for (_, parts), shown in sorted(rows.items())
    )
    return f"{_head(frames[-1][0], styles)}{body}\n</g>\n</svg>\n"


def _head(drawing: str, styles: dict[str, int]) -> str:
    """All that stands before the screen's rows: the window around it, and the styles of all."""
    found = _BEFORE.match(drawing)
    assert found is not None
    rules = "\n".join(f".s{number} {{ {style} }}" for style, number in styles.items())
    return _STYLE.sub("", found[0]).replace("</style>", f"{rules}\n</style>", 1)


def _rows(drawing: str) -> dict[int, str]:
    """The parts of a drawing by row: backgrounds first, as they stand in it."""
    rows: dict[int, str] = {}
    found = _BEFORE.match(drawing)
    assert found is not None
    for part in _PART.finditer(drawing, found.end()):
        below = float(part[1]) - 1.5 if part[1] else float(part[2]) - 20
        row = round(below / LINE_HEIGHT)
        rows[row] = rows.get(row, "") + part[0]
    return rows


def _plays(shown: Iterable[int], seconds: Sequence[float]) -> str:
    """Shows a part while one of these drawings is on; nothing for one that is in all of them."""
    on = set(shown)
    if len(on) == len(seconds):
        return ""
    whole, at = sum(seconds), 0.0
    values: list[str] = []
    times: list[str] = []
    for number, stays in enumerate(seconds):
        value = "visible" if number in on else "hidden"
        if not values or values[-1] != value:
            values.append(value)
            times.append(f"{at / whole:.4g}")
        at += stays
    return (
        f'<animate attributeName="visibility" calcMode="discrete" dur="{whole:g}s" '
        f'repeatCount="indefinite" values="{";".join(values)}" keyTimes="{";".join(times)}"/>'
    )
