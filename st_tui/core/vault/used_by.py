"""What uses secrets that are to be deleted or renamed: links, and `${…}` references in values.

References are found by opening the project's values. `may_read` says which folders may be looked
into and named. A `bounded` search stops after `MOST_VALUES`: in the server, others wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from st_tui.core import crypto
from st_tui.core.errors import Refusal
from st_tui.core.model import Project, Sealed
from st_tui.core.secrets.model import LARGEST_ANSWER, Place, SecretImport
from st_tui.core.secrets.references import MOST_REFERENCES, Target, targets
from st_tui.core.secrets.used_by import Reference, UsedBy
from st_tui.core.store import projects, secret_imports, secrets
from st_tui.core.vault.secret_changes import name_hash
from st_tui.core.vault.session import NoServerCopy, Session

Leaving = Mapping[Place, Collection[bytes]]
"""The secrets that are to be deleted or renamed: by folder, the hashes of their names."""

MOST_VALUES = 5_000
"""How many values a bounded search opens."""
SEALED_UNSEEN = "E2EE is on, so which values refer to it cannot be seen here."
KEYLESS_UNSEEN = "The project's key cannot be opened, so which values refer to it cannot be seen."
TOO_MANY_UNSEEN = "There are too many values to look through: more of them may refer to it."


def of_folder(
    session: Session,
    project: Project,
    place: Place,
    may_read: Callable[[Place], bool],
    *,
    bounded: bool = False,
) -> UsedBy:
    """What uses the secrets of a folder, and of all below it, from outside.

    If the folder is deleted, the links to it are deleted, too. Links to folders with such a link
    stay, but no longer bring these secrets.
    """
    database = session.database
    above = place.path.rstrip("/") + "/"
    every = projects.folders(database, project.id, place.environment)
    below = [Place(place.environment, path) for path in every if path.startswith(above)]
    links = list(_links_bringing(session, project, [place, *below], None, may_read))
    leaving: dict[Place, set[bytes]] = {}
    for here, hashed in secrets.names_below(database, project.id, place):
        leaving.setdefault(here, set()).add(hashed)
    return _with_references(session, project, links, leaving, may_read, bounded)


def of_secrets(
    session: Session,
    project: Project,
    place: Place,
    hashes: Collection[bytes],
    may_read: Callable[[Place], bool],
    *,
    bounded: bool = False,
) -> UsedBy:
    """What uses some secrets of a folder. The links stay, but no longer bring these secrets."""
    links = list(_links_bringing(session, project, [place], hashes, may_read))
    return _with_references(session, project, links, {place: hashes}, may_read, bounded)


def of_link(
    session: Session, project: Project, link: SecretImport, may_read: Callable[[Place], bool]
) -> UsedBy:
    """The further links through which others find what this link brings into its folder."""
    return UsedBy(tuple(_links_bringing(session, project, [link.place], None, may_read)))


def references_to(
    session: Session,
    project: Project,
    place: Place,
    name: bytes,
    may_read: Callable[[Place], bool],
    *,
    bounded: bool = False,
) -> UsedBy:
    """The references to a secret by an earlier name: `name` is the hash of that."""
    return _with_references(session, project, [], {place: [name]}, may_read, bounded)


def _links_bringing(
    session: Session,
    project: Project,
    places: Collection[Place],
    hashes: Collection[bytes] | None,
    may_read: Callable[[Place], bool],
) -> Iterator[SecretImport]:
    """The links through which others find the secrets of these folders, the nearest first.

    With `hashes`, only secrets with these names count. A link is left out if its folder has secrets
    of its own with all these names: those are found there, and by further links.
    """
    database = session.database
    by_source: dict[Place, list[SecretImport]] = {}
    for link in secret_imports.every(database, project.id):
        by_source.setdefault(link.source, []).append(link)
    first = frozenset(places)
    seen = set(places)
    waiting = list(places)
    for here in waiting:
        # Every link to the first folders counts. Each further folder is gone through only once.
        known = first if here in first else seen
        for link in by_source.get(here, ()):
            if link.place in known or not may_read(link.place):
                continue
            seen.add(link.place)
            if hashes is None or not secrets.names_in(database, project.id, link.place).issuperset(
                hashes
            ):
                yield link
                waiting.append(link.place)


def _with_references(
    session: Session,
    project: Project,
    links: list[SecretImport],
    leaving: Leaving,
    may_read: Callable[[Place], bool],
    bounded: bool,
) -> UsedBy:
    if not leaving:
        return UsedBy(tuple(links))
    session = session.remembering()
    try:
        key = session.project_key(project.id)
    except NoServerCopy:
        return UsedBy(tuple(links), unseen=SEALED_UNSEEN)
    except Refusal:
        # Somebody who has lost a key may still delete what it opened.
        return UsedBy(tuple(links), unseen=KEYLESS_UNSEEN)
    search = _ReferenceSearch(session, project, leaving, bounded)
    search.look_through(key, may_read)
    return UsedBy(tuple(links), tuple(sorted(search.found)), search.unseen)


class _ReferenceSearch:
    """A search through the project's values for references to secrets that are to leave."""

    def __init__(self, session: Session, project: Project, leaving: Leaving, bounded: bool) -> None:
        self.found: set[Reference] = set()
        self.unseen = ""
        self._session = session
        self._project = project
        self._leaving = leaving
        self._bounded = bounded
        self._values_left = MOST_VALUES
        self._characters_left = LARGEST_ANSWER
        self._references_left = MOST_REFERENCES
        self._is_leaving: dict[Target, bool] = {}

    def look_through(self, key: str, may_read: Callable[[Place], bool]) -> None:
        """Collect the references in the values of the folders that may be read."""
        database, project_id = self._session.database, self._project.id
        for place in filter(may_read, secrets.places(database, project_id)):
            leaving = self._leaving.get(place, ())
            for sealed in secrets.values_in(database, project_id, place):
                if sealed.name_hash in leaving:
                    continue
                if self._is_enough(sealed.value):
                    self.unseen = TOO_MANY_UNSEEN
                    return
                try:
                    texts = self._texts(crypto.unseal(sealed.value, key), place)
                    name = crypto.unseal(sealed.name, key) if texts else ""
                except crypto.SealError:
                    continue  # another key sealed it: nobody here reads its references
                self.found.update(Reference(place, name, text) for text in texts)

    def _is_enough(self, value: Sealed) -> bool:
        self._values_left -= 1
        self._characters_left -= len(value.ciphertext)
        left = min(self._values_left, self._characters_left, self._references_left)
        return self._bounded and left < 0

    def _texts(self, value: str, place: Place) -> set[str]:
        """The references in a value to secrets that are to leave."""
        texts = set()
        for text, target in targets(value, place):
            self._references_left -= 1
            if self._bounded and self._references_left < 0:
                break
            if self._leads_there(target):
                texts.add(text)
        return texts

    def _leads_there(self, target: Target) -> bool:
        hashes = self._leaving.get(target.place)
        if not hashes:
            return False
        if target not in self._is_leaving:
            hashed = name_hash(self._session, self._project, target.name)
            self._is_leaving[target] = hashed in hashes
        return self._is_leaving[target]
