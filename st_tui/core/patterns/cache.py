"""A cache whose memory is bounded, for what is costly to compile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Made = TypeVar("Made")


class BoundedCache(dict[Key, Made]):
    """What was made of each key: made when first asked for, and then remembered.

    `weigh` says how much room a key takes, of `limit` in all. When too little is left, everything
    is forgotten. No order of use is kept, so that a hit is a plain look-up in a dict.
    """

    __slots__ = ("_left", "_limit", "_make", "_weigh")

    def __init__(
        self, make: Callable[[Key], Made], weigh: Callable[[Key], int], limit: int
    ) -> None:
        super().__init__()
        self._make = make
        self._weigh = weigh
        self._limit = self._left = limit

    def __missing__(self, key: Key) -> Made:
        made = self._make(key)
        weight = self._weigh(key)
        if weight > self._left:
            self.clear()
            self._left = self._limit
        self._left -= weight
        self[key] = made
        return made
