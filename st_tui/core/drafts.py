"""What a person may ask for: the rules that a token draft, a scope and a path must keep."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import accumulate, islice
from typing import NamedTuple

from st_tui.core.errors import Refusal
from st_tui.core.expiry import checked_end
from st_tui.core.model import Environment, Scope, ServiceToken, TokenDraft
from st_tui.core.patterns import PatternRefused, compile_pattern
from st_tui.core.plain_text import BLANKS, check_new_name, refuse_controls, without_unseen

LONGEST_NAME = 100
"""Characters of a token's, project's or environment's name, as in Infisical's form."""
LONGEST_SLUG = 50
LONGEST_FOLDER_PATH = 1_000
NO_TRUSTED_IP = "A V3 token needs at least one trusted IP: 0.0.0.0/0 and ::/0 mean any."

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_FOLDER_NAME = re.compile(r"[A-Za-z0-9_-]+")
_SCOPE_AS_TYPED = re.compile(rf"({_SLUG.pattern}):(/.*)", re.DOTALL)


class DraftError(Refusal):
    """A draft, scope or path that breaks a rule; the text says how to mend it."""


class Adjusted(NamedTuple):
    """A path as it will be used, and a sentence about what was changed, if anything was."""

    path: str
    note: str | None


def scope_path(text: str) -> Adjusted:
    """A scope's path as a door takes it: a missing leading slash added, one trailing slash cut.

    Raises as `check_pattern`, and DraftError for a whole scope such as `dev:/a`. As a path, that
    could be granted; but no folder has a colon in its name.
    """
    adjusted = _adjust(text.strip(BLANKS))
    check_pattern(adjusted.path)
    if whole := _SCOPE_AS_TYPED.fullmatch(text.strip(BLANKS)):
        slug, path = whole.groups()
        raise DraftError(
            f"That path begins with an environment: choose {slug} by itself, and write only {path}."
        )
    return adjusted


def check_pattern(pattern: str) -> None:
    """Raise TextError for control characters, DraftError for all else outside the language.

    DraftError says what picomatch would do with the pattern, and what to write instead.
    """
    refuse_controls(pattern, "scope path")
    try:
        compile_pattern(pattern)
    except PatternRefused as refused:
        raise DraftError(str(refused)) from refused


def scopes_of_folder(path: str) -> tuple[str, str, str]:
    """The patterns that a folder is picked by: itself, its children, everything below it."""
    parent = "" if path == "/" else path
    return path, f"{parent}/*", f"{parent}/**"


def leading_to(folder: str) -> list[str]:
    """The folders that lead to one: the root, all above it, and itself."""
    if folder == "/":
        return ["/"]
    below = accumulate(folder.split("/")[1:], lambda above, name: f"{above}/{name}", initial="")
    return ["/", *islice(below, 1, None)]


def request_path(text: str) -> Adjusted:
    """A requested path as `check` and the test-access pane take it, adjusted as a scope's path is.

    Raises TextError for control characters.
    """
    adjusted = _adjust(text.strip(BLANKS))
    refuse_controls(adjusted.path, "path")
    return adjusted


def parse_scope(text: str) -> tuple[Scope, str | None]:
    """`environment:/path` as Infisical's CLI writes it, and a note about any adjustment.

    Raises DraftError or TextError.
    """
    environment, colon, path = text.partition(":")
    if not colon or not environment.strip():
        raise DraftError(
            f"{text[:80]!r} is no scope: write environment:/path, as in dev:/common/**."
        )
    refuse_controls(environment, "environment")
    adjusted = scope_path(path)
    return Scope(environment.strip(), adjusted.path), adjusted.note


def check_draft(draft: TokenDraft, environments: Collection[Environment], now: int) -> TokenDraft:
    """The draft, if a token may be made of it.

    Raises DraftError, TextError or ExpiryError for the first rule it breaks.
    """
    check_new_name(draft.name, "name", LONGEST_NAME)
    return check_terms(draft, environments, now)


def check_terms(draft: TokenDraft, environments: Collection[Environment], now: int) -> TokenDraft:
    """As `check_draft`, for all but the name, which a rotated token keeps as it is."""
    require_scopes(draft.scopes)
    for scope in draft.scopes:
        check_environment(scope.environment, environments)
        check_pattern(scope.secret_path)
    require_permissions(draft.permissions)
    if draft.expires_at is not None:
        checked_end(draft.expires_at, now)
    if draft.version == 2 and (draft.trusted_ips is not None or not draft.is_active):
        raise DraftError("Trusted IPs and the active switch belong to V3 tokens: choose version 3.")
    if draft.version == 3 and not draft.trusted_ips:
        raise DraftError(NO_TRUSTED_IP)
    return draft


def require_scopes(scopes: Collection[Scope]) -> None:
    """Raise DraftError if there is no scope."""
    if not scopes:
        raise DraftError("A token needs at least one scope: add one, as in dev:/common/**.")


def require_permissions(permissions: Collection[str]) -> None:
    """Raise DraftError if there is no permission."""
    if not permissions:
        raise DraftError("A token needs at least one permission: read, write or both.")


def name_of_copy(name: str, added: str = "copy") -> str:
    """The name of a token made from another one, without what `check_new_name` refuses."""
    longest = LONGEST_NAME - len(added) - 1
    return f"{without_unseen(name)[:longest].rstrip()} {added}".strip()


def as_token(draft: TokenDraft) -> ServiceToken:
    """The token that a draft would become, active already so that its reach can be seen."""
    return ServiceToken(
        id="",
        name=draft.name or "unnamed",
        scopes=draft.scopes,
        permissions=draft.permissions,
        expires_at=draft.expires_at,
        version=draft.version,
        trusted_ips=draft.trusted_ips,
    )


def check_environment(slug: str, environments: Collection[Environment]) -> None:
    """Raise DraftError unless the project has this environment."""
    known = [environment.slug for environment in environments]
    if slug not in known:
        listed = ", ".join(known) or "none"
        raise DraftError(
            f"There is no environment {slug[:60]!r}: the project has {listed}."
            f"{_odd_character(slug)}"
        )


def check_slug(slug: str, what: str) -> str:
    """The slug, if it is one: lower-case letters, digits, `-`, `_`. Raises DraftError."""
    if len(slug) > LONGEST_SLUG or _SLUG.fullmatch(slug) is None:
        raise DraftError(
            f"{slug[:60]!r} is no {what}: write lower-case letters, digits, - and _, "
            f"{LONGEST_SLUG} characters at most.{_odd_character(slug)}"
        )
    return slug


def slug_of(name: str) -> str:
    """A slug made of a name: `Café Böll` becomes `caf-b-ll`. Empty if nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_SLUG]


def folder_path(text: str) -> str:
    """The path of a folder that may exist: `/` or segments of letters, digits, `-`, `_`.

    Raises DraftError or TextError.
    """
    path = request_path(text).path
    names = path.split("/")[1:] if path != "/" else []
    if not all(_FOLDER_NAME.fullmatch(name) for name in names):
        raise DraftError(
            f"{path[:80]!r} is no folder path: write letters, digits, - and _, as in /common/db."
            f"{_odd_character(path)}"
        )
    if len(path) > LONGEST_FOLDER_PATH:
        raise DraftError(f"That folder path is over {LONGEST_FOLDER_PATH} characters: shorten it.")
    return path


def _odd_character(text: str) -> str:
    """A sentence about the first character beyond ASCII of a text; empty if there is none."""
    from st_tui.core.lookalikes import beyond_ascii  # not for the first frame, nor for `check`

    return beyond_ascii(text)


def _adjust(text: str) -> Adjusted:
    path, notes = text, []
    if not path.startswith("/"):
        path = f"/{path}"
        notes.append("a leading slash was added")
    if len(path) > 1 and path.endswith("/"):
        path = path[:-1]
        notes.append("the trailing slash was cut")
    return Adjusted(path, f"{' and '.join(notes)}: {path}" if notes else None)
