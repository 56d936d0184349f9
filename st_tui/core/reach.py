"""Who can reach this?  An index of tokens by what their scopes open, and the question asked of it.

The question is about scopes and permissions at one moment. Tokens that have ended are left out;
those that are not activated, or trust some addresses only, are in: see `core.wording.caveats`.

Each distinct pattern is kept once, with the set of tokens that have it, under its *head*: the plain
text that it begins with (see `beside_many`). A path can only match patterns whose head it begins
with, so a question looks up each beginning of the path. Sets of tokens are ints, bit n for token n.

A pattern can be asked about as well: then a token can if it can at some path of the pattern. The
paths are those that folders can have, as in `core.algebra`, and a folder that exists is preferred.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, compress, count
from typing import Final, NamedTuple

from st_tui.core.beside_many import Shape, Shapes, beside, heads
from st_tui.core.globs import Glob, plain_beginning
from st_tui.core.model import Permission, Scope, ServiceToken
from st_tui.core.reachers import Reachers

_FEW: Final = 256
"""A set smaller than this part of all tokens is kept as numbers: as bits it takes more room."""


class Pattern:
    """A distinct pattern of one environment, and the numbers of the tokens that have it."""

    __slots__ = ("bits", "few", "head", "shape", "text")

    def __init__(
        self, text: str, head: str, shape: Shape, numbers: Sequence[int], count: int
    ) -> None:
        is_few = len(numbers) * _FEW < count
        self.text = text
        self.head = head
        self.shape = shape
        self.few = tuple(numbers) if is_few else ()
        self.bits = 0 if is_few else _bits(numbers, count)

    def matches(self, path: str) -> bool:
        """Whether a path that begins with the pattern's head is one of the pattern's."""
        return self.shape.matches(path[len(self.head) :])

    def is_held(self, holders: Holders) -> bool:
        """Whether one of the holders has it."""
        return bool(self.bits & holders.bits) or any(map(holders.flags.__getitem__, self.few))


class Patterns(NamedTuple):
    """The patterns of an environment by head, and the heads in order with the patterns of each."""

    by_head: dict[str, list[Pattern]]
    heads: list[str]
    groups: list[list[Pattern]]


class Holders(NamedTuple):
    """The tokens that have a permission, as bits, and as a byte for each token, 1 or 0."""

    bits: int
    flags: bytes


class Reach(NamedTuple):
    """What some tokens open at the moment `now`; make it with `index`."""

    now: int
    tokens: tuple[ServiceToken, ...]
    holders: dict[Permission, Holders]
    patterns: dict[str, Patterns]  # by environment


def index(tokens: Iterable[ServiceToken], now: int) -> Reach:
    """The index of those tokens that have not ended at `now`."""
    living = tuple(token for token in tokens if token.expires_at is None or now < token.expires_at)
    having: dict[Scope, list[int]] = {}
    for number, token in enumerate(living):
        for scope in token.scopes:
            having.setdefault(scope, []).append(number)
    by_heads: dict[str, dict[str, list[Pattern]]] = {}
    shapes = Shapes()
    for (environment, text), numbers in having.items():
        pattern = Pattern(text, *shapes.split(text), numbers, len(living))
        by_heads.setdefault(environment, {}).setdefault(pattern.head, []).append(pattern)
    return Reach(
        now,
        living,
        {permission: _holders(living, permission) for permission in Permission},
        {environment: _in_order(by_head) for environment, by_head in by_heads.items()},
    )


def reaching(reach: Reach, environment: str, path: str, operation: Permission) -> int:
    """The tokens that may do it there, as bits."""
    return _having(reach, _opening(reach, environment, path), operation)


def who(reach: Reach, environment: str, path: str, operation: Permission) -> Reachers:
    """The tokens that may do it there, in the index's order."""
    opening = _opening(reach, environment, path)
    return _reachers(reach, environment, dict.fromkeys(opening, path), operation)


def who_within(
    reach: Reach,
    environment: str,
    asked: Glob,
    operation: Permission,
    folders: Sequence[str],
    *,
    go_on: Callable[[], object] = bool,
) -> Reachers:
    """The tokens that may do it at some path of a pattern, each with its first scope that overlaps.

    `folders` are those of the environment, parents before children. Very many patterns can take
    seconds: `go_on` is called again and again, and gives up by raising. Raises TooComplex.
    """
    opening: dict[Pattern, str] = {}
    for folder in filter(asked.matches, folders):
        go_on()
        for pattern in _opening(reach, environment, folder):
            opening.setdefault(pattern, folder)
    comparing = beside(asked.text)
    holders = reach.holders[operation]
    for head, patterns in _near(reach, environment, asked.text):
        go_on()
        after = comparing.after(head)
        if not after.alive:
            continue
        for pattern in patterns:
            if pattern in opening:
                continue
            shape = pattern.shape
            rests = after.rests_in_name if shape.in_name else after.rests
            if shape.text not in rests:
                if not pattern.is_held(holders):
                    continue
                go_on()
                rests[shape.text] = comparing.rest(pattern.text, head)
            rest = rests[shape.text]
            if rest is not None:
                opening[pattern] = head + rest
    return _reachers(reach, environment, opening, operation)


def _near(reach: Reach, environment: str, asked: str) -> Iterable[tuple[str, list[Pattern]]]:
    """The patterns, by head, whose head begins with what `asked` begins with, or the reverse.

    What is both comes twice, which costs less than to tell.
    """
    if environment not in reach.patterns:
        return ()
    by_head, heads_, groups = reach.patterns[environment]
    beginning = plain_beginning(asked)
    first, last = (bisect_left(heads_, beginning + end) for end in ("", "\x7f"))
    shorter = ((head, by_head[head]) for head in heads(beginning) if head in by_head)
    return chain(shorter, zip(heads_[first:last], groups[first:last], strict=True))


def _opening(reach: Reach, environment: str, path: str) -> list[Pattern]:
    if environment not in reach.patterns:
        return []
    by_head = reach.patterns[environment].by_head
    return [
        pattern
        for head in heads(path)
        if head in by_head
        for pattern in by_head[head]
        if pattern.matches(path)
    ]


def _having(reach: Reach, patterns: Iterable[Pattern], operation: Permission) -> int:
    bits = 0
    few: list[int] = []
    for pattern in patterns:
        bits |= pattern.bits
        few += pattern.few
    if few:
        bits |= _bits(few, len(reach.tokens))
    return bits & reach.holders[operation].bits


def _reachers(
    reach: Reach, environment: str, opened: dict[Pattern, str], operation: Permission
) -> Reachers:
    """The tokens that have one of these patterns; each pattern comes with a path that it opens."""
    paths = {pattern.text: path for pattern, path in opened.items()}
    return Reachers(reach.tokens, _having(reach, opened, operation), environment, paths)


def _in_order(by_head: dict[str, list[Pattern]]) -> Patterns:
    ordered = sorted(by_head)
    return Patterns(by_head, ordered, [by_head[head] for head in ordered])


def _holders(tokens: Sequence[ServiceToken], permission: Permission) -> Holders:
    flags = bytes(permission in token.permissions for token in tokens)
    return Holders(_bits(compress(count(), flags), len(tokens)), flags)


def _bits(numbers: Iterable[int], count: int) -> int:
    """A set of numbers below `count` as bits, in time linear in both."""
    field = bytearray(count // 8 + 1)
    for number in numbers:
        field[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(field, "little")
