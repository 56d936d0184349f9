"""The secrets that a file holds: `.env` or JSON.

No sentence repeats what a file holds: a line that is not understood may be part of a secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any, NamedTuple

from st_tui.core.errors import Refusal
from st_tui.core.secret import check_name, check_value
from st_tui.core.secret_files import WIDE_GAP, SecretFileError

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes of a file that is read."""

_NEWLINE = re.compile(r"\r\n|\n|\r")


class _Entry(NamedTuple):
    where: str
    name: str
    value: str


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it stands in the file, its duplicates too."""


def parse(data: bytes) -> dict[str, str]:
    """The secrets of a file by name, JSON if it begins with `{` or `[`, else `.env`.

    Raises SecretFileError for whatever is not clear: nothing is guessed, and nothing left out.
    """
    if len(data) > LARGEST_FILE:
        raise SecretFileError(f"The file is over {LARGEST_FILE} bytes: divide it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SecretFileError("The file is not text in UTF-8: save it as such.") from None
    values: dict[str, str] = {}
    for where, name, value in _json(text) if text.lstrip()[:1] in ("{", "[") else _dotenv(text):
        try:
            name, value = check_name(name), check_value(value)
        except Refusal as refused:
            raise SecretFileError(f"{where}: {refused}") from None
        if values.setdefault(name, value) != value:
            raise SecretFileError(
                f"{where} gives a secret another value than the file did before: keep one."
            )
    if not values:
        raise SecretFileError("The file holds no secrets: write NAME=VALUE lines, or JSON.")
    return values


def _dotenv(text: str) -> Iterator[_Entry]:
    # Here, because only who reads such a file needs the library.
    from dotenv.parser import parse_stream

    for number, line in enumerate(_NEWLINE.split(text), start=1):
        if WIDE_GAP.search(re.split("['\"]", line, maxsplit=1)[0]):
            raise SecretFileError(
                f"Line {number} has a gap of over 200 blanks: put the value in quotes, or use JSON."
            )
    for binding in parse_stream(StringIO(text)):
        statement = binding.original.string
        blank = statement[: len(statement) - len(statement.lstrip())]
        where = f"Line {binding.original.line + len(_NEWLINE.findall(blank))}"
        if binding.error:
            raise SecretFileError(
                f"{where} is not clear: write NAME=VALUE, and a value of several lines in quotes."
            )
        if binding.key is None:
            continue
        if binding.value is None:
            raise SecretFileError(
                f"{where} has no =: write NAME=VALUE, and a value of several lines in quotes."
            )
        yield _Entry(where, binding.key, binding.value)


def _json(text: str) -> Iterator[_Entry]:
    try:
        content = json.loads(text, object_pairs_hook=_Pairs)
    except json.JSONDecodeError as broken:
        raise SecretFileError(f"The JSON is broken at line {broken.lineno}.") from None
    except (ValueError, RecursionError):
        raise SecretFileError("The JSON is broken, or nested too deeply.") from None
    for number, item in enumerate(content, start=1):
        name, value = item if isinstance(content, _Pairs) else _key_and_value(item)
        if not isinstance(name, str) or not isinstance(value, str):
            raise SecretFileError(
                f"Entry {number} of the JSON is not a name and a text: write an object of texts, "
                'or a list of {"key": NAME, "value": TEXT}.'
            )
        yield _Entry(f"Entry {number}", name, value)


def _key_and_value(item: Any) -> tuple[Any, Any]:
    if not isinstance(item, _Pairs) or len(dict(item)) < len(item):
        return None, None  # No object, or one in which a field stands twice.
    fields = dict(item)
    return fields.get("key"), fields.get("value")
