"""Who can reach this?  An inverted index over tokens, and the questions asked of it.

For each environment and set of permissions, the index has a posting list for each pattern: the
tokens that have it in a scope. Sets of tokens are bitmaps: one int, bit n for token n.

    prod, read    /common/**    tokens 0 and 2
                  /own/7/**     token 7

**Asked about a path**, the index looks up each prefix of the path. A pattern is filed under its
folder prefix, and matches only paths that begin with that: `/own/7/**` is filed under `/own/7`,
which is a prefix of `/own/7/db`. A pattern that begins with a wildcard has no folder prefix. It is
filed with another of its literals (see `one_against_many`), and tried if the path contains that.

**Asked about a pattern** (the query), the index compares it with all stored patterns by
`one_against_many`. A token reaches the query if one of its patterns overlaps it at a path that a
folder can have. The path of a folder that exists is preferred as the answer.

A question is about scopes and permissions at one moment. Tokens that have ended are left out.
Tokens that are inactive, or that trust some addresses only, are in: see `core.wording.caveats`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, compress, repeat
from operator import itemgetter
from typing import NamedTuple

from st_tui.core.model import Permission, ServiceToken
from st_tui.core.patterns import Pattern, folder_prefix, literal_prefix
from st_tui.core.reach.answers import Reaching, ReachingTokens
from st_tui.core.reach.one_against_many import (
    ActiveSet,
    Query,
    SplitPattern,
    Templates,
    possible_prefixes,
    query_for,
)
from st_tui.core.reach.postings import PatternBlock, PostingList, in_blocks, union


class PostingLists(NamedTuple):
    """The posting lists for one environment and one set of permissions, filed for each use.

    `by_prefix` files those with a folder prefix by that prefix; `blocks` has the same lists sorted
    by it, and `last_literals` the last prefix of each block. `without_prefix` has the others, of
    patterns that begin with a wildcard, by the pattern; `literals` has the literal of each, and
    `blocks_without_prefix` has the same lists in blocks.
    """

    by_prefix: dict[str, tuple[PostingList, ...]]
    without_prefix: dict[str, PostingList]
    literals: list[str]
    blocks: list[PatternBlock]
    blocks_without_prefix: list[PatternBlock]
    last_literals: list[str]


class ScopeIndex(NamedTuple):
    """Which scopes so many tokens have, which are numbered from 0; made by `ScopeLists`."""

    tokens: int
    lists: dict[tuple[str, frozenset[Permission]], PostingLists]

    def reaching(self, environment: str, path: str, operation: Permission) -> Reaching:
        """The tokens that may do the operation at this path."""
        matching = list(_matching(self.of(environment, operation), path))
        paths = {one.text: path for one in matching}
        return Reaching(self.tokens, union(matching), environment, paths.get)

    def of(self, environment: str, operation: Permission) -> list[PostingLists]:
        """The posting lists of one environment, of tokens that have the permission."""
        return [
            lists
            for (slug, permissions), lists in self.lists.items()
            if slug == environment and operation in permissions
        ]


class ScopeLists:
    """Collects the scopes of tokens, one token after the other, for an index of them."""

    def __init__(self) -> None:
        self._added = 0
        self._having: dict[tuple[str, frozenset[Permission]], dict[str, list[int]]] = {}

    def add(self, token: ServiceToken) -> None:
        """Add a token: its number is how many were added before."""
        for environment, text in token.scopes:
            having = self._having.setdefault((environment, token.permissions), {})
            numbers = having.get(text)
            if numbers is None:
                having[text] = [self._added]  # most have one: a list that has grown is larger
            else:
                numbers.append(self._added)
        self._added += 1

    def index(self) -> ScopeIndex:
        """The index of all that were added. Nothing is kept here: both at once take much memory."""
        keys = list(self._having)
        lists = {key: _posting_lists(self._having.pop(key), self._added) for key in keys}
        return ScopeIndex(self._added, lists)


class ReachIndex(NamedTuple):
    """What some tokens open at the moment `now`, in milliseconds since 1970; see `build_index`."""

    now: int
    tokens: tuple[ServiceToken, ...]
    scopes: ScopeIndex


def build_index(tokens: Iterable[ServiceToken], now: int) -> ReachIndex:
    """The index of those tokens that have not ended at `now`."""
    living = tuple(token for token in tokens if is_living(token, now))
    lists = ScopeLists()
    for token in living:
        lists.add(token)
    return ReachIndex(now, living, lists.index())


def is_living(token: ServiceToken, now: int) -> bool:
    """Whether a token has not ended."""
    return token.expires_at is None or now < token.expires_at


def bitmap_of_reaching(
    index: ReachIndex, environment: str, path: str, operation: Permission
) -> int:
    """The tokens that may do the operation at this path, as a bitmap."""
    return union(_matching(index.scopes.of(environment, operation), path))


def who(index: ReachIndex, environment: str, path: str, operation: Permission) -> ReachingTokens:
    """The tokens that may do the operation at this path, in the index's order."""
    return ReachingTokens(index.tokens, index.scopes.reaching(environment, path, operation))


def who_within(
    index: ReachIndex,
    environment: str,
    pattern: Pattern,
    operation: Permission,
    folders: Sequence[str],
) -> ReachingTokens:
    """The tokens that may do the operation at some path of a pattern, with their first such scope.

    `folders` are as for `reaching_within`. Raises TooComplex.
    """
    reaching = reaching_within(index.scopes, environment, pattern, operation, folders)
    return ReachingTokens(index.tokens, reaching)


def reaching_within(
    index: ScopeIndex,
    environment: str,
    pattern: Pattern,
    operation: Permission,
    folders: Sequence[str],
    *,
    go_on: Callable[[], object] = bool,
) -> Reaching:
    """The tokens that may do the operation at some path of a pattern.

    `folders` are the paths of the environment's folders, parents before children. Very many
    patterns can take seconds: `go_on` is called now and then, and may raise to give up; the default
    does nothing. Raises TooComplex.
    """
    every = index.of(environment, operation)
    in_query = list(filter(pattern.matches, folders))
    paths: dict[str, str | None] = {}
    for folder in in_query:
        go_on()
        for matching in _matching_with_prefix(every, folder):
            paths.setdefault(matching.text, folder)

    def existing(stored: SplitPattern) -> str | None:
        """The first folder that both match: looked up, or for a pattern without a prefix tried."""
        if stored.begins_with_literal:
            return paths.get(stored.text)
        literal = stored.literal
        return next((path for path in in_query if literal in path and stored.matches(path)), None)

    query = query_for(pattern.text)
    bitmap = 0
    overlapping: list[PostingList] = []
    for lists in every:
        for block in _candidates(lists, literal_prefix(pattern.text)):
            go_on()
            found = _overlapping(query, block, existing, go_on)
            if found is block.lists and block.bitmap is not None:
                bitmap |= block.bitmap
            else:
                overlapping += found

    def path_for(text: str) -> str | None:
        """Where a stored pattern overlaps the query, worked out when it is wanted."""
        if text not in paths:
            stored = next(filter(None, (_stored(lists, text) for lists in every)))
            paths[text] = existing(stored) or query.witness(stored)
        return paths[text]

    return Reaching(index.tokens, bitmap | union(overlapping), environment, path_for)


def _stored(lists: PostingLists, text: str) -> PostingList | None:
    """The posting list of this very pattern, if there is one."""
    with_prefix = lists.by_prefix.get(folder_prefix(text), ())
    found = next((one for one in with_prefix if one.text == text), None)
    return found or lists.without_prefix.get(text)


def _candidates(lists: PostingLists, beginning: str) -> Iterable[PatternBlock]:
    """The blocks that may hold a pattern that overlaps a query with this literal prefix.

    Two patterns overlap only if the literal prefix of one is a prefix of the other's.
    """
    lasts = lists.last_literals
    near = set(range(bisect_left(lasts, beginning), bisect_right(lasts, beginning + "\x7f") + 1))
    for prefix in possible_prefixes(beginning):
        if prefix in lists.by_prefix:
            near.update(range(bisect_left(lasts, prefix), bisect_right(lasts, prefix) + 1))
    blocks = (lists.blocks[at] for at in sorted(near) if at < len(lasts))
    return chain(blocks, lists.blocks_without_prefix)


def _overlapping(
    query: Query,
    block: PatternBlock,
    existing: Callable[[SplitPattern], str | None],
    go_on: Callable[[], object],
) -> Iterable[PostingList]:
    """The posting lists of a block whose patterns overlap the query; `block.lists` if all do."""

    def overlaps(active: ActiveSet, stored: SplitPattern) -> bool:
        go_on()
        return existing(stored) is not None or query.overlaps(active, stored)

    shared = query.active_set(block.before, block.shared)
    if query.is_fixed(shared, in_name=block.one_name):
        # All literals lead to the same active set. So there is one verdict for each template, and
        # no literal is read.
        by_key = {key: overlaps(shared, one) for key, one in block.of_each_template.items()}
        if not any(by_key.values()):
            return ()
        verdicts: list[bool | None] = list(map(by_key.__getitem__, block.template_keys))
    else:
        rests = map(itemgetter(slice(len(block.shared), None)), block.literals)
        active = query.active_sets(shared, rests)
        if len(block.lists) > len(active):
            active = list(chain.from_iterable(map(repeat, active, block.times)))
        verdicts = query.known_verdicts(active, block.template_keys)
        if None in verdicts:
            for at, (reached, one) in enumerate(zip(active, block.lists, strict=True)):
                if verdicts[at] is None:
                    verdicts[at] = overlaps(reached, one)
    return block.lists if all(verdicts) else compress(block.lists, verdicts)


def _matching(every: Sequence[PostingLists], path: str) -> Iterator[PostingList]:
    """The posting lists of the patterns that match a path."""
    yield from _matching_with_prefix(every, path)
    for lists in every:
        in_path = map(path.__contains__, lists.literals)
        for one in compress(lists.without_prefix.values(), in_path):
            if one.matches(path):
                yield one


def _matching_with_prefix(every: Sequence[PostingLists], path: str) -> Iterator[PostingList]:
    """The posting lists of the patterns that match a path and have a folder prefix."""
    prefixes = possible_prefixes(path)
    for lists in every:
        for prefix in prefixes:
            for one in lists.by_prefix.get(prefix, ()):
                if one.matches(path):
                    yield one


def _posting_lists(having: dict[str, list[int]], token_count: int) -> PostingLists:
    by_prefix: dict[str, tuple[PostingList, ...]] = {}
    without_prefix: dict[str, PostingList] = {}
    for pattern in Templates().split(list(having)):
        one = PostingList(pattern, having.pop(pattern.text), token_count)
        if one.begins_with_literal:
            by_prefix[one.literal] = (*by_prefix.get(one.literal, ()), one)
        else:
            without_prefix[one.text] = one
    blocks = in_blocks(chain.from_iterable(by_prefix.values()))
    return PostingLists(
        by_prefix,
        without_prefix,
        [one.literal for one in without_prefix.values()],
        blocks,
        in_blocks(without_prefix.values()),
        [block.lists[-1].literal for block in blocks],
    )
