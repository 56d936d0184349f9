"""Which column of a table, or field of a JSON object, holds what of a secret."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

_NAMES = frozenset({"key", "name", "secretkey", "secretname"})
_VALUES = frozenset({"value", "secretvalue"})
_COMMENTS = frozenset({"comment", "secretcomment"})


class Columns(NamedTuple):
    """The titles of the columns that are read; others hold nothing that is kept."""

    name: str
    value: str
    comment: str | None


def columns(titles: Iterable[str]) -> Columns | None:
    """The columns under these titles, as Infisical and others write them, in any case.

    None where there is none for the name or the value, or more than one for the same.
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
