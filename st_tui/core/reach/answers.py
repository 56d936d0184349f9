"""The tokens that reach something, each worked out only when somebody looks at it.

The answer to a question is a bitmap of tokens. A screen shows a few lines of 100,000 such tokens.
The scope and the path are looked up only for those few.
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
    """A token that may do what was asked, its first scope (0-based) that allows it, and where.

    `path` is one where it may; if it would take too long to find, the text of the query pattern.
    """

    token: ServiceToken
    scope: int
    path: str


class Reaching:
    """The numbers of the tokens that reach something, out of `count`, and how each of them does.

    For a token, the patterns of its scopes in `environment` are tried in order. `path_for` takes a
    pattern's text. It returns a path where the pattern allows what was asked; None if it does not
    allow that anywhere.
    """

    def __init__(
        self, count: int, bitmap: int, environment: str, path_for: Callable[[str], str | None]
    ) -> None:
        self._count = count
        self._bitmap = bitmap
        self._environment = environment
        self._path_for = path_for
        self._found = bitmap.bit_count()
        self._chunks: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return self._found

    def numbers(self) -> Iterator[int]:
        """The numbers of all tokens found, in their order."""
        return chain.from_iterable(map(self._numbers_in, range(len(self._ranks))))

    def number(self, rank: int) -> int:
        """The number of one of the tokens found, by its place among them."""
        chunk = bisect_right(self._ranks, rank) - 1
        return self._numbers_in(chunk)[rank - self._ranks[chunk]]

    def how(self, token: ServiceToken) -> ReachingToken:
        """How a token that was found reaches it."""
        for scope, (environment, text) in enumerate(token.scopes):
            if environment == self._environment and (path := self._path_for(text)) is not None:
                return ReachingToken(token, scope, path)
        raise LookupError(token.id)

    @cached_property
    def _bytes(self) -> bytes:
        return self._bitmap.to_bytes(self._count // 8 + 1, "little")

    @cached_property
    def _ranks(self) -> list[int]:
        """For each chunk of the bitmap, how many tokens are in the chunks before it."""
        starts = range(0, len(self._bytes), _CHUNK)
        counts = (int.from_bytes(self._bytes[at : at + _CHUNK]).bit_count() for at in starts)
        return list(accumulate(counts, initial=0))[:-1]

    def _numbers_in(self, chunk: int) -> list[int]:
        """The numbers of the tokens in one chunk of the bitmap."""
        if chunk not in self._chunks:
            at = chunk * _CHUNK
            bits = int.from_bytes(self._bytes[at : at + _CHUNK], "little")
            # The lowest bit, which is the first token's, is the last digit.
            ones = map("1".__eq__, f"{bits:b}"[::-1])
            self._chunks[chunk] = list(compress(count(8 * at), ones))
        return self._chunks[chunk]


class ReachingTokens(Sequence[ReachingToken]):
    """The tokens that reach something, each with how it does, in the order of `tokens`."""

    def __init__(self, tokens: Sequence[ServiceToken], reaching: Reaching) -> None:
        self._tokens = tokens
        self._reaching = reaching

    def __len__(self) -> int:
        return len(self._reaching)

    def __iter__(self) -> Iterator[ReachingToken]:
        return map(self._how, self._reaching.numbers())

    @overload
    def __getitem__(self, index: int) -> ReachingToken: ...
    @overload
    def __getitem__(self, index: slice) -> list[ReachingToken]: ...
    def __getitem__(self, index: int | slice) -> ReachingToken | list[ReachingToken]:
        rank = range(len(self))[index]
        if isinstance(rank, range):
            return [self[each] for each in rank]
        return self._how(self._reaching.number(rank))

    def _how(self, number: int) -> ReachingToken:
        return self._reaching.how(self._tokens[number])
