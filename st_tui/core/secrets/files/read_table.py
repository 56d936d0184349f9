"""The secrets of a CSV or TSV file. Its first line names the columns: by that it is recognised."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from st_tui.core.secrets.files import FileSecret, refuse_line
from st_tui.core.secrets.files.columns import Columns, columns

_RETURN = "\0"
"""Stands for a carriage return in a cell: a file with a NUL is refused."""
_EXTRA = "\0extra"
"""Where the library puts cells beyond the last column; no column can have this title."""
_STRAY_QUOTE = (
    "has a quote in the middle of a cell: put the whole cell in quotes, and write each quote in it "
    "twice"
)


class _Commas(csv.excel):
    strict = True


class _Tabs(csv.excel_tab):
    strict = True


class Header(NamedTuple):
    """The first line of a table."""

    dialect: type[csv.Dialect]
    columns: Columns


def header(text: str) -> Header | None:
    """The first line, if it names the columns of a table; None for a file of another kind.

    Raises SecretFileError for a line that can be neither: one with = may be NAME=VALUE.
    """
    first = text.lstrip("\r\n").partition("\n")[0].removesuffix("\r")
    if "=" in first or first.lstrip().startswith("#"):
        return None
    for dialect in (_Commas, _Tabs):
        try:
            [titles] = csv.reader([first], dialect)
        except (csv.Error, ValueError):
            continue
        known = columns(titles)
        if known is not None:
            return Header(dialect, known)
    if any(separator in first for separator in ",;\t"):
        refuse_line(
            _line(text, text.index(first)),
            "is no NAME=VALUE, and does not name the columns of a CSV or TSV file: write one key "
            "and one value there, and comment if there is one, with commas or tabs between them",
        )
    return None


def entries(text: str, header: Header) -> Iterator[tuple[str, FileSecret]]:
    """Each secret as the file states it, with its line."""
    # Imported here: it costs as much as the app's first frame, and only a table needs it.
    from sqlite_utils.utils import Format, rows_from_file

    prepared = _prepared(text, header.dialect.delimiter)
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    # The dialect is stated: the library's own guess may take single quotes off a value, or = for a
    # separator.
    rows, _ = rows_from_file(
        BytesIO(prepared.lstrip("\n").encode()),
        format=Format.CSV,
        dialect=header.dialect,
        extras_key=_EXTRA,
    )
    numbers = _first_lines(prepared)
    next(numbers)  # The header's.
    for number, row in zip(numbers, rows, strict=True):
        if _EXTRA in row:
            refuse_line(
                number,
                "has more cells than the first line: put a cell with a separator in it in quotes",
            )
        if None in row.values():
            refuse_line(number, "has fewer cells than the first line: write the empty ones too")
        cells = [row[title] for title in header.columns if title is not None]
        yield f"Line {number}", FileSecret(*(str(cell).replace(_RETURN, "\r") for cell in cells))


def _prepared(text: str, delimiter: str) -> str:
    """The text as the library needs it, if every reader sees the same cells in it.

    The library takes a carriage return for an end of line, in quotes too: there `_RETURN` stands
    for it. Raises SecretFileError.
    """
    if "\0" in text:
        refuse_line(_line(text, text.index("\0")), "holds a NUL character: leave it out")
    parts = text.split('"')  # by turns outside quotes and inside
    edges = ("", delimiter, "\r", "\n")
    number = 1
    for index, part in enumerate(parts):
        ends = number + part.count("\n")
        if index % 2:
            parts[index] = part.replace("\r", _RETURN)
        else:
            parts[index] = part.replace("\r\n", "\n")
            lone = parts[index].find("\r")
            if lone != -1:
                refuse_line(
                    number + parts[index].count("\n", 0, lone),
                    "has a carriage return that ends no line: put the cell in quotes",
                )
            # An empty part is between two quotes, which stand for one.
            if index > 0 and part[:1] not in edges:
                refuse_line(number, _STRAY_QUOTE)
            if index < len(parts) - 1 and part[-1:] not in edges:
                refuse_line(ends, _STRAY_QUOTE)
        number = ends
    if len(parts) % 2 == 0:
        refuse_line(_line(text, text.rindex('"')), "opens a quote that nothing closes: close it")
    return '"'.join(parts)


def _line(text: str, position: int) -> int:
    return 1 + text.count("\n", 0, position)


def _first_lines(text: str) -> Iterator[int]:
    """The number of the line in which each row begins; an empty line is no row."""
    in_quotes = False
    for number, line in enumerate(text.split("\n"), start=1):
        if line and not in_quotes:
            yield number
        in_quotes ^= line.count('"') % 2 == 1
