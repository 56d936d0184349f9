"""Read the secrets of a file: `.env`, JSON, CSV, TSV or newline-delimited JSON.

No refusal repeats what the file holds: a line that is not understood may be part of a secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from st_tui.core.errors import Refusal
from st_tui.core.secrets.files import (
    FileSecret,
    SecretFileError,
    read_dotenv,
    read_json,
    read_table,
)
from st_tui.core.secrets.model import check_name, check_value

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes of a file that is read."""


class FileContent(NamedTuple):
    """The secrets of a file, each name once, and how many comments in it belong to no secret."""

    secrets: list[FileSecret]
    loose: int


def parse(data: bytes) -> list[FileSecret]:
    """The secrets of a file. Raises SecretFileError."""
    return content(data).secrets


def content(data: bytes) -> FileContent:
    """What a file holds. Its kind is told from its beginning.

    Raises SecretFileError for whatever is not clear: nothing is guessed, and no secret left out.
    """
    if len(data) > LARGEST_FILE:
        raise SecretFileError(f"The file is over {LARGEST_FILE} bytes: divide it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SecretFileError("The file is not text in UTF-8: save it as such.") from None
    found: dict[str, FileSecret] = {}
    loose = 0
    for where, stated in _entries(text):
        if stated is None:
            loose += 1
            continue
        try:
            secret = FileSecret(
                check_name(stated.name),
                check_value(stated.value),
                check_value(stated.comment, "comment"),
            )
        except Refusal as refused:
            raise SecretFileError(f"{where}: {refused}") from None
        found[secret.name] = _agreed(where, found.get(secret.name, secret), secret)
    if not found:
        raise SecretFileError(
            "The file holds no secrets: write NAME=VALUE lines, JSON, or CSV with the columns key "
            "and value."
        )
    return FileContent(list(found.values()), loose)


def _entries(text: str) -> Iterator[tuple[str, FileSecret | None]]:
    """Each secret as the file states it, with the words for where: `Line 3`, `Entry 2`.

    For a comment that belongs to no secret, there is None instead of a secret.
    """
    if text.lstrip()[:1] in ("{", "["):  # No .env line and no header begins so.
        return read_json.entries(text)
    header = read_table.header(text)
    return read_dotenv.entries(text) if header is None else read_table.entries(text, header)


def _agreed(where: str, before: FileSecret, again: FileSecret) -> FileSecret:
    """One secret of two that a file states under the same name. Both must agree.

    Raises SecretFileError.
    """
    if again.value != before.value:
        raise SecretFileError(
            f"{where} gives a secret another value than the file did before: keep one."
        )
    if again.comment and before.comment and again.comment != before.comment:
        raise SecretFileError(
            f"{where} gives a secret another comment than the file did before: keep one."
        )
    return before if before.comment else again
