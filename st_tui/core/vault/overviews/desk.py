"""What a call of an overview gets, and how it goes through all tokens in slices."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from st_tui.core.model import ServiceToken
from st_tui.core.packed import PackedTexts

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

Work = TypeVar("Work")

SLICE = 0.2
"""Seconds that one call works."""

_AT_ONCE = 250
"""Tokens that are read together."""


class Superseded(Exception):
    """Nobody waits for the answer any more."""


def begun(work: Work | None) -> Work:
    """Work that was begun. Raises LookupError if none was."""
    if work is None:
        raise LookupError("nothing was begun")
    return work


class Desk(NamedTuple):
    """The vault, and `go_on`: it raises Superseded once nobody waits for the answer."""

    vault: Vault
    go_on: Callable[[], object] = bool


class Progress(NamedTuple):
    """How many of the tokens were looked at."""

    done: int
    tokens: int

    @property
    def is_all(self) -> bool:
        """Whether nothing is left to do."""
        return self.done >= self.tokens


class Walk:
    """A way through all tokens of a project, the newest first, which can pause anywhere."""

    def __init__(self, ids: PackedTexts) -> None:
        self.ids = ids
        self.done = 0

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return Progress(self.done, len(self.ids))

    def slice(self, vault: Vault) -> Iterator[list[tuple[int, ServiceToken]]]:
        """The next tokens, some at a time, for as long as a slice may take.

        Each has the number of its id with it. A token that is gone by now is left out.
        """
        until = time.monotonic() + SLICE
        while self.done < len(self.ids):
            start, self.done = self.done, min(self.done + _AT_ONCE, len(self.ids))
            wanted = self.ids[start : self.done]
            numbers = {token_id: number for number, token_id in enumerate(wanted, start)}
            yield [(numbers[token.id], token) for token in vault.tokens.those(wanted)]
            if time.monotonic() > until:
                return
