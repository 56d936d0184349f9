"""The text of a file that holds secrets: what is written reads back as the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Literal

from st_tui.core.errors import Refusal
from st_tui.core.secret import check_name
from st_tui.core.secret_files import WIDE_GAP, SecretFileError

Format = Literal["dotenv", "json"]

_NAME = re.compile(r"[\w.-]+")
# Inside single quotes python-dotenv reads these as escapes; other readers know none there at all.
# Some drop a carriage return.
_ESCAPES = re.compile(r"'|\\['\\]|\\$|\r")


def write(values: Mapping[str, str], kind: Format) -> str:
    """The text of a file with these secrets. Raises SecretFileError for a name it cannot hold."""
    if kind == "json":
        return json.dumps(dict(values), indent=2) + "\n"
    return "".join(f"{_written_name(name)}={_written(value)}\n" for name, value in values.items())


def _written_name(name: str) -> str:
    try:
        fits = check_name(name) == name
    except Refusal:
        fits = False
    if fits and _NAME.fullmatch(name):
        return name
    raise SecretFileError("The name of a secret cannot stand in a .env file: write JSON instead.")


def _written(value: str) -> str:
    # Single quotes hold text as it stands for every reader of such files, newlines too.
    if not _ESCAPES.search(value) and not WIDE_GAP.search(value):
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r") + '"'
