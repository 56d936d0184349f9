"""Who can reach this?  An index of tokens by what their scopes open, and the question asked of it.

The question is about scopes and permissions at one moment. Tokens that have ended are left out;
those that are not activated, or trust some addresses only, are in: see `core.wording.caveats`.

Each distinct pattern is kept once for each set of permissions, with the set of tokens that have it,
under its *head*: the plain text that it begins with (see `one_against_many`). A path can only match
patterns whose head it begins with, so a question looks up each beginning of the path; of those that
begin with no plain text it can only match those whose plain part it has in it. Sets of tokens are
ints, bit n for token n.

A pattern can be asked about as well: then a token can if it can at some path of the pattern. The
paths are those that folders can have, as in `core.algebra`, and a folder that exists is preferred.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, compress, repeat
from operator import itemgetter
from typing import NamedTuple

from st_tui.core.model import Permission, ServiceToken
from st_tui.core.patterns import Pattern, literal_prefix
from st_tui.core.reach.answers import Reachers
from st_tui.core.reach.one_against_many import Beside, Shapes, State, StoredPattern, beside, heads
from st_tui.core.reach.postings import Block, Held, in_blocks, tokens_of


class Patterns(NamedTuple):
    """The patterns of an environment: by text, by head, those without a head, and these in blocks.

    `others` have their plain parts beside them; `lasts` are the last heads of the blocks.
    """

    by_text: dict[str, Held]
    by_head: dict[str, list[Held]]
    others: list[Held]
    plains: list[str]
    blocks: list[Block]
    other_blocks: list[Block]
    lasts: list[str]


class Reach(NamedTuple):
    """What some tokens open at the moment `now`; make it with `index`."""

    now: int
    tokens: tuple[ServiceToken, ...]
    patterns: dict[tuple[str, frozenset[Permission]], Patterns]  # by environment and permissions


def index(tokens: Iterable[ServiceToken], now: int) -> Reach:
    """The index of those tokens that have not ended at `now`."""
    living = tuple(token for token in tokens if token.expires_at is None or now < token.expires_at)
    having: dict[tuple[str, frozenset[Permission]], dict[str, list[int]]] = {}
    for number, token in enumerate(living):
        for environment, text in token.scopes:
            place = having.setdefault((environment, token.permissions), {})
            place.setdefault(text, []).append(number)
    return Reach(
        now, living, {place: _patterns(numbers, len(living)) for place, numbers in having.items()}
    )


def reaching(reach: Reach, environment: str, path: str, operation: Permission) -> int:
    """The tokens that may do it there, as bits."""
    return tokens_of(_opening(reach, environment, path, operation))


def who(reach: Reach, environment: str, path: str, operation: Permission) -> Reachers:
    """The tokens that may do it there, in the index's order."""
    opening = list(_opening(reach, environment, path, operation))
    paths = {held.text: path for held in opening}
    return Reachers(reach.tokens, tokens_of(opening), environment, paths.get)


def who_within(
    reach: Reach,
    environment: str,
    asked: Pattern,
    operation: Permission,
    folders: Sequence[str],
    *,
    go_on: Callable[[], object] = bool,
) -> Reachers:
    """The tokens that may do it at some path of a pattern, each with its first scope that overlaps.

    `folders` are those of the environment, parents before children. Very many patterns can take
    seconds: `go_on` is called again and again, and gives up by raising. Raises TooComplex.
    """
    matched = list(filter(asked.matches, folders))
    paths: dict[str, str | None] = {}
    for folder in matched:
        go_on()
        for held in _with_heads(reach, environment, folder, operation):
            paths.setdefault(held.text, folder)

    def existing(pattern: StoredPattern) -> str | None:
        """The first folder of both; of many patterns without heads few are asked about."""
        if pattern.is_headed:
            return paths.get(pattern.text)
        plain = pattern.plain
        return next((path for path in matched if plain in path and pattern.matches(path)), None)

    comparing = beside(asked.text)
    beginning = literal_prefix(asked.text)
    bits = 0
    opened: list[Held] = []
    asking = _of(reach, environment, operation)
    for patterns in asking:
        for block in _near(patterns, beginning):
            go_on()
            found = _overlapping(comparing, block, existing, go_on)
            if found is block.held and block.bits is not None:
                bits |= block.bits
            else:
                opened += found

    def path(text: str) -> str | None:
        """Where a pattern overlaps, worked out when it is wanted."""
        if text not in paths:
            pattern = next(each.by_text[text] for each in asking if text in each.by_text)
            paths[text] = existing(pattern) or comparing.witness(pattern)
        return paths[text]

    return Reachers(reach.tokens, bits | tokens_of(opened), environment, path)


def _near(patterns: Patterns, beginning: str) -> Iterable[Block]:
    """The blocks with a head that begins with this, or this with it, and those without heads."""
    lasts = patterns.lasts
    near = set(range(bisect_left(lasts, beginning), bisect_right(lasts, beginning + "\x7f") + 1))
    for head in heads(beginning):
        if head in patterns.by_head:
            near.update(range(bisect_left(lasts, head), bisect_right(lasts, head) + 1))
    blocks = (patterns.blocks[at] for at in sorted(near) if at < len(lasts))
    return chain(blocks, patterns.other_blocks)


def _overlapping(
    comparing: Beside,
    block: Block,
    existing: Callable[[StoredPattern], str | None],
    go_on: Callable[[], object],
) -> Iterable[Held]:
    """Those of a block that overlap, as on an existing folder; `held` itself if it is all."""

    def overlaps(state: State, pattern: StoredPattern) -> bool:
        go_on()
        return existing(pattern) is not None or comparing.opens(state, pattern)

    state = comparing.after(block.before, block.shared)
    if comparing.stays(state, in_name=block.is_flat):
        kinds = {key: overlaps(state, pattern) for key, pattern in block.kinds.items()}
        if not any(kinds.values()):
            return ()
        opens: list[bool | None] = list(map(kinds.__getitem__, block.keys))
    else:
        rests = map(itemgetter(slice(len(block.shared), None)), block.plains)
        states = comparing.after_each(state, rests)
        if len(block.held) > len(states):
            states = list(chain.from_iterable(map(repeat, states, block.plains.values())))
        opens = comparing.known(states, block.keys)
        if None in opens:
            for at, (state, one) in enumerate(zip(states, block.held, strict=True)):
                if opens[at] is None:
                    opens[at] = overlaps(state, one)
    return block.held if all(opens) else compress(block.held, opens)


def _of(reach: Reach, environment: str, operation: Permission) -> list[Patterns]:
    """The patterns of an environment that are held with a permission."""
    return [
        patterns
        for (slug, permissions), patterns in reach.patterns.items()
        if slug == environment and operation in permissions
    ]


def _opening(reach: Reach, environment: str, path: str, operation: Permission) -> Iterator[Held]:
    """The patterns that match a path."""
    yield from _with_heads(reach, environment, path, operation)
    for _, _, others, plains, *_ in _of(reach, environment, operation):
        for held in compress(others, map(path.__contains__, plains)):
            if held.matches(path):
                yield held


def _with_heads(reach: Reach, environment: str, path: str, operation: Permission) -> Iterator[Held]:
    """Those of them that have a head."""
    beginnings = heads(path)
    for _, by_head, *_ in _of(reach, environment, operation):
        for head in beginnings:
            for held in by_head.get(head, ()):
                if held.matches(path):
                    yield held


def _patterns(having: dict[str, list[int]], count: int) -> Patterns:
    by_text = {
        pattern.text: Held(pattern, having[pattern.text], count)
        for pattern in Shapes().split(having)
    }
    by_head: dict[str, list[Held]] = {}
    others: list[Held] = []
    for held in by_text.values():
        (by_head.setdefault(held.plain, []) if held.is_headed else others).append(held)
    blocks = in_blocks(chain.from_iterable(by_head.values()))
    return Patterns(
        by_text,
        by_head,
        others,
        [held.plain for held in others],
        blocks,
        in_blocks(others),
        [block.held[-1].plain for block in blocks],
    )
