"""The tokens that can reach something, each looked at only when it is asked for.

Of 100,000 tokens that can, a screen shows a few lines: those are all that is worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress
from typing import NamedTuple, overload

from st_tui.core.model import ServiceToken

_FEW = 16
"""A set of less than a 16th of all is read one by one."""


class Reacher(NamedTuple):
    """A token that can, its first scope that does it (0-based), and a path where it can."""

    token: ServiceToken
    scope: int
    path: str


class Reachers(Sequence[Reacher]):
    """Those of some tokens, by their bits, that can in one environment.

    `paths` has, by its text, each pattern that does it, and a path where it does.
    """

    def __init__(
        self,
        tokens: Sequence[ServiceToken],
        bits: int,
        environment: str,
        paths: Mapping[str, str],
    ) -> None:
        self._tokens = tokens
        self._bits = bits
        self._environment = environment
        self._paths = paths

    def __len__(self) -> int:
        return self._bits.bit_count()

    def __iter__(self) -> Iterator[Reacher]:
        return map(self._reacher, self._numbers)

    @overload
    def __getitem__(self, index: int) -> Reacher: ...
    @overload
    def __getitem__(self, index: slice) -> list[Reacher]: ...
    def __getitem__(self, index: int | slice) -> Reacher | list[Reacher]:
        if isinstance(index, slice):
            return list(map(self._reacher, self._numbers[index]))
        return self._reacher(self._numbers[index])

    def _reacher(self, number: int) -> Reacher:
        token = self._tokens[number]
        for scope, (environment, text) in enumerate(token.scopes):
            if environment == self._environment and text in self._paths:
                return Reacher(token, scope, self._paths[text])
        raise LookupError(number)

    @cached_property
    def _numbers(self) -> list[int]:
        # The lowest bit, which is the first token's, is the last digit.
        digits = f"{self._bits:b}"[::-1]
        if len(self) * _FEW > len(digits):
            return list(compress(range(len(digits)), map("1".__eq__, digits)))
        numbers = []
        at = digits.find("1")
        while at != -1:
            numbers.append(at)
            at = digits.find("1", at + 1)
        return numbers
