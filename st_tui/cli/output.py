"""What a command prints: lines, tables and JSON on stdout, notes on stderr.

Text from the vault passes through `shown` here, so that no name can act on the terminal; JSON is
ASCII for the same reason.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from st_tui.core.plain_text import shown, shown_lines

if TYPE_CHECKING:
    from st_tui.core.secrets.used_by import UsedBy

MOST_LOST = 20
"""How many links and references are named that lead to what is deleted."""


def say(text: str = "") -> None:
    """One line of the answer."""
    print(shown(text))


def say_lost(used_by: UsedBy) -> None:
    """What led to something that was deleted."""
    for line in used_by.told(MOST_LOST):
        say(line)


def note(text: str) -> None:
    """One line beside the answer, on stderr."""
    print(shown(text), file=sys.stderr)


def say_json(value: dict[str, Any]) -> None:
    """The answer as one line of JSON."""
    print(json.dumps(value))


def say_text(text: str) -> None:
    """A secret's text: as it is, in UTF-8, for a program; harmless, by lines, for a terminal."""
    if sys.stdout.isatty():
        print(shown_lines(text), end="")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())


def say_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows in aligned columns under their titles."""
    cells = [list(titles), *([shown(cell) for cell in row] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        print("  ".join(padded).rstrip())


def say_fields(fields: Sequence[tuple[str, str]]) -> None:
    """Names and values, one pair a line."""
    width = max(len(name) for name, _ in fields)
    for name, value in fields:
        print(f"{name:{width}}  {shown(value)}")


def _width(text: str) -> int:
    """Columns of a terminal that the text takes, as Rich measures them for the app."""
    # Below the combining marks each character takes one; to import Rich takes 30 ms.
    if max(text, default="") < "\u0300":
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
