"""The tokens that can reach something, each looked at only when it is asked for.

Of 100,000 tokens that can, a screen shows a few lines: those are all that is worked out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, chain, compress, count
from typing import NamedTuple, overload

from st_tui.core.model import ServiceToken

_BYTES = 128
"""So much of the set is worked out at once."""


class Reacher(NamedTuple):
    """A token that can, its first scope that does it (0-based), and a path where it can.

    Where a path would take too long to find, the pattern that was asked about stands instead.
    """

    token: ServiceToken
    scope: int
    path: str


class Reachers(Sequence[Reacher]):
    """Those of some tokens, by their bits, that can in one environment.

    `path` says, of a pattern by its text, where it lets them; None if nowhere.
    """

    def __init__(
        self,
        tokens: Sequence[ServiceToken],
        bits: int,
        environment: str,
        path: Callable[[str], str | None],
    ) -> None:
        self._tokens = tokens
        self._bits = bits
        self._environment = environment
        self._path = path
        self._count = bits.bit_count()
        self._parts: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Reacher]:
        return map(self._reacher, chain.from_iterable(map(self._part, range(len(self._before)))))

    @overload
    def __getitem__(self, index: int) -> Reacher: ...
    @overload
    def __getitem__(self, index: slice) -> list[Reacher]: ...
    def __getitem__(self, index: int | slice) -> Reacher | list[Reacher]:
        found = range(self._count)[index]
        if isinstance(found, range):
            return [self[place] for place in found]
        part = bisect_right(self._before, found) - 1
        return self._reacher(self._part(part)[found - self._before[part]])

    def _reacher(self, number: int) -> Reacher:
        token = self._tokens[number]
        for scope, (environment, text) in enumerate(token.scopes):
            if environment == self._environment and (path := self._path(text)) is not None:
                return Reacher(token, scope, path)
        raise LookupError(number)

    @cached_property
    def _bytes(self) -> bytes:
        return self._bits.to_bytes(len(self._tokens) // 8 + 1, "little")

    @cached_property
    def _before(self) -> list[int]:
        """How many there are before each part."""
        parts = range(0, len(self._bytes), _BYTES)
        counts = (int.from_bytes(self._bytes[at : at + _BYTES]).bit_count() for at in parts)
        return list(accumulate(counts, initial=0))[:-1]

    def _part(self, part: int) -> list[int]:
        """The numbers of the tokens of one part."""
        if part not in self._parts:
            at = part * _BYTES
            bits = int.from_bytes(self._bytes[at : at + _BYTES], "little")
            # The lowest bit, which is the first token's, is the last digit.
            ones = map("1".__eq__, f"{bits:b}"[::-1])
            self._parts[part] = list(compress(count(8 * at), ones))
        return self._parts[part]
