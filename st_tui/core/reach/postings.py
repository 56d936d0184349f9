"""Distinct patterns with the tokens that have them, in blocks that are read at once.

Sets of tokens are ints, bit n for token n.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import chain, takewhile
from operator import attrgetter, or_
from typing import Final, NamedTuple

from st_tui.core.reach.one_against_many import StoredPattern

_FEW: Final = 256
"""A set smaller than this part of all tokens is kept as numbers: as bits it takes more room."""
_SPARSE: Final = 64
"""So few bits are sooner set one by one, and not kept for a block."""
_ONE: Final = ord("1")
_BLOCK: Final = 512


class Held(StoredPattern):
    """A pattern, and the tokens that have it: as numbers if they are few, else as bits."""

    __slots__ = ("bits", "few")

    def __init__(self, pattern: StoredPattern, numbers: Sequence[int], count: int) -> None:
        super().__init__(pattern.text, pattern.plain, pattern.shape)
        is_few = len(numbers) * _FEW < count
        self.few = tuple(numbers) if is_few else ()
        self.bits = 0 if is_few else _bits(numbers)


class Block(NamedTuple):
    """Some patterns with the same text before their plain parts, in the order of these.

    `plains` has the plain parts, and how many patterns have each; all begin with `shared`, and
    `is_flat` says that no slash comes after that. `keys` are those of the patterns' shapes, `kinds`
    has a pattern of each. `bits` are the tokens that have any of them, if those are kept.
    """

    before: str
    plains: dict[str, int]
    held: list[Held]
    keys: list[str]
    kinds: dict[str, Held]
    shared: str
    is_flat: bool
    bits: int | None


def in_blocks(held: Iterable[Held]) -> list[Block]:
    """The patterns in blocks, in order."""
    alike: dict[str, list[Held]] = {}
    for one in held:
        alike.setdefault(one.shape.before, []).append(one)
    for those in alike.values():
        those.sort(key=_plain_of)
    return [
        _block(before, those[start : start + _BLOCK])
        for before, those in alike.items()
        for start in range(0, len(those), _BLOCK)
    ]


def tokens_of(held: Iterable[Held]) -> int:
    """The tokens that have one of these patterns."""
    held = list(held)
    few = list(chain.from_iterable(map(_few_of, held)))
    return reduce(or_, filter(None, map(_bits_of, held)), _bits(few))


_plain_of, _few_of, _bits_of = map(attrgetter, ("plain", "few", "bits"))


def _block(before: str, held: list[Held]) -> Block:
    plains = Counter(map(_plain_of, held))
    # All that lies between two texts begins with what these have in common.
    same = takewhile(_is_same, zip(held[0].plain, held[-1].plain, strict=False))
    shared = "".join(char for char, _ in same)
    keys = [one.shape.key for one in held]
    return Block(
        before,
        plains,
        held,
        keys,
        dict(zip(keys, held, strict=True)),
        shared,
        all(plain.rfind("/") < len(shared) for plain in plains),
        tokens_of(held) if len(held) > _SPARSE else None,
    )


def _is_same(chars: tuple[str, str]) -> bool:
    return chars[0] == chars[1]


def _bits(numbers: Sequence[int]) -> int:
    """A set of numbers as bits, in time linear in how many they are and in the largest."""
    if len(numbers) < _SPARSE:
        return reduce(or_, map((1).__lshift__, numbers), 0)
    digits = bytearray(b"0") * (max(numbers) + 1)
    for number in numbers:
        digits[number] = _ONE
    digits.reverse()  # the lowest bit is the last digit
    return int(digits, 2)
