"""Lists of secrets: a folder's own, those that its links bring, and their references expanded.

`may_read` says which folders the reader may look into. The operator may look into all of them, the
holder of a token into those of its scopes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from st_tui.core.model import Project
from st_tui.core.secrets.files import FileSecret
from st_tui.core.secrets.model import Place, SealedBudget, SealedSecret, Secret, SecretImport
from st_tui.core.secrets.references import MOST_WARNINGS, Expander, Target
from st_tui.core.store import secret_imports, secrets
from st_tui.core.vault.secret_changes import UNOPENED, find, open_secret
from st_tui.core.vault.session import Session

MayRead = Callable[[Place], bool]

_DEEPEST_IMPORT = 10
_MOST_IMPORTS = 100
_OUT_OF_REACH = "What may not be read was left out of the imports."
_MORE_IMPORTS = "More imports were left out."


class ImportedSecrets(NamedTuple):
    """A link, and the secrets of the folder that it leads to."""

    link: SecretImport
    secrets: list[SealedSecret]


class SealedList(NamedTuple):
    """The secrets of a folder, those that links bring, and warnings about what was left out."""

    secrets: list[SealedSecret]
    imports: list[ImportedSecrets]
    warnings: list[str]
    places: frozenset[Place]
    """The folders that were needed to find the secrets.

    These are the folders that the secrets lie in, and those that links lead through.
    """


class OpenedList(NamedTuple):
    """A SealedList, opened. Its warnings also name references that could not be expanded."""

    secrets: list[Secret]
    imports: list[tuple[SecretImport, list[Secret]]]
    warnings: list[str]
    referenced: frozenset[Place] = frozenset()
    """The folders whose secrets were put in place of references."""

    def for_file(self) -> list[FileSecret]:
        """All secrets in the order of their names, each name once.

        A later link wins over an earlier one, and the folder's own secrets win over links.
        """
        layers = [*(inside for _, inside in self.imports), self.secrets]
        by_name = {secret.name: secret for layer in layers for secret in layer}
        return [
            FileSecret(name, secret.value, secret.comment)
            for name, secret in sorted(by_name.items(), key=lambda named: named[0])
        ]


def list_sealed(
    session: Session,
    project: Project,
    place: Place,
    may_read: MayRead,
    *,
    recursive: bool = False,
    imports: bool = False,
    budget: SealedBudget | None = None,
) -> SealedList:
    """The secrets of a folder and, if `recursive`, of the folders below it that may be read.

    With `imports`, the secrets that its links bring are listed, too. Raises TooMuch if all of them
    are more than the budget allows.
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
    links = follow_links(session, project, place, may_read, warnings) if imports else []
    imported = [
        ImportedSecrets(link, secrets.in_folder(database, project.id, link.source, budget))
        for link in links
    ]
    needed = frozenset(places).union(
        *(_on_the_way(place, links, link.source) for link, inside in imported if inside)
    )
    return SealedList(found, imported, warnings, needed)


def left_out_warning(secret_id: str) -> str:
    """The warning about a secret that cannot be opened."""
    return f"The secret {secret_id} was left out: {UNOPENED}."


def list_of_one(secret: SealedSecret) -> SealedList:
    """A list with one secret, without links."""
    return SealedList([secret], [], [], frozenset([secret.place]))


def find_imported(
    session: Session,
    project: Project,
    place: Place,
    name: str,
    may_read: MayRead,
    warnings: list[str],
) -> tuple[SealedSecret, frozenset[Place]] | None:
    """A secret that a folder's links bring, and the folders that the links lead through to it.

    None if they bring no secret of this name. `warnings` grows: see `follow_links`.
    """
    session = session.remembering()
    links = follow_links(session, project, place, may_read, warnings)
    for link in reversed(links):
        secret = find(session, project, link.source, name)
        if secret is not None:
            return secret, _on_the_way(place, links, link.source)
    return None


def _on_the_way(place: Place, links: list[SecretImport], source: Place) -> frozenset[Place]:
    """The folders that links lead through from a folder to a source, and the source itself."""
    importers = {link.source: link.place for link in links}
    way = set()
    while source != place:
        way.add(source)
        source = importers[source]
    return frozenset(way)


def follow_links(
    session: Session, project: Project, place: Place, may_read: MayRead, warnings: list[str]
) -> list[SecretImport]:
    """The links of a folder, the links of their sources, and so on. A later link wins.

    A source's own links stand before the link to it, so that its own secrets win:

        /app imports /a and then /b, and /b imports /c   ->   the links to /a, /c, /b

    A folder that is reached twice stands where it wins.

    Links beyond the limits are left out, and a sentence about each is added to `warnings`. Links to
    sources that may not be read are left out, too. One sentence is about all of these: it does not
    say where they lead.
    """
    found: list[SecretImport] = []
    seen = {place}

    def warn(link: SecretImport, why: str) -> None:
        if len(warnings) < MOST_WARNINGS:
            warnings.append(f"The import of {link.source} was left out: {why}.")
        elif warnings[-1] != _MORE_IMPORTS:
            warnings.append(_MORE_IMPORTS)

    def follow(here: Place, depth: int) -> None:
        # The last link first, because it wins; the list is turned round at the end.
        for link in reversed(secret_imports.in_folder(session.database, project.id, here)):
            if link.source in seen:
                continue
            seen.add(link.source)
            if not may_read(link.source):
                # Neither named nor counted: the reader may not know where it leads.
                if _OUT_OF_REACH not in warnings:
                    warnings.append(_OUT_OF_REACH)
            elif depth > _DEEPEST_IMPORT or len(found) == _MOST_IMPORTS:
                warn(link, "too many imports lead on to one another")
            else:
                found.append(link)
                follow(link.source, depth + 1)

    follow(place, 1)
    return found[::-1]


def open_list(
    session: Session,
    project: Project,
    sealed: SealedList,
    *,
    may_read: MayRead,
    expand: bool = False,
) -> OpenedList:
    """Open a list with the project key and, if `expand`, expand the references in its values.

    Warnings about secrets that cannot be opened, and about references, are added.
    """
    session = session.remembering()
    key = session.project_key(project.id)
    warnings = sealed.warnings
    referenced: set[Place] = set()

    def value_of(target: Target) -> str | None:
        if not may_read(target.place):
            return None
        there = find(session, project, target.place, target.name)
        secret = None if there is None else open_secret(there, key)
        if secret is None:
            return None
        referenced.add(target.place)
        return secret.value

    expander = Expander(value_of)

    def open_each(each: list[SealedSecret]) -> list[Secret]:
        found = []
        for one in each:
            secret = open_secret(one, key)
            if secret is None:
                warnings.append(left_out_warning(one.id))
                continue
            if expand:
                value = expander.expand(secret.value, one.place, secret.name)
                secret = replace(secret, value=value)
            found.append(secret)
        return found

    own = open_each(sealed.secrets)
    imports = [(link, open_each(inside)) for link, inside in sealed.imports]
    warnings += expander.warnings
    return OpenedList(own, imports, warnings, frozenset(referenced))
