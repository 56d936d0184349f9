"""What a command prints: lines, tables and JSON on stdout, notes on stderr.

Every text passes through `shown` here, so that no control character from the vault reaches the
terminal. JSON is ASCII for the same reason.
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
"""How many imports and references to something deleted are named, at most."""


def say(text: str = "") -> None:
    """Print one line of the answer."""
    print(shown(text))


def say_lost(used_by: UsedBy) -> None:
    """Print the imports and references that led to what was deleted."""
    for line in used_by.told(MOST_LOST):
        say(line)


def note(text: str) -> None:
    """Print one line on stderr, beside the answer."""
    print(shown(text), file=sys.stderr)


def say_json(value: dict[str, Any]) -> None:
    """Print the answer as one line of JSON."""
    print(json.dumps(value))


def say_text(text: str) -> None:
    """Print a secret's text.

    A program gets it as it is, in UTF-8. A terminal gets control characters written out, except
    newlines.
    """
    if sys.stdout.isatty():
        print(shown_lines(text), end="")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())


def say_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows in aligned columns under their titles."""
    cells = [list(titles), *([shown(cell) for cell in row] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        print("  ".join(padded).rstrip())


def say_fields(fields: Sequence[tuple[str, str]]) -> None:
    """Print names and values, one pair a line."""
    width = max(len(name) for name, _ in fields)
    for name, value in fields:
        print(f"{name:{width}}  {shown(value)}")


def _width(text: str) -> int:
    """The cells of a terminal that the text takes, as Rich measures them in the app."""
    # Characters below the combining marks take one cell each. Importing Rich takes 30 ms.
    if max(text, default="") < "\u0300":
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
