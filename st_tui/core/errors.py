"""The errors that a person is meant to read: each has one sentence, which every door shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Refusal(ValueError):
    """Something that cannot be done as asked: one sentence that says what, and how to mend it.

    Every door shows the text as it is; nothing was changed when it is raised, unless it says so.
    """


class StoreError(Refusal):
    """The database cannot be used, or not now: missing, locked, read-only, on a full disk …"""


class Damaged(StoreError):
    """The database's file, at `path` where that is known, is no database or no whole one."""

    def __init__(self, path: Path | None) -> None:
        where = f" at {path}" if path else ""
        super().__init__(
            f"The database{where} is damaged or not a vault: restore it from your backup."
        )
