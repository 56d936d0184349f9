"""What a list of secrets holds: a folder's own, what links bring, and references expanded.

`may_read` tells which folders the reader may look into: the operator into all of them, a token's
holder into those of its scopes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from st_tui.core.model import Project
from st_tui.core.secrets.files import FileSecret
from st_tui.core.secrets.model import Place, SealedBudget, SealedSecret, Secret, SecretImport
from st_tui.core.secrets.references import MOST_WARNINGS, Expander, Target
from st_tui.core.store import secrets
from st_tui.core.vault.secret_changes import UNOPENED, find, open_secret
from st_tui.core.vault.session import Session

MayRead = Callable[[Place], bool]

_DEEPEST_IMPORT = 10
_MOST_IMPORTS = 100
_OUT_OF_REACH = "What may not be read was left out of the imports."
_MORE_IMPORTS = "More imports were left out."


class Imported(NamedTuple):
    """A link, and the secrets found through it."""

    link: SecretImport
    secrets: list[SealedSecret]


class Gathered(NamedTuple):
    """Sealed secrets, those found through links, and what had to be left out."""

    secrets: list[SealedSecret]
    imports: list[Imported]
    warnings: list[str]
    places: frozenset[Place]
    """The folders without which some of it would not have been found."""


class Found(NamedTuple):
    """Opened secrets, those found through links, and what had to be left out or unexpanded."""

    secrets: list[Secret]
    imports: list[tuple[SecretImport, list[Secret]]]
    warnings: list[str]
    referenced: frozenset[Place] = frozenset()
    """The folders of the secrets that references were replaced by."""

    def for_file(self) -> list[FileSecret]:
        """All of them in the order of their names, each name once.

        Later links win over earlier ones, and what lies in the folder itself over all of them.
        """
        layers = [*(inside for _, inside in self.imports), self.secrets]
        by_name = {secret.name: secret for layer in layers for secret in layer}
        return [
            FileSecret(name, secret.value, secret.comment)
            for name, secret in sorted(by_name.items(), key=lambda named: named[0])
        ]


def gathered(
    session: Session,
    project: Project,
    place: Place,
    may_read: MayRead,
    *,
    recursive: bool = False,
    imports: bool = False,
    budget: SealedBudget | None = None,
) -> Gathered:
    """What a list of a folder holds: of folders below it those that may be read.

    Raises TooMuch where it outgrows the budget.
    """
    database = session.database
    places = [place]
    if recursive:
        places = list(filter(may_read, secrets.places_below(database, project.id, place)))
    found = [
        secret
        for here in places
        for secret in secrets.in_folder(database, project.id, here, budget)
    ]
    warnings: list[str] = []
    links = followed(session, project, place, may_read, warnings) if imports else []
    imported = [
        Imported(link, secrets.in_folder(database, project.id, link.source, budget))
        for link in links
    ]
    needed = frozenset(places).union(
        *(_way(place, links, link.source) for link, inside in imported if inside)
    )
    return Gathered(found, imported, warnings, needed)


def left_out(secret_id: str) -> str:
    """The warning about a secret that cannot be opened."""
    return f"The secret {secret_id} was left out: {UNOPENED}."


def alone(secret: SealedSecret) -> Gathered:
    """One secret as a list of it alone."""
    return Gathered([secret], [], [], frozenset([secret.place]))


def find_imported(
    session: Session,
    project: Project,
    place: Place,
    name: str,
    may_read: MayRead,
    warnings: list[str],
) -> tuple[SealedSecret, frozenset[Place]] | None:
    """A secret that a folder's links bring, and the folders on the way to it."""
    links = followed(session, project, place, may_read, warnings)
    for link in reversed(links):
        secret = find(session, project, link.source, name)
        if secret is not None:
            return secret, _way(place, links, link.source)
    return None


def _way(place: Place, links: list[SecretImport], source: Place) -> frozenset[Place]:
    """The folders that links lead through from a folder to one of their sources."""
    importers = {link.source: link.place for link in links}
    way = set()
    while source != place:
        way.add(source)
        source = importers[source]
    return frozenset(way)


def followed(
    session: Session, project: Project, place: Place, may_read: MayRead, warnings: list[str]
) -> list[SecretImport]:
    """The links of a folder and those that they lead on to: later ones win over earlier.

    A source's own links come before it; a folder reached on several ways stands once, where it
    counts. What is too much is named in `warnings`; of what may not be read, only that there is
    some.
    """
    found: list[SecretImport] = []
    seen = {place}

    def warn(link: SecretImport, why: str) -> None:
        if len(warnings) < MOST_WARNINGS:
            warnings.append(f"The import of {link.source} was left out: {why}.")
        elif warnings[-1] != _MORE_IMPORTS:
            warnings.append(_MORE_IMPORTS)

    def follow(here: Place, depth: int) -> None:
        # The last link first: what it brings wins over the same folder brought by an earlier one.
        for link in reversed(secrets.imports(session.database, project.id, here)):
            if link.source in seen:
                continue
            seen.add(link.source)
            if not may_read(link.source):
                # Neither named nor counted: where it leads is not the reader's to know.
                if _OUT_OF_REACH not in warnings:
                    warnings.append(_OUT_OF_REACH)
            elif depth > _DEEPEST_IMPORT or len(found) == _MOST_IMPORTS:
                warn(link, "too many imports lead on to one another")
            else:
                found.append(link)
                follow(link.source, depth + 1)

    follow(place, 1)
    return found[::-1]


def opened(
    session: Session,
    project: Project,
    gathered: Gathered,
    *,
    may_read: MayRead,
    expand: bool = False,
) -> Found:
    """Secrets opened with the project key, their references expanded where that is asked for.

    What was left out or unexpanded is added to the warnings.
    """
    key = session.project_key(project.id)
    warnings = gathered.warnings
    referenced: set[Place] = set()

    def look_up(asked: Target) -> str | None:
        if not may_read(asked.place):
            return None
        there = find(session, project, asked.place, asked.name)
        secret = None if there is None else open_secret(there, key)
        if secret is None:
            return None
        referenced.add(asked.place)
        return secret.value

    expander = Expander(look_up)

    def open_each(each: list[SealedSecret]) -> list[Secret]:
        found = []
        for one in each:
            secret = open_secret(one, key)
            if secret is None:
                warnings.append(left_out(one.id))
                continue
            if expand:
                value = expander.expand(secret.value, one.place, secret.name)
                secret = replace(secret, value=value)
            found.append(secret)
        return found

    own = open_each(gathered.secrets)
    imports = [(link, open_each(inside)) for link, inside in gathered.imports]
    warnings += expander.warnings
    return Found(own, imports, warnings, frozenset(referenced))
