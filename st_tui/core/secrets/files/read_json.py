"""The secrets of a JSON file: an object of texts, a list of objects, or an object on each line.

A number or a truth value is taken as the text that the file writes for it: `1.0` stays `1.0`. So
the file is not read by `core.json_text`. The decoder here keeps numbers as text. It also keeps what
is wrong, such as `NaN` or a key that is there twice, so that the refusal can name the entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from st_tui.core.secrets.files import FileSecret, SecretFileError, refuse_line
from st_tui.core.secrets.files.columns import columns

_FORMS = (
    'write an object of texts, or a list of {"key": NAME, "value": TEXT}, each with a "comment" '
    "where there is one"
)


class _Number(str):
    """A number as the file writes it."""


class _NoNumber:
    """Stands for `NaN` or `Infinity`: Python reads them as numbers, and JSON does not have them."""


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as the file writes it, repeated keys included."""


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Pairs,
    parse_int=_Number,
    parse_float=_Number,
    parse_constant=lambda _: _NoNumber(),
)


def entries(text: str) -> Iterator[tuple[str, FileSecret]]:
    """Each secret as the file states it, with the words for where."""
    start = len(text) - len(text.lstrip())
    content, end = _decoded(text, start)
    if text[end:].strip():
        yield from _lines(text)
        return
    listed = _listed(content)
    if listed is not None:
        for number, item in enumerate(listed, start=1):
            yield f"Entry {number}", _secret(f"Entry {number} of the JSON", item)
        return
    row = columns(dict(content))
    if row is not None and row.name[:1].islower():
        raise SecretFileError(
            "The JSON is one object with a key and a value, which may be one secret or two: write "
            "[ and ] around it if it is one, or CSV if it is two."
        )
    for number, (name, value) in enumerate(content, start=1):
        yield f"Entry {number}", FileSecret(name, _text(f"Entry {number} of the JSON", value))


def _decoded(text: str, start: int) -> tuple[Any, int]:
    """The JSON that begins at `start`, and where it ends."""
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as broken:
        raise SecretFileError(f"The JSON is broken at line {broken.lineno}.") from None
    except RecursionError:
        raise SecretFileError("The JSON is nested too deeply: write an object of texts.") from None


def _lines(text: str) -> Iterator[tuple[str, FileSecret]]:
    """The secrets of a text with an object on each line."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = _DECODER.decode(line)
        except (json.JSONDecodeError, RecursionError):
            item = None
        if not isinstance(item, _Pairs):
            refuse_line(
                number, "is no JSON object: write one list or object, or one object on each line"
            )
        yield f"Line {number}", _secret(f"Line {number}", item)


def _listed(content: Any) -> list[Any] | None:
    """The items of a list, or of an object as `secrets list --json` writes it; else None."""
    if not isinstance(content, _Pairs):
        return list(content)
    if len(content) == 1 and content[0][0] == "secrets" and type(content[0][1]) is list:
        return list(content[0][1])
    return None


def _secret(where: str, item: Any) -> FileSecret:
    """The secret that an item of a list states. Raises SecretFileError."""
    pairs = item if isinstance(item, _Pairs) else _Pairs()
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise SecretFileError(f"{where} has a field twice: keep one.")
    known = columns(fields)
    if known is None or type(fields[known.name]) is not str:
        _refuse_form(where)
    comment = None if known.comment is None else fields[known.comment]
    return FileSecret(
        fields[known.name],
        _text(where, fields[known.value]),
        "" if comment is None else _text(where, comment),
    )


def _text(where: str, value: Any) -> str:
    """A value as text, exactly as the file writes it. Raises SecretFileError."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        raise SecretFileError(f'{where} is null: write "" for an empty value, or leave it out.')
    if isinstance(value, _NoNumber):
        raise SecretFileError(f"{where} is no number that JSON has: write it in quotes.")
    _refuse_form(where)


def _refuse_form(where: str) -> NoReturn:
    raise SecretFileError(f"{where} is not a name and a text: {_FORMS}.")
