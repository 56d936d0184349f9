"""Files that hold secrets: `.env`, JSON, CSV and others, read by `read` and written by `write`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from st_tui.core.errors import Refusal


class SecretFileError(Refusal):
    """A file that cannot be read as secrets, or secrets that a file cannot hold."""


@dataclass(frozen=True, slots=True)
class FileSecret:
    """A secret as a file has it. Nothing of it shows in a `repr`."""

    name: str = field(repr=False)
    value: str = field(repr=False)
    comment: str = field(default="", repr=False)


def refuse_line(number: int, why: str) -> NoReturn:
    """Raise SecretFileError about a line of a file; `why` is the sentence after `Line N`."""
    raise SecretFileError(f"Line {number} {why}.")
