"""Which column of a table, or field of a JSON object, holds a secret's name, value and comment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

_NAMES = frozenset({"key", "name", "secretkey", "secretname"})
_VALUES = frozenset({"value", "secretvalue"})
_COMMENTS = frozenset({"comment", "secretcomment"})


class Columns(NamedTuple):
    """The titles of the columns that are read; any others are left out."""

    name: str
    value: str
    comment: str | None


def columns(titles: Iterable[str]) -> Columns | None:
    """Which of these titles are the columns: `Key`, `secretValue`, `SECRET_COMMENT` and the like.

    None if there is none for the name or for the value, or more than one for the same.
    """
    found: list[str | None] = []
    stated = list(titles)
    for known in (_NAMES, _VALUES, _COMMENTS):
        meant = [title for title in stated if title.replace("_", "").casefold() in known]
        if len(meant) > 1:
            return None
        found.append(meant[0] if meant else None)
    name, value, comment = found
    return None if name is None or value is None else Columns(name, value, comment)
