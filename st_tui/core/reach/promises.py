"""Promises about all tokens of a project, one a line, each proved or broken with a witness.

    # A comment: a line, or the rest of one, from a # at its start or after a space.
    no token may write prod:/**
    only ci-*, deploy may read prod:/db/**
    every token expires within 12 months

A scope is written as everywhere, without spaces. `only` takes names of tokens with commas between;
`*` in a name stands for any text, every other character for itself.

A token breaks `no`, or an `only` that does not name it, if one of its scopes overlaps the promise's
scope at a path that a folder can have, whether the folder exists or not. It breaks `every` if it
ends later than that, or never. Tokens that have ended do not count. Tokens that are inactive, or
that trust some addresses only, do count: a switch is soon turned.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO, NamedTuple

from st_tui.core import drafts, expiry, wording
from st_tui.core.errors import Refusal
from st_tui.core.lint.no_folder import why_never
from st_tui.core.lookalikes import skeleton
from st_tui.core.model import Environment, Permission, Scope, ServiceToken
from st_tui.core.patterns import compile_pattern
from st_tui.core.reach.index import ReachIndex, who_within

_LONGEST_FILE = 1024 * 1024
_COMMENT = re.compile(r"(?:^|\s)#.*")
_FORMS = (
    "write `no token may write prod:/**`, `only ci-* may read prod:/db/**` or "
    "`every token expires within 12 months`"
)


class PromiseError(Refusal):
    """A promise that cannot be understood, or nothing to prove; the text says how to mend it."""


class Reserved(NamedTuple):
    """No token may do the operation in the scope, except those with one of the `names`."""

    line: int
    text: str
    names: tuple[str, ...]
    operation: Permission
    scope: Scope

    @property
    def plain_names(self) -> tuple[str, ...]:
        """The names without a star, which stand for themselves."""
        return tuple(name for name in self.names if "*" not in name)


class Ending(NamedTuple):
    """Every token ends within so many milliseconds from now."""

    line: int
    text: str
    duration: int


Promise = Reserved | Ending


class Breach(NamedTuple):
    """A token that breaks a promise: by which scope (0-based), and at which path.

    Both are None where it breaks a promise by its end.
    """

    token: ServiceToken
    scope: int | None = None
    path: str | None = None


class Verdict(NamedTuple):
    """A promise and the tokens that break it: it holds if none does.

    `namesakes` are several tokens of one name that an `only` names: the promise allows each of
    them.
    """

    promise: Promise
    breaches: tuple[Breach, ...]
    namesakes: tuple[ServiceToken, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether no token breaks it."""
        return not self.breaches


def read(file: Path, source: BinaryIO | None = None) -> str:
    """The text of a file of promises; of `source`, if the file is open already.

    Raises PromiseError.
    """
    try:
        with file.open("rb") if source is None else nullcontext(source) as opened:
            data = opened.read(_LONGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise PromiseError(f"{file} cannot be read: {why}. Name a file of promises.") from None
    if len(data) > _LONGEST_FILE:
        raise PromiseError(f"The promises have over {_LONGEST_FILE} bytes: write fewer.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PromiseError("The promises are not UTF-8: save them as UTF-8.") from None


def parse(text: str, environments: Collection[Environment]) -> list[Promise]:
    """The promises of a text. Raises PromiseError, which names the line, also if there is none."""
    promises = []
    for number, line in enumerate(text.split("\n"), start=1):
        words = _COMMENT.sub("", line).split()
        if not words:
            continue
        try:
            promises.append(_promise(number, words, environments))
        except Refusal as refused:
            raise PromiseError(f"Line {number}: {refused}") from refused
    if not promises:
        raise PromiseError(f"There is no promise to prove: {_FORMS}.")
    return promises


def prove(
    promises: Sequence[Promise], index: ReachIndex, folders: Mapping[str, Sequence[str]]
) -> list[Verdict]:
    """A verdict on each promise.

    `folders` are the paths of each environment's folders, the root first and parents before
    children. Raises PromiseError if there is no token, since any promise would hold then; and
    TooComplex.
    """
    require_tokens(len(index.tokens))
    verdicts = []
    for promise in promises:
        if isinstance(promise, Ending):
            verdicts.append(Verdict(promise, _too_late(promise, index)))
        else:
            breaches = _unnamed(promise, index, folders[promise.scope.environment])
            verdicts.append(Verdict(promise, breaches, _namesakes(promise, index)))
    return verdicts


def require_tokens(living: int) -> None:
    """Raise PromiseError if there is no living token, since any promise would hold then."""
    if not living:
        raise PromiseError(
            "There is no living token, so any promise would hold: choose another project, "
            "or create a token first."
        )


def told(verdict: Verdict, now: int) -> list[tuple[ServiceToken, str]]:
    """The tokens to look at, each with what is wrong with it, in words that follow its name."""
    bearers = Counter(token.name for token in verdict.namesakes)
    return [
        *((breach.token, _broken_how(verdict.promise, breach, now)) for breach in verdict.breaches),
        *((token, told_of_bearer(bearers[token.name])) for token in verdict.namesakes),
    ]


def told_of_bearer(bearers: int) -> str:
    """What to say of a token whose name a promise mentions, and which several tokens have."""
    return f"is one of {bearers} tokens of this name: each of them may"


def _broken_how(promise: Promise, breach: Breach, now: int) -> str:
    token, number, path = breach
    if isinstance(promise, Ending) or number is None:
        return f"expires: {expiry.end_text(token.expires_at, now)}"
    by = f"by scope {number + 1}  {token.scopes[number]}"
    alike = [name for name in promise.plain_names if skeleton(name) == skeleton(token.name)]
    only_looks = f"its name only looks like {alike[0]}" if alike else ""
    caveats = ", ".join(filter(None, (wording.caveats(token), only_looks)))
    return f"may {promise.operation} {path} {by}{caveats and f'  ({caveats})'}"


def _namesakes(promise: Reserved, index: ReachIndex) -> tuple[ServiceToken, ...]:
    bearers = Counter(token.name for token in index.tokens)
    shared = {name for name in promise.plain_names if bearers[name] > 1}
    return tuple(token for token in index.tokens if token.name in shared)


def _too_late(promise: Ending, index: ReachIndex) -> tuple[Breach, ...]:
    latest = index.now + promise.duration
    return tuple(
        Breach(token)
        for token in index.tokens
        if token.expires_at is None or token.expires_at > latest
    )


def _unnamed(promise: Reserved, index: ReachIndex, folders: Sequence[str]) -> tuple[Breach, ...]:
    environment, pattern = promise.scope
    reaching = who_within(index, environment, compile_pattern(pattern), promise.operation, folders)
    return tuple(
        Breach(*found)
        for found in reaching
        if not any(_is_named(found.token.name, name) for name in promise.names)
    )


def _is_named(token_name: str, name: str) -> bool:
    # Only the star is a wildcard here; fnmatch would take brackets and question marks for others.
    return fnmatchcase(token_name, re.sub(r"[\[?]", r"[\g<0>]", name))


def _promise(line: int, words: list[str], environments: Collection[Environment]) -> Promise:
    text = " ".join(words)
    match words:
        case ["every", "token", "expires", "within", _, *_]:
            return Ending(line, text, expiry.parse_duration(" ".join(words[4:])))
        case ["no", "token", "may", operation, scope]:
            names: tuple[str, ...] = ()
        case ["only", _, *_, "may", operation, scope]:
            names = tuple(map(_name, " ".join(words[1:-3]).split(",")))
        case _:
            raise PromiseError(f"{text[:80]!r} is no promise: {_FORMS}.")
    if operation not in list(Permission):
        raise PromiseError(f"{operation[:40]!r} is no operation: write {' or '.join(Permission)}.")
    return Reserved(line, text, names, Permission(operation), _scope(scope, environments))


def _name(text: str) -> str:
    name = text.strip()
    if not name:
        raise PromiseError("A token's name is missing: write names with single commas between.")
    return name


def _scope(text: str, environments: Collection[Environment]) -> Scope:
    scope, adjustment = drafts.parse_scope(text)
    if adjustment is not None:
        raise PromiseError(f"The path is not written as scopes are stored: write {scope}.")
    drafts.check_environment(scope.environment, environments)
    if (never := why_never(scope.secret_path)) is not None:
        raise PromiseError(f"The promise would say nothing: {scope.secret_path} {never}")
    return scope
