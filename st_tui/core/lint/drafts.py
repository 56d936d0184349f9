"""What a person should know about a draft before it becomes a token that cannot be changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from st_tui.core.algebra import TooComplex, Work, contains
from st_tui.core.algebra.comparison import granting, redundant
from st_tui.core.lint.names import Names, about_name
from st_tui.core.lint.no_folder import why_never
from st_tui.core.model import Permission, Scope, ServiceToken, TokenDraft, Use
from st_tui.core.patterns import PatternRefused, compile_pattern, is_plain

_SCOPES_REMEMBERED: Final = 4_096

# While a person types: 20 ms at most for all scopes, 4 ms for each that has a trap.
_STEPS: Final = 100_000
_STEPS_SHORTEST: Final = 20_000

MANY_USES = 2**32 * 9 // 10
"""From how many uses on a token is warned about: Infisical documents a limit of 2^32."""

_LETS_DOTS_IN = re.compile(r"\[\^|\{(?:[^}]*,)?\.")
_SMALLEST = (
    (r"(?<=/)\[\^[^]]*\]", "."),
    (r"(?<=/)\{(?:[^}]*,)?(\.[^,}]*)[^}]*\}", r"\1"),
    (r"\[\^[^]]*\]|\*\*|\*|\?", "x"),
    (r"\[(.)[^]]*\]|\{([^,}]*)[^}]*\}", r"\1\2"),
)
"""Each piece of a pattern, and the least that it may stand for; a dot where one is let in."""


class Places(dict[str, Sequence[str]]):
    """The paths of each environment's folders, the root among them.

    How many of them a scope opens is remembered, for it is asked again with every key, and of token
    after token.
    """

    def __init__(self, folders: Mapping[str, Sequence[str]]) -> None:
        super().__init__(folders)
        self.opened = lru_cache(maxsize=_SCOPES_REMEMBERED)(self._opened)

    def _opened(self, scope: Scope) -> int | None:
        """How many folders; None if it grants nothing, for it has no environment or no pattern."""
        glob = granting(scope)
        if glob is None or scope.environment not in self:
            return None
        return sum(map(glob.matches, self[scope.environment]))


def lint(
    draft: TokenDraft | ServiceToken,
    folders: Mapping[str, Sequence[str]],
    written: Collection[str] | None = None,
    uses: Iterable[Use] = (),
    names: Names | None = None,
) -> list[str]:
    """Warnings about a draft or a token, a sentence each, the most telling first.

    `folders` are the paths of each environment's folders, the root among them, or `Places` if they
    are looked at again; `written` the environments that some other token may write to, where that
    is known; `uses` what the audit log has of a token; `names` the names of all tokens, of which
    the one that is looked at may be one, but no draft is. That a replaced token is called as its
    successor is no warning, so `names` has none of these.
    """
    warnings: list[str] = []
    places = folders if isinstance(folders, Places) else Places(folders)
    if isinstance(draft, ServiceToken) and draft.use_count >= MANY_USES:
        warnings.append(
            f"It was used {draft.use_count:,} times, near the documented limit of 2^32: rotate it."
        )
    is_replaced = isinstance(draft, ServiceToken) and draft.is_replaced
    if names is not None and not is_replaced:
        warnings += about_name(draft.name, names, is_among=isinstance(draft, ServiceToken))
    covered = _covered(draft.scopes)
    for number, scope in enumerate(draft.scopes, start=1):
        about = _about_scope(scope, draft.scopes[: number - 1], places)
        if scope not in draft.scopes[: number - 1] and number - 1 in covered:
            by = ", ".join(str(index + 1) for index in covered[number - 1])
            about.append(f"says nothing new: scope {by} opens all of it (proved).")
        warnings += [f"Scope {number}: {warning}" for warning in about]
    if (wider := _wider_than_used(draft.scopes, folders, uses)) is not None:
        warnings.append(wider)
    if written is not None and Permission.WRITE in draft.permissions:
        fresh = {scope.environment for scope in draft.scopes} & folders.keys() - set(written)
        warnings += [f"No other token may write to {environment}." for environment in sorted(fresh)]
    if draft.permissions == frozenset({Permission.WRITE}):
        warnings.append("It may write but not read: write does not imply read.")
    if draft.expires_at is None:
        warnings.append("It never expires: it lives until somebody revokes it.")
    return warnings


def opens_nothing(scope: Scope, places: Places) -> str | None:
    """That no folder is opened by a scope today, without the subject; None if one is."""
    if scope.environment not in places or places.opened(scope) != 0:
        return None
    return why_never(scope.secret_path) or f"matches no folder that is in {scope.environment} now."


def lint_each(
    tokens: Sequence[ServiceToken],
    folders: Mapping[str, Sequence[str]],
    writers: Counter[str],
    uses: Mapping[str, Sequence[Use]],
    names: Names,
) -> Iterator[tuple[ServiceToken, str]]:
    """The warnings about tokens that exist, each with its token.

    `writers` and `names` as of all of them, `uses` by the tokens' ids, `folders` as for `lint`.
    """
    places = folders if isinstance(folders, Places) else Places(folders)
    for token in tokens:
        others = (writers - writers_of([token])).keys()
        for warning in lint(token, places, others, uses.get(token.id, ()), names):
            yield token, warning


def writers_of(tokens: Iterable[ServiceToken]) -> Counter[str]:
    """How many of these tokens may write to each environment."""
    return Counter(
        environment
        for token in tokens
        if Permission.WRITE in token.permissions
        for environment in {scope.environment for scope in token.scopes}
    )


@lru_cache(maxsize=4)
def _covered(scopes: tuple[Scope, ...]) -> Mapping[int, tuple[int, ...]]:
    """What is redundant, as far as that can be proved between two keys.

    Remembered for the drafts that are looked at again and again while other fields change.
    """
    try:
        return redundant(scopes, _STEPS)
    except TooComplex:
        return {}  # nothing is claimed that was not proved


def _wider_than_used(
    scopes: Iterable[Scope], folders: Mapping[str, Sequence[str]], uses: Iterable[Use]
) -> str | None:
    """Beside what is known to be in use, of the folders there are now; None if nothing is."""
    touched = {(use.environment, use.path) for use in uses}
    if not touched:
        return None
    opened = {
        (scope.environment, path)
        for scope in scopes
        if (glob := granting(scope)) is not None
        for path in folders.get(scope.environment, ())
        if glob.matches(path)
    }
    used = len(touched & opened)
    if used in (0, len(opened)):
        return None
    were = "1 was" if used == 1 else f"{used} were"
    return f"Wider than used: opens {len(opened)} folders, {were} used: narrow it."


def _about_scope(scope: Scope, before: Sequence[Scope], places: Places) -> list[str]:
    if scope.environment not in places:
        return [f"there is no environment {scope.environment}."]
    if scope in before:
        return [f"the same as scope {before.index(scope) + 1}."]
    try:
        glob = compile_pattern(scope.secret_path)
    except PatternRefused as refused:
        return [str(refused)]
    there, opened = len(places[scope.environment]), places.opened(scope)
    if (nothing := opens_nothing(scope, places)) is not None:
        can_ever = why_never(scope.secret_path) is None
        return [nothing, *(_traps(scope.secret_path) if can_ever else ())]
    warnings = _traps(scope.secret_path)
    if opened == there > 1 and not glob.is_plain:
        warnings.insert(0, f"opens all {there} folders of {scope.environment}.")
    return warnings


def _traps(pattern: str) -> list[str]:
    """What a pattern's look hides: see `core.globs` for where each rule comes from."""
    segments = re.sub(r"(/\*\*)+(?=/|$)", "/**", pattern).split("/")[1:]  # `/**/**` is `/**`
    parent = "/" + "/".join(segments[:-1])
    warnings = []
    if segments[-1] == "*" and (left_out := _left_out(parent, pattern)):
        if "**" in segments:
            rest = ""  # what is deeper is opened
        elif left_out == parent:
            rest = " and all that is deeper"
        else:
            rest = f", and all that is deeper than {left_out}/a"
        warnings.append(f"{pattern} leaves out {left_out} itself{rest}.")
    # picomatch: `/x/**` matches `/x`, but not where a `*` ends the segment before.
    above = _shortest(parent, pattern) if segments[-1] == "**" and parent.endswith("*") else None
    if segments[0] == "**" and segments[1:]:
        left_out = _left_out("/" + "/".join(segments[1:]), pattern)
        if left_out not in (None, above):
            warnings.append(f"{pattern} leaves out {left_out} in the root.")
    if above:
        warnings.append(f"{pattern} leaves out {above}, though not what is below it.")
    if "**" in segments[1:-1]:
        named = [segments[0], *(name for name in segments[1:-1] if name != "**"), segments[-1]]
        without = _shortest("/" + "/".join(named))
        if without and compile_pattern(pattern).matches(without):
            warnings.append(f"{pattern} opens {without} as well: its ** may stand for no folder.")
    if any(_LETS_DOTS_IN.match(segment) for segment in segments):
        shown_by = _dot_path(pattern)
        such_as = f", such as {shown_by}" if shown_by else ""
        warnings.append(f"a class or choice at the start of a segment lets dot names in{such_as}.")
    return warnings


def _left_out(one: str, pattern: str) -> str | None:
    """The shortest path of one that the pattern does not match, though it looks as if it did."""
    return one if is_plain(one) else _shortest(one, pattern)


@lru_cache(maxsize=256)
def _shortest(pattern: str, other: str | None = None) -> str | None:
    """The shortest path of a pattern, one that the other does not match.

    None if there is none, or if a few thousand steps do not tell: such a pattern looks like no
    ordinary one.
    """
    outer = [] if other is None else [compile_pattern(other)]
    try:
        return contains(outer, [compile_pattern(pattern)], (), Work(_STEPS_SHORTEST)).witness
    except TooComplex:
        return None


def _dot_path(pattern: str) -> str | None:
    """A path with a dot name that this pattern matches, put together piece by piece."""
    path = pattern
    for piece, instead in _SMALLEST:
        path = re.sub(piece, instead, path)
    return path if compile_pattern(pattern).matches(path) else None
