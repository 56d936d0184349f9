"""Warnings about one scope: the folders that it opens, and where its pattern's look deceives."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from st_tui.core.algebra import Budget, TooComplex, contains
from st_tui.core.algebra.comparison import granting
from st_tui.core.lint.no_folder import rewrite, why_never
from st_tui.core.lint.warnings import Fix, Kind, LintWarning
from st_tui.core.model import Scope
from st_tui.core.patterns import (
    Pattern,
    PatternRefused,
    compile_pattern,
    folder_prefix,
    is_plain,
    traps,
)
from st_tui.core.patterns.tree import text_of, without_repetition
from st_tui.core.patterns.units import GLOBSTAR, STAR, Segment

_SCOPES_REMEMBERED: Final = 4_096
_STEPS: Final = 20_000
"""To find one path that shows a trap, while a person types: 4 ms at most."""


class FolderPaths(dict[str, Sequence[str]]):
    """The paths of each environment's folders, the root among them.

    It remembers how many of them each scope opens. That is asked again after every key, and for
    token after token.
    """

    def __init__(self, folders: Mapping[str, Sequence[str]]) -> None:
        super().__init__(folders)
        self._sorted = {slug: sorted(paths) for slug, paths in folders.items()}
        self.opened = lru_cache(maxsize=_SCOPES_REMEMBERED)(self._opened)

    def _opened(self, scope: Scope) -> int | None:
        """How many folders a scope opens; None without such an environment or without a pattern."""
        pattern = granting(scope)
        if pattern is None or scope.environment not in self:
            return None
        # Only what begins as the pattern does can match: of 10,000 folders often one.
        paths, beginning = self._sorted[scope.environment], folder_prefix(pattern.text)
        start = bisect_left(paths, beginning)
        end = bisect_right(paths, beginning, lo=start, key=lambda path: path[: len(beginning)])
        return sum(map(pattern.matches, paths[start:end]))


def about_scope(scopes: tuple[Scope, ...], index: int, folders: FolderPaths) -> list[LintWarning]:
    """Warnings about one of a token's scopes, each with what would mend it if that can be told."""
    scope = scopes[index]

    def warn(kind: Kind, sentence: str, fix: Fix | None = None) -> LintWarning:
        return LintWarning(kind, sentence, fix, index)

    if scope.environment not in folders:
        sentence = f"there is no environment {scope.environment}."
        return [warn(Kind.GRANTS_NOTHING, sentence, without(scopes, index))]
    if scope in scopes[:index]:
        sentence = f"the same as scope {scopes.index(scope) + 1}."
        return [warn(Kind.REDUNDANT, sentence, without(scopes, index))]
    try:
        pattern = compile_pattern(scope.secret_path)
    except PatternRefused as refused:
        return [warn(Kind.GRANTS_NOTHING, str(refused), without(scopes, index))]
    tricky = [
        warn(Kind.SURPRISING, trap.sentence, trap.fix(scopes, index))
        for trap in _traps(pattern)
        if Scope(scope.environment, trap.leaves_out) not in scopes
    ]
    there, opened = len(folders[scope.environment]), folders.opened(scope)
    if (nothing := why_opens_nothing(scope, folders)) is not None:
        if why_never(scope.secret_path) is None:
            return [warn(Kind.GRANTS_NOTHING, nothing, without(scopes, index)), *tricky]
        better = rewrite(scope.secret_path)
        fix = written(scopes, index, better) if better else without(scopes, index)
        return [warn(Kind.GRANTS_NOTHING, nothing, fix)]
    if opened == there > 1 and not pattern.is_plain:
        everything = f"opens all {there} folders of {scope.environment}."
        return [warn(Kind.SURPRISING, everything), *tricky]
    return tricky


def without(scopes: tuple[Scope, ...], index: int) -> Fix | None:
    """The fix that takes a scope out, if it is not the only one.

    >>> scopes = (Scope("dev", "/a"), Scope("gone", "/b"))
    >>> without(scopes, 1).words
    'take scope 2 out'
    >>> without(scopes[:1], 0) is None
    True
    """
    rest = scopes[:index] + scopes[index + 1 :]
    return Fix(f"take scope {index + 1} out", scopes=rest) if rest else None


def written(scopes: tuple[Scope, ...], index: int, path: str) -> Fix:
    """The fix that writes another path in a scope.

    >>> fix = written((Scope("dev", "/a/*"),), 0, "/a/**")
    >>> fix.words, str(fix.scopes[0])
    ('write /a/**', 'dev:/a/**')
    """
    mended = scopes[index]._replace(secret_path=path)
    return Fix(f"write {path}", scopes=(*scopes[:index], mended, *scopes[index + 1 :]))


def why_opens_nothing(scope: Scope, folders: FolderPaths) -> str | None:
    """Why a scope opens no folder today, a sentence without its subject.

    None if it opens one, and if it has no environment or no pattern, which is another warning.
    """
    if scope.environment not in folders or folders.opened(scope) != 0:
        return None
    return why_never(scope.secret_path) or f"matches no folder that is in {scope.environment} now."


class _Trap(NamedTuple):
    """A trap of a pattern: a sentence with a path that shows it.

    `leaves_out` is the pattern of what is left out, `instead` the pattern without the trap, where
    there is one.
    """

    sentence: str
    leaves_out: str = ""
    instead: str = ""

    def fix(self, scopes: tuple[Scope, ...], index: int) -> Fix | None:
        """What would open what is left out, if that is meant."""
        if self.instead:
            return written(scopes, index, self.instead)
        if self.leaves_out:
            also = scopes[index]._replace(secret_path=self.leaves_out)
            return Fix(f"add the scope {also}", scopes=(*scopes, also))
        return None


def _traps(pattern: Pattern) -> list[_Trap]:
    """Each trap of a pattern."""
    text, segments = pattern.text, without_repetition(pattern.segments)
    found = []
    if (parent := traps.above_star(segments)) and (left_out := _left_out(parent, text)):
        if (GLOBSTAR,) in segments:
            rest = ""  # what is deeper is opened
        elif left_out == parent:
            rest = " and all that is deeper"
        else:
            rest = f", and all that is deeper than {left_out}/a"
        sentence = f"{text} leaves out {left_out} itself{rest}."
        found.append(_Trap(sentence, instead=_with_all_below(segments)))
    above = _shortest_path(parent, text) if (parent := traps.above_globstar(segments)) else None
    if rooted := traps.in_root(segments):
        left_out = _left_out(rooted, text)
        if left_out not in (None, above):
            found.append(_Trap(f"{text} leaves out {left_out} in the root.", rooted))
    if above and parent:
        sentence = f"{text} leaves out {above}, though not what is below it."
        found.append(_Trap(sentence, parent))
    if shorter := traps.without_inner_globstars(segments):
        let_in = _shortest_path(shorter)
        if let_in and pattern.matches(let_in):
            found.append(_Trap(f"{text} opens {let_in} as well: its ** may stand for no folder."))
    if traps.lets_dot_names_in(segments):
        path = traps.dot_path(pattern.segments)
        such_as = f", such as {path}" if pattern.matches(path) else ""
        found.append(
            _Trap(f"a class or choice at the start of a segment lets dot names in{such_as}.")
        )
    return found


def _with_all_below(segments: Sequence[Segment]) -> str:
    """`/a/**` for `/a/*`; empty where a `**` in that place would leave something out itself."""
    above = segments[:-1]
    if above and above[-1][-1:] == (STAR,):
        return ""
    return text_of(without_repetition([*above, (GLOBSTAR,)]))


def _left_out(candidate: str, text: str) -> str | None:
    """The shortest path that the candidate matches and `text` does not; None if there is none."""
    return candidate if is_plain(candidate) else _shortest_path(candidate, text)


@lru_cache(maxsize=256)
def _shortest_path(text: str, other: str | None = None) -> str | None:
    """The shortest path that the pattern `text` matches, and `other` does not.

    None if there is none, or if it is not found in a few thousand steps: nobody is taken in by the
    look of so intricate a pattern.
    """
    outer = [] if other is None else [compile_pattern(other)]
    try:
        return contains(outer, [compile_pattern(text)], (), Budget(_STEPS)).witness
    except TooComplex:
        return None
