"""Posting lists: for each pattern, the tokens that have it. Blocks of them are compared at once.

A set of tokens is a bitmap: one int, bit n for token n. A short posting list is kept as the tokens'
numbers instead:

    /common/**   in 60,000 of 100,000 tokens: a bitmap of 12 KB
    /own/7/**    in one of 100,000 tokens: (7,)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import chain, takewhile
from operator import attrgetter, or_
from typing import Final, NamedTuple

from st_tui.core.reach.one_against_many import SplitPattern

_SHORT: Final = 256
"""A posting list with fewer than one in so many tokens is short: a bitmap would be larger."""
_SPARSE: Final = 64
"""Fewer bits than these are set one by one."""
_ONE: Final = ord("1")
_LARGEST_BLOCK: Final = 512
"""The most posting lists of a block."""
_SMALL_BLOCK: Final = 64
"""A block with no more posting lists keeps no bitmap of its own."""


class PostingList(SplitPattern):
    """A pattern and the tokens that have it: their `numbers` if they are few, else a `bitmap`."""

    __slots__ = ("bitmap", "numbers")

    def __init__(self, pattern: SplitPattern, numbers: Sequence[int], token_count: int) -> None:
        super().__init__(pattern.text, pattern.literal, pattern.template)
        is_short = len(numbers) * _SHORT < token_count
        self.numbers = tuple(numbers) if is_short else ()
        self.bitmap = 0 if is_short else _bitmap(numbers)


class PatternBlock(NamedTuple):
    """Posting lists of patterns with the same text before the hole, sorted by their literals.

    `times` says how many have each of `literals`, which all begin with `shared`. `one_name`
    says that behind it no literal has a slash. `template_keys` are those of the lists, in their
    order; `of_each_template` has one list for each key. `bitmap` has the tokens of all the lists;
    None if the block is too small for that to be worth it.
    """

    before: str
    literals: tuple[str, ...]
    times: tuple[int, ...]
    lists: list[PostingList]
    template_keys: list[str]
    of_each_template: dict[str, PostingList]
    shared: str
    one_name: bool
    bitmap: int | None


def in_blocks(lists: Iterable[PostingList]) -> list[PatternBlock]:
    """The posting lists in blocks, each of one text before the hole, sorted by their literals."""
    by_before: dict[str, list[PostingList]] = {}
    for one in lists:
        by_before.setdefault(one.template.before, []).append(one)
    for alike in by_before.values():
        alike.sort(key=_literal_of)
    return [
        _block(before, alike[start : start + _LARGEST_BLOCK])
        for before, alike in by_before.items()
        for start in range(0, len(alike), _LARGEST_BLOCK)
    ]


def union(lists: Iterable[PostingList]) -> int:
    """The bitmap of the tokens that are in any of these posting lists."""
    lists = list(lists)
    numbers = list(chain.from_iterable(map(_numbers_of, lists)))
    return reduce(or_, filter(None, map(_bitmap_of, lists)), _bitmap(numbers))


_literal_of, _numbers_of, _bitmap_of = map(attrgetter, ("literal", "numbers", "bitmap"))


def _block(before: str, lists: list[PostingList]) -> PatternBlock:
    literals = Counter(map(_literal_of, lists))
    # The lists are sorted: what the first and the last literal begin with, all begin with.
    same = takewhile(_is_same, zip(lists[0].literal, lists[-1].literal, strict=False))
    shared = "".join(char for char, _ in same)
    template_keys = [one.template.key for one in lists]
    return PatternBlock(
        before,
        tuple(literals),
        tuple(literals.values()),
        lists,
        template_keys,
        dict(zip(template_keys, lists, strict=True)),
        shared,
        all(literal.rfind("/") < len(shared) for literal in literals),
        union(lists) if len(lists) > _SMALL_BLOCK else None,
    )


def _is_same(chars: tuple[str, str]) -> bool:
    return chars[0] == chars[1]


def _bitmap(numbers: Sequence[int]) -> int:
    """A bitmap, made in time linear in how many numbers there are and in the largest."""
    if len(numbers) < _SPARSE:
        return reduce(or_, map((1).__lshift__, numbers), 0)
    digits = bytearray(b"0") * (max(numbers) + 1)
    for number in numbers:
        digits[number] = _ONE
    digits.reverse()  # the lowest bit is the last digit
    return int(digits, 2)
