"""Compares a screen with the picture stored of it.

Two files for each: plain text in ``tests/pictures/``, compared first because its difference can be
read, and an SVG in ``screenshots/``, which the README shows. ``pytest --update-pictures`` writes
them. What is drawn must not depend on the day: give the app a fixed clock.
"""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from textual.pilot import Pilot

ROOT = Path(__file__).parent.parent
CELL_WIDTH, LINE_HEIGHT = 12.2, 24.4
"""A cell of Rich's SVG, in its units."""

_TEXT = re.compile(r'<text class="terminal-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')
_FONT_FACE = re.compile(r"\s*@font-face \{.*?\n\s*\}", re.DOTALL)


class Pictures:
    """Where the pictures are and whether to write or compare them."""

    def __init__(self, *, texts: Path, drawings: Path, actual: Path, update: bool) -> None:
        self._texts = texts
        self._drawings = drawings
        self._actual = actual
        self._update = update

    async def check(self, pilot: Pilot[Any], name: str, *, drawn: bool = True) -> None:
        """Fail unless the screen is as stored under `name` (the size is added to it).

        Without `drawn` only its text is kept: enough for most screens, and colours change often.
        """
        await _complete(pilot)
        size = pilot.app.size
        name = f"{name}-{size.width}x{size.height}"
        drawing = portable(pilot.app.export_screenshot(simplify=True))
        self._compare(self._texts / f"{name}.txt", text_of(drawing, size.height))
        if drawn:
            self._compare(self._drawings / f"{name}.svg", drawing)

    async def film(self, pilot: Pilot[Any]) -> str:
        """The screen as it is now, for `check_moving`."""
        await pilot.pause()
        return portable(pilot.app.export_screenshot(simplify=True))

    def check_moving(self, frames: Sequence[tuple[str, float]], name: str) -> None:
        """Fail unless these drawings, with the seconds that each stays, are as stored."""
        from tests.moving_picture import moving

        self._compare(self._drawings / f"{name}.svg", moving(frames))

    def _compare(self, stored: Path, actual: str) -> None:
        if self._update:
            stored.parent.mkdir(parents=True, exist_ok=True)
            stored.write_text(actual, encoding="utf-8")
            return
        expected = stored.read_text(encoding="utf-8") if stored.exists() else ""
        if actual == expected:
            return
        found = self._actual / stored.name
        found.write_text(actual, encoding="utf-8")
        what = "is no longer as in" if stored.exists() else "is not yet in"
        difference = ""
        if stored.suffix == ".txt":
            lines = difflib.unified_diff(
                expected.splitlines(), actual.splitlines(), "stored", "actual", lineterm="", n=1
            )
            difference = "\n" + "\n".join(lines)
        raise AssertionError(
            f"the screen {what} {stored}\n"
            f"it is now as in {found}\n"
            f"if it should be, run pytest with --update-pictures{difference}"
        )


async def _complete(pilot: Pilot[Any]) -> None:
    """Let the app go on until what its screens read is shown, the number of warnings too."""
    await pilot.pause()
    for _ in range(500):
        reading = (worker for worker in pilot.app.workers if worker.group == "latest-wins")
        if all(worker.is_finished for worker in reading):
            break
        await pilot.pause(0.02)
    await pilot.pause()


def portable(drawing: str) -> str:
    """An exported SVG without what changes from run to run or asks the network.

    Rich names its elements after a checksum of them all, and loads its font from the network; where
    an SVG stands in a page as an image that is forbidden, and the fallback would be any font.
    """
    drawing = re.sub(r"terminal-\d+-", "terminal-", drawing)
    drawing = _FONT_FACE.sub("", drawing)
    drawing = re.sub(r"\s*<!-- Generated with Rich [^>]*-->", "", drawing)
    drawing = drawing.replace(
        "font-family: Fira Code, monospace",
        "font-family: Fira Code, DejaVu Sans Mono, Menlo, Consolas, monospace",
    )
    drawing = drawing.replace("font-family: arial", "font-family: sans-serif")
    return re.sub(r"[ \t]+$", "", drawing, flags=re.MULTILINE).strip() + "\n"


def text_of(drawing: str, height: int) -> str:
    """The characters of a `portable` SVG, row by row."""
    rows = [""] * height
    for x, y, content in _TEXT.findall(drawing):
        row = round((float(y) - 20) / LINE_HEIGHT)
        column = round(float(x) / CELL_WIDTH)
        text = html.unescape(content).replace("\N{NO-BREAK SPACE}", " ")
        rows[row] += " " * (column - cell_len(rows[row])) + text
    return "\n".join(row.rstrip() for row in rows) + "\n"
