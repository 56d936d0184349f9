"""The tokens that can reach something, each worked out only when it is asked for.

The answer to a question is a bitmap of tokens. Of 100,000 tokens in it a screen shows a few lines:
only for those are the scope and the path looked up.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, chain, compress, count
from typing import NamedTuple, overload

from st_tui.core.model import ServiceToken

_CHUNK = 128
"""Bytes of the bitmap whose token numbers are worked out together."""


class ReachingToken(NamedTuple):
    """A token that can, its first scope that lets it (0-based), and a path where it can.

    Where a path would take too long to find, the query pattern's text stands for it.
    """

    token: ServiceToken
    scope: int
    path: str


class ReachingTokens(Sequence[ReachingToken]):
    """A bitmap of tokens as a sequence of ReachingToken, in order.

    A token's scopes in `environment` are tried in turn: `path_for` returns, for a pattern's text, a
    path where it lets a token do what was asked; None if there is none.
    """

    def __init__(
        self,
        tokens: Sequence[ServiceToken],
        bitmap: int,
        environment: str,
        path_for: Callable[[str], str | None],
    ) -> None:
        self._tokens = tokens
        self._bitmap = bitmap
        self._environment = environment
        self._path_for = path_for
        self._count = bitmap.bit_count()
        self._chunks: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[ReachingToken]:
        return map(self._found, chain.from_iterable(map(self._chunk, range(len(self._ranks)))))

    @overload
    def __getitem__(self, index: int) -> ReachingToken: ...
    @overload
    def __getitem__(self, index: slice) -> list[ReachingToken]: ...
    def __getitem__(self, index: int | slice) -> ReachingToken | list[ReachingToken]:
        rank = range(self._count)[index]
        if isinstance(rank, range):
            return [self[each] for each in rank]
        chunk = bisect_right(self._ranks, rank) - 1
        return self._found(self._chunk(chunk)[rank - self._ranks[chunk]])

    def _found(self, number: int) -> ReachingToken:
        token = self._tokens[number]
        for scope, (environment, text) in enumerate(token.scopes):
            if environment == self._environment and (path := self._path_for(text)) is not None:
                return ReachingToken(token, scope, path)
        raise LookupError(number)

    @cached_property
    def _bytes(self) -> bytes:
        return self._bitmap.to_bytes(len(self._tokens) // 8 + 1, "little")

    @cached_property
    def _ranks(self) -> list[int]:
        """For each chunk, how many tokens are in the chunks before it."""
        starts = range(0, len(self._bytes), _CHUNK)
        counts = (int.from_bytes(self._bytes[at : at + _CHUNK]).bit_count() for at in starts)
        return list(accumulate(counts, initial=0))[:-1]

    def _chunk(self, chunk: int) -> list[int]:
        """The numbers of the tokens in one chunk."""
        if chunk not in self._chunks:
            at = chunk * _CHUNK
            bits = int.from_bytes(self._bytes[at : at + _CHUNK], "little")
            # The lowest bit, which is the first token's, is the last digit.
            ones = map("1".__eq__, f"{bits:b}"[::-1])
            self._chunks[chunk] = list(compress(count(8 * at), ones))
        return self._chunks[chunk]
