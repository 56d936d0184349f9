"""Warnings about one scope: the folders that it opens, and where its pattern's look deceives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from st_tui.core.algebra import Budget, TooComplex, contains
from st_tui.core.algebra.comparison import granting
from st_tui.core.lint.no_folder import why_never
from st_tui.core.model import Scope
from st_tui.core.patterns import Pattern, PatternRefused, compile_pattern, is_plain, traps
from st_tui.core.patterns.tree import without_repetition
from st_tui.core.patterns.units import GLOBSTAR

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
        self.opened = lru_cache(maxsize=_SCOPES_REMEMBERED)(self._opened)

    def _opened(self, scope: Scope) -> int | None:
        """How many folders a scope opens; None without such an environment or without a pattern."""
        pattern = granting(scope)
        if pattern is None or scope.environment not in self:
            return None
        return sum(map(pattern.matches, self[scope.environment]))


def about_scope(scope: Scope, before: Sequence[Scope], folders: FolderPaths) -> list[str]:
    """Warnings about a scope, each a sentence without its subject.

    `before` has the scopes that precede it in its token.
    """
    if scope.environment not in folders:
        return [f"there is no environment {scope.environment}."]
    if scope in before:
        return [f"the same as scope {before.index(scope) + 1}."]
    try:
        pattern = compile_pattern(scope.secret_path)
    except PatternRefused as refused:
        return [str(refused)]
    there, opened = len(folders[scope.environment]), folders.opened(scope)
    if (nothing := why_opens_nothing(scope, folders)) is not None:
        can_ever = why_never(scope.secret_path) is None
        return [nothing, *(_traps(pattern) if can_ever else ())]
    warnings = _traps(pattern)
    if opened == there > 1 and not pattern.is_plain:
        warnings.insert(0, f"opens all {there} folders of {scope.environment}.")
    return warnings


def why_opens_nothing(scope: Scope, folders: FolderPaths) -> str | None:
    """Why a scope opens no folder today, a sentence without its subject.

    None if it opens one, and if it has no environment or no pattern, which is another warning.
    """
    if scope.environment not in folders or folders.opened(scope) != 0:
        return None
    return why_never(scope.secret_path) or f"matches no folder that is in {scope.environment} now."


def _traps(pattern: Pattern) -> list[str]:
    """Each trap of a pattern: a sentence with a path that shows it."""
    text, segments = pattern.text, without_repetition(pattern.segments)
    warnings = []
    if (parent := traps.above_star(segments)) and (left_out := _left_out(parent, text)):
        if (GLOBSTAR,) in segments:
            rest = ""  # what is deeper is opened
        elif left_out == parent:
            rest = " and all that is deeper"
        else:
            rest = f", and all that is deeper than {left_out}/a"
        warnings.append(f"{text} leaves out {left_out} itself{rest}.")
    above = _shortest_path(parent, text) if (parent := traps.above_globstar(segments)) else None
    if rooted := traps.in_root(segments):
        left_out = _left_out(rooted, text)
        if left_out not in (None, above):
            warnings.append(f"{text} leaves out {left_out} in the root.")
    if above:
        warnings.append(f"{text} leaves out {above}, though not what is below it.")
    if shorter := traps.without_inner_globstars(segments):
        let_in = _shortest_path(shorter)
        if let_in and pattern.matches(let_in):
            warnings.append(f"{text} opens {let_in} as well: its ** may stand for no folder.")
    if traps.lets_dot_names_in(segments):
        path = traps.dot_path(pattern.segments)
        such_as = f", such as {path}" if pattern.matches(path) else ""
        warnings.append(f"a class or choice at the start of a segment lets dot names in{such_as}.")
    return warnings


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
