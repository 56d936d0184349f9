"""Warnings about a whole token or a draft of one, which as a token could not be changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from st_tui.core.algebra import TooComplex
from st_tui.core.algebra.comparison import granting, redundant
from st_tui.core.expiry import PRESETS, SECOND
from st_tui.core.lint.names import Names, about_name
from st_tui.core.lint.scopes import FolderPaths, about_scope, without
from st_tui.core.lint.warnings import Fix, Kind, LintWarning, Way
from st_tui.core.model import Permission, Scope, ServiceToken, TokenDraft, Use

_STEPS: Final = 100_000
"""For all scopes together, while a person types: 20 ms at most."""

MANY_USES = 2**32 * 9 // 10
"""A token with so many uses is warned about: Infisical documents a limit of 2^32."""


def lint(
    token: TokenDraft | ServiceToken,
    folders: Mapping[str, Sequence[str]],
    written: Collection[str] | None = None,
    uses: Iterable[Use] = (),
    names: Names | None = None,
) -> list[LintWarning]:
    """Warnings about a token or a draft of one, the most telling about its scopes first.

    `folders`   the paths of each environment's folders, the root among them; `FolderPaths` if
                they are looked at again
    `written`   the environments that some other token may write to; None if that is not known
    `uses`      the accesses of the token that the audit log has
    `names`     the names of all tokens but replaced ones, which share their successor's name. The
                name of `token` is among them, that of a draft is not.

    >>> scopes = (Scope("dev", "/a/**"), Scope("dev", "/a/b"))
    >>> draft = TokenDraft("ci", scopes, frozenset({Permission.READ}), None)
    >>> found = lint(draft, {"dev": ["/", "/a", "/a/b"]})
    >>> for warning in found:
    ...     print(warning.text, warning.fix.words, sep=" | ")
    Scope 2: says nothing new: scope 1 opens all of it (proved). | take scope 2 out
    It never expires: it lives until somebody revokes it. | let it end in 12 months
    >>> [str(scope) for scope in found[0].fix.mended(draft, now=0).scopes]
    ['dev:/a/**']
    """
    folders = folders if isinstance(folders, FolderPaths) else FolderPaths(folders)
    warnings: list[LintWarning] = []
    is_made = isinstance(token, ServiceToken)
    if isinstance(token, ServiceToken) and token.use_count >= MANY_USES:
        used = f"It was used {token.use_count:,} times, near the documented limit of 2^32"
        warnings.append(LintWarning(Kind.NEAR_LIMIT, f"{used}: rotate it.", _ROTATE))
    is_replaced = isinstance(token, ServiceToken) and token.is_replaced
    if names is not None and not is_replaced:
        warnings += about_name(token.name, names, is_among=is_made)
    warnings += _about_scopes(token.scopes, folders, is_made=is_made)
    if (wider := _wider_than_used(token.scopes, folders, uses)) is not None:
        warnings.append(LintWarning(Kind.WIDER_THAN_USED, wider, _NARROW))
    if written is not None and Permission.WRITE in token.permissions:
        newly = {scope.environment for scope in token.scopes} & folders.keys() - set(written)
        warnings += [
            LintWarning(Kind.SURPRISING, f"No other token may write to {environment}.")
            for environment in sorted(newly)
        ]
    if token.permissions == frozenset({Permission.WRITE}):
        sentence = "It may write but not read: write does not imply read."
        warnings.append(LintWarning(Kind.SURPRISING, sentence))
    if token.expires_at is None:
        sentence = "It never expires: it lives until somebody revokes it."
        warnings.append(
            LintWarning(Kind.NEVER_EXPIRES, sentence, _ROTATE_WITH_END if is_made else _END)
        )
    return warnings


_ROTATE = Fix("rotate it", Way.ROTATE)
_ROTATE_WITH_END = Fix("rotate it, and give the new one an end", Way.ROTATE)
_NARROW = Fix("narrow it to what was used", Way.NARROW)
_REVOKE = Fix("revoke it: none of its scopes opens a folder", Way.REVOKE)
_LONGEST = max((preset for preset in PRESETS if preset.seconds), key=lambda p: p.seconds or 0)
_END = Fix(f"let it end in {_LONGEST.label.lower()}", duration=(_LONGEST.seconds or 0) * SECOND)


def lint_each(
    tokens: Sequence[ServiceToken],
    folders: Mapping[str, Sequence[str]],
    writers: Counter[str],
    uses: Mapping[str, Sequence[Use]],
    names: Names,
) -> Iterator[tuple[ServiceToken, LintWarning]]:
    """The warnings about tokens that exist, each with its token.

    `writers` is `writers_of` all tokens of the project, `uses` has those of each token by its id;
    `folders` and `names` are as for `lint`.
    """
    folders = folders if isinstance(folders, FolderPaths) else FolderPaths(folders)
    for token in tokens:
        others = (writers - writers_of([token])).keys()
        for warning in lint(token, folders, others, uses.get(token.id, ()), names):
            yield token, warning


def writers_of(tokens: Iterable[ServiceToken]) -> Counter[str]:
    """How many of these tokens may write to each environment."""
    return Counter(
        environment
        for token in tokens
        if Permission.WRITE in token.permissions
        for environment in {scope.environment for scope in token.scopes}
    )


def _about_scopes(
    scopes: tuple[Scope, ...], folders: FolderPaths, *, is_made: bool
) -> Iterator[LintWarning]:
    covered = _covered(scopes)
    # A scope of an environment that is gone has no count, and one without a pattern neither.
    is_useless = is_made and not any(map(folders.opened, scopes))
    for index, scope in enumerate(scopes):
        about = about_scope(scopes, index, folders)
        if scope not in scopes[:index] and index in covered:
            by = ", ".join(str(other + 1) for other in covered[index])
            sentence = f"says nothing new: scope {by} opens all of it (proved)."
            about.append(LintWarning(Kind.REDUNDANT, sentence, without(scopes, index), index))
        for kind, sentence, fix, its in about:
            is_dead = is_useless and kind is Kind.GRANTS_NOTHING
            keeps_all = fix is not None and len(fix.scopes or ()) == len(scopes)
            yield LintWarning(kind, sentence, _REVOKE if is_dead and not keeps_all else fix, its)


@lru_cache(maxsize=4)
def _covered(scopes: tuple[Scope, ...]) -> Mapping[int, tuple[int, ...]]:
    """Which scopes are redundant, as far as that can be proved between two keystrokes.

    Remembered, for a draft is linted after every key, also while its other fields change.
    """
    try:
        return redundant(scopes, _STEPS)
    except TooComplex:
        return {}  # nothing is claimed that was not proved


def _wider_than_used(
    scopes: Iterable[Scope], folders: Mapping[str, Sequence[str]], uses: Iterable[Use]
) -> str | None:
    """A warning if only some of today's folders that the scopes open were used; else None."""
    touched = {(use.environment, use.path) for use in uses}
    if not touched:
        return None
    opened = {
        (scope.environment, path)
        for scope in scopes
        if (pattern := granting(scope)) is not None
        for path in folders.get(scope.environment, ())
        if pattern.matches(path)
    }
    used = len(touched & opened)
    if used in (0, len(opened)):
        return None
    were = "1 was" if used == 1 else f"{used} were"
    return f"Wider than used: opens {len(opened)} folders, {were} used: narrow it."
