"""What a person should know about a draft before it becomes a token that cannot be changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from st_tui.core.globs import PatternRefused, compile_glob
from st_tui.core.model import Permission, Scope, TokenDraft


def lint(draft: TokenDraft, folders: Mapping[str, Sequence[str]]) -> list[str]:
    """Warnings about a draft, a sentence each, the most telling first.

    `folders` are the paths of each environment's folders, the root among them.
    """
    warnings: list[str] = []
    for number, scope in enumerate(draft.scopes, start=1):
        warnings += [
            f"Scope {number}: {warning}"
            for warning in _about_scope(scope, draft.scopes[: number - 1], folders)
        ]
    if draft.permissions == frozenset({Permission.WRITE}):
        warnings.append("It may write but not read: write does not imply read.")
    if draft.expires_at is None:
        warnings.append("It never expires: it lives until somebody revokes it.")
    return warnings


def _about_scope(
    scope: Scope, before: Sequence[Scope], folders: Mapping[str, Sequence[str]]
) -> list[str]:
    if scope.environment not in folders:
        return [f"there is no environment {scope.environment}."]
    if scope in before:
        return [f"the same as scope {before.index(scope) + 1}."]
    try:
        glob = compile_glob(scope.secret_path)
    except PatternRefused as refused:
        return [str(refused)]
    here = folders[scope.environment]
    matched = [path for path in here if glob.matches(path)]
    if not matched:
        return [
            f"matches no folder that is in {scope.environment} now.",
            *_traps(scope.secret_path),
        ]
    warnings = _traps(scope.secret_path)
    if len(matched) == len(here) and len(here) > 1 and not glob.is_plain:
        warnings.insert(0, f"opens all {len(here)} folders of {scope.environment}.")
    return warnings


def _traps(pattern: str) -> list[str]:
    """What a pattern's look hides: see `core.globs` for where each rule comes from."""
    segments = pattern.split("/")[1:]
    parent = "/" + "/".join(segments[:-1])
    warnings = []
    if segments[-1] == "*":
        warnings.append(f"{pattern} leaves out {parent} itself and all that is deeper.")
    if segments[0] == "**" and len(segments) > 1:
        rest = "/" + "/".join(segments[1:])
        warnings.append(f"{pattern} leaves out {rest} in the root.")
    if any(re.match(r"[\[{]", segment) for segment in segments):
        warnings.append("a class or choice at the start of a segment lets dot names in.")
    return warnings
