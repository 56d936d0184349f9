"""Who can reach this?  An index of tokens by what their scopes open, and the question asked of it.

The question is about scopes and permissions at one moment. Tokens that have ended are left out;
those that are not activated, or trust some addresses only, are in: see `core.wording.caveats`.

Each distinct pattern is kept once, with the set of tokens that have it, under its *stem*: the text
before its first segment with a wildcard, class or choice. A path can only match patterns whose
stem is the path itself or one of the folders above it, so a question looks at one group of patterns
for each segment of the path. Sets of tokens are ints, bit n for token n.

A pattern can be asked about as well: then a token can if it can at some path of the pattern. The
paths are those that folders can have, as in `core.algebra`, and a folder that exists is preferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import compress
from typing import NamedTuple

from st_tui.core.algebra import TooComplex, overlaps
from st_tui.core.drafts import stem
from st_tui.core.globs import Glob, PatternRefused, compile_glob
from st_tui.core.globs_parse import code_units
from st_tui.core.model import Permission, Scope, ServiceToken

_FEW = 64
"""A set smaller than a 64th of all tokens takes less room as numbers than as bits."""


class Reacher(NamedTuple):
    """A token that can, its first scope that does it (0-based), and a path where it can."""

    token: ServiceToken
    scope: int
    path: str


class Reach(NamedTuple):
    """What some tokens open at the moment `now`; make it with `index`."""

    now: int
    tokens: tuple[ServiceToken, ...]
    holders: dict[Permission, int]
    patterns: dict[str, dict[str, list[Pattern]]]  # by environment, then by stem


class Pattern:
    """A distinct pattern of one environment, and the numbers of the tokens that have it.

    It is compiled when it is first asked: most of many patterns never are.
    """

    __slots__ = ("_glob", "bits", "few", "text")

    def __init__(self, text: str, numbers: Sequence[int], count: int) -> None:
        is_few = len(numbers) * _FEW < count
        self.text = text
        self.few = tuple(numbers) if is_few else ()
        self.bits = 0 if is_few else _bits(numbers, count)
        self._glob: Glob | None = None

    def compiled(self) -> Glob | None:
        """The pattern compiled. None outside the scope language, from a file made elsewhere."""
        if self._glob is None:
            with suppress(PatternRefused):
                self._glob = compile_glob(self.text)
        return self._glob

    def matches(self, path: str) -> bool:
        """Whether the path is one of the pattern's."""
        glob = self.compiled()
        return glob is not None and glob.matches(path)


def index(tokens: Iterable[ServiceToken], now: int) -> Reach:
    """The index of those tokens that have not ended at `now`."""
    living = tuple(token for token in tokens if token.expires_at is None or now < token.expires_at)
    having: dict[Scope, list[int]] = {}
    for number, token in enumerate(living):
        for scope in token.scopes:
            having.setdefault(scope, []).append(number)
    patterns: dict[str, dict[str, list[Pattern]]] = {}
    for (environment, text), numbers in having.items():
        by_stem = patterns.setdefault(environment, {})
        pattern = Pattern(text, numbers, len(living))
        by_stem.setdefault(code_units(stem(text)), []).append(pattern)
    holders = {
        permission: _bits(
            [number for number, token in enumerate(living) if permission in token.permissions],
            len(living),
        )
        for permission in Permission
    }
    return Reach(now, living, holders, patterns)


def reaching(reach: Reach, environment: str, path: str, operation: Permission) -> int:
    """The tokens that may do it there, as bits."""
    return _having(reach, _opening(reach, environment, path), operation)


def who(reach: Reach, environment: str, path: str, operation: Permission) -> list[Reacher]:
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
) -> list[Reacher]:
    """The tokens that may do it at some path of a pattern, each with its first scope that overlaps.

    `folders` are those of the environment, parents before children. Very many patterns take
    seconds: `go_on` is called before each, and gives up by raising. Raises TooComplex.
    """
    opened: dict[Pattern, str] = {}
    for folder in filter(asked.matches, folders):
        go_on()
        for pattern in _opening(reach, environment, folder):
            opened.setdefault(pattern, folder)
    for pattern in _near(reach, environment, asked.text):
        go_on()
        if pattern in opened or not _having(reach, [pattern], operation):
            continue
        glob = pattern.compiled()
        if glob is None:
            continue
        try:
            witness = overlaps([asked], [glob]).witness
        except TooComplex as refused:
            raise TooComplex(f"{asked.text[:80]} beside {glob.text[:80]}: {refused}") from refused
        if witness is not None:
            opened[pattern] = witness
    return _reachers(reach, environment, opened, operation)


def _near(reach: Reach, environment: str, asked: str) -> Iterator[Pattern]:
    """The patterns whose stem is that of `asked`, or a folder above it or below it."""
    here = code_units(stem(asked))
    above = frozenset(_stems(here))
    below = "/" if here == "/" else f"{here}/"
    for stem_, patterns in reach.patterns.get(environment, {}).items():
        if stem_ in above or stem_.startswith(below):
            yield from patterns


def _opening(reach: Reach, environment: str, path: str) -> list[Pattern]:
    by_stem = reach.patterns.get(environment, {})
    return [
        pattern
        for stem_ in _stems(code_units(path))
        for pattern in by_stem.get(stem_, ())
        if pattern.matches(path)
    ]


def _stems(path: str) -> Iterator[str]:
    """The stems that a pattern may have that matches the path: `/`, `/a`, `/a/b` for `/a/b`."""
    yield "/"
    at = path.find("/", 2)
    while at != -1:
        yield path[:at]
        at = path.find("/", at + 1)
    if path != "/":
        yield path


def _having(reach: Reach, patterns: Iterable[Pattern], operation: Permission) -> int:
    bits = 0
    few: list[int] = []
    for pattern in patterns:
        bits |= pattern.bits
        few += pattern.few
    if few:
        bits |= _bits(few, len(reach.tokens))
    return bits & reach.holders[operation]


def _reachers(
    reach: Reach, environment: str, opened: dict[Pattern, str], operation: Permission
) -> list[Reacher]:
    """The tokens that have one of these patterns; each pattern comes with a path that it opens."""
    paths = {Scope(environment, pattern.text): path for pattern, path in opened.items()}
    # The lowest bit, which is the first token's, is the last digit.
    digits = f"{_having(reach, opened, operation):b}"[::-1]
    found = []
    for token in compress(reach.tokens, map("1".__eq__, digits)):
        number = next(number for number, scope in enumerate(token.scopes) if scope in paths)
        found.append(Reacher(token, number, paths[token.scopes[number]]))
    return found


def _bits(numbers: Iterable[int], count: int) -> int:
    """A set of numbers below `count` as bits, in time linear in both."""
    field = bytearray(count // 8 + 1)
    for number in numbers:
        field[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(field, "little")
