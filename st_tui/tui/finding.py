"""What the command palette finds for a text: actions, environments, tokens, folders, warnings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from st_tui.core import lint
from st_tui.core.model import Environment, Order, Project, ServiceToken
from st_tui.core.secrets.model import Place

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from st_tui.core.vault import Vault
    from st_tui.tui.actions import Action

MOST, MOST_FOLDERS = 30, 10
"""Tokens or warnings, and folders, that are found at most for one text."""

MOST_LINTED = 1_000
"""Tokens of a project whose warnings are found. In a larger one their screen alone has them."""

_ID = re.compile(r"[0-9a-f]{4}[0-9a-f-]{0,32}")


class Kind(StrEnum):
    """What was found. Of two that fit alike the one whose kind is listed first stands first."""

    ACTION = "action"
    ENVIRONMENT = "env"
    TOKEN = "token"  # noqa: S105
    FOLDER = "folder"
    WARNING = "warning"


class Found(NamedTuple):
    """Something to go to or to do: what a person reads of it, and what it is."""

    kind: Kind
    title: str
    note: str
    target: ServiceToken | Place | tuple[Action, DOMNode]
    key: str = ""


class Known(NamedTuple):
    """What is read of a project once, when the palette opens."""

    environments: Sequence[Environment]
    folders: Sequence[Place]


def read_known(vault: Vault, project: Project) -> Known:
    """The environments and the folders of a project."""
    folders = vault.folders.of_each(project)
    return Known(
        vault.environments.every(project),
        [Place(slug, path) for slug, paths in folders.items() for path in paths if path != "/"],
    )


def read_warnings(vault: Vault, project: Project) -> list[Found]:
    """The warnings about the tokens of a project, but for those that the audit log gives rise to.

    There are none where it has more than `MOST_LINTED` tokens: to lint them takes long.
    """
    if vault.tokens.count(project) > MOST_LINTED:
        return []
    tokens = vault.tokens.page(project)
    folders = lint.FolderPaths(vault.folders.of_each(project))
    found = lint.lint_each(
        tokens, folders, lint.writers_of(tokens), {}, vault.tokens.names(project)
    )
    return [Found(Kind.WARNING, f"{token.name}: {w.text}", "", token) for token, w in found]


def tokens_with(vault: Vault, project: Project, text: str) -> list[Found]:
    """The tokens that have the text in their name or a scope, or whose id begins with it."""
    found = vault.tokens.page(project, text=text, order=Order.NAME, limit=MOST)
    if _ID.fullmatch(text):
        found += vault.tokens.with_id(project, text, limit=MOST)
    once = {token.id: token for token in found}
    return [
        Found(Kind.TOKEN, token.name, " ".join(map(str, token.scopes)), token)
        for token in once.values()
    ]


def places_with(known: Known, text: str) -> list[Found]:
    """The environments and the folders whose name or path has all words of the text."""
    words = text.lower().split()
    environments = [
        Found(Kind.ENVIRONMENT, each.slug, each.name, Place(each.slug, "/"))
        for each in known.environments
        if _has(f"{each.slug} {each.name}", words)
    ]
    folders = [
        Found(Kind.FOLDER, str(place), "", place)
        for place in known.folders
        if _has(str(place), words)
    ]
    # The folder itself before those below it.
    return [*environments, *sorted(folders, key=lambda found: len(found.title))[:MOST_FOLDERS]]


def with_words(found: Iterable[Found], text: str) -> list[Found]:
    """Those of what was found that have all words of the text."""
    words = text.lower().split()
    return [each for each in found if _has(f"{each.title} {each.note} {each.key}", words)]


def in_order(found: Iterable[Found], text: str) -> list[Found]:
    """What was found, the best first: what begins with the text, then what has it in its title."""
    text, kinds = text.lower(), list(Kind)

    def rank(each: Found) -> tuple[int, int]:
        title = each.title.lower()
        begins = title.startswith(text) or each.note.lower() == text
        has_word = f" {text}" in title or f":{text}" in title or f"/{text}" in title
        fits = 0 if begins else 1 if has_word else 2 if text in title else 3
        return fits, kinds.index(each.kind)

    return sorted(found, key=rank)


def _has(text: str, words: Sequence[str]) -> bool:
    text = text.lower()
    return all(word in text for word in words)
