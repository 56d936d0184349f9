"""What leads to a folder, an environment or secrets from elsewhere: links, and `${…}` references.

References stand in values, which must be opened to be seen. `may_read` tells which folders may be
looked into and spoken of; a `bounded` search is for a door that others wait at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from st_tui.core import crypto
from st_tui.core.errors import Refusal
from st_tui.core.model import Project, Sealed
from st_tui.core.secrets.model import LARGEST_ANSWER, Place, SecretImport
from st_tui.core.secrets.references import MOST_REFERENCES, Target, targets
from st_tui.core.secrets.used_by import Reference, UsedBy
from st_tui.core.store import projects, secrets
from st_tui.core.vault.secret_changes import name_hash
from st_tui.core.vault.session import NoServerCopy, Session

Going = Mapping[Place, Collection[bytes]]
"""The secrets that are to go: where they lie, and the hashes of their names."""

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
    """What leads to a folder, or to one below it, from outside: links go with it, and those that
    bring on what they brought stay and bring it no more.
    """
    database = session.database
    above = place.path.rstrip("/") + "/"
    every = projects.folders(database, project.id, place.environment)
    below = [Place(place.environment, path) for path in every if path.startswith(above)]
    links = list(_bringing(session, project, [place, *below], None, may_read))
    going: dict[Place, set[bytes]] = {}
    for here, hashed in secrets.names_below(database, project.id, place):
        going.setdefault(here, set()).add(hashed)
    return _with_references(session, project, links, going, may_read, bounded)


def of_secrets(
    session: Session,
    project: Project,
    place: Place,
    hashes: Collection[bytes],
    may_read: Callable[[Place], bool],
    *,
    bounded: bool = False,
) -> UsedBy:
    """What leads to some secrets of a folder: the links stay, and bring them no more."""
    links = list(_bringing(session, project, [place], hashes, may_read))
    return _with_references(session, project, links, {place: hashes}, may_read, bounded)


def of_link(
    session: Session, project: Project, link: SecretImport, may_read: Callable[[Place], bool]
) -> UsedBy:
    """The links that bring on what one link brings, and with it bring it no more."""
    return UsedBy(tuple(_bringing(session, project, [link.place], None, may_read)))


def references_to(
    session: Session,
    project: Project,
    place: Place,
    name: bytes,
    may_read: Callable[[Place], bool],
    *,
    bounded: bool = False,
) -> UsedBy:
    """What refers to a secret by a name that it has no more."""
    return _with_references(session, project, [], {place: [name]}, may_read, bounded)


def _bringing(
    session: Session,
    project: Project,
    places: Collection[Place],
    hashes: Collection[bytes] | None,
    may_read: Callable[[Place], bool],
) -> Iterator[SecretImport]:
    """The links through which the secrets of these folders are found in others, near ones first:
    all secrets, or some by the hashes of their names.

    A folder with a secret of its own of the same name finds that, and brings that on.
    """
    database = session.database
    by_source: dict[Place, list[SecretImport]] = {}
    for link in secrets.every_import(database, project.id):
        by_source.setdefault(link.source, []).append(link)
    first = frozenset(places)
    seen = set(places)
    waiting = list(places)
    for here in waiting:
        # Every link from there counts, but a folder brings the same on only once.
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
    going: Going,
    may_read: Callable[[Place], bool],
    bounded: bool,
) -> UsedBy:
    if not going:
        return UsedBy(tuple(links))
    session = session.remembering()
    try:
        key = session.project_key(project.id)
    except NoServerCopy:
        return UsedBy(tuple(links), unseen=SEALED_UNSEEN)
    except Refusal:
        # Whoever lost a key may still delete what it opened.
        return UsedBy(tuple(links), unseen=KEYLESS_UNSEEN)
    search = _Search(session, project, going, bounded)
    search.look_through(key, may_read)
    return UsedBy(tuple(links), tuple(sorted(search.found)), search.unseen)


class _Search:
    """Goes through values, as far as it may, for references to secrets that are to go."""

    def __init__(self, session: Session, project: Project, going: Going, bounded: bool) -> None:
        self.found: set[Reference] = set()
        self.unseen = ""
        self._session = session
        self._project = project
        self._going = going
        self._bounded = bounded
        self._values, self._characters, self._left = MOST_VALUES, LARGEST_ANSWER, MOST_REFERENCES
        self._goes: dict[Target, bool] = {}

    def look_through(self, key: str, may_read: Callable[[Place], bool]) -> None:
        database, project_id = self._session.database, self._project.id
        for place in filter(may_read, secrets.places(database, project_id)):
            going = self._going.get(place, ())
            for sealed in secrets.values_in(database, project_id, place):
                if sealed.name_hash in going:
                    continue
                if self._is_enough(sealed.value):
                    self.unseen = TOO_MANY_UNSEEN
                    return
                try:
                    texts = self._texts(crypto.unseal(sealed.value, key), place)
                    name = crypto.unseal(sealed.name, key) if texts else ""
                except crypto.SealError:
                    continue  # nobody with this project's key reads what it refers to
                self.found.update(Reference(place, name, text) for text in texts)

    def _is_enough(self, value: Sealed) -> bool:
        self._values -= 1
        self._characters -= len(value.ciphertext)
        return self._bounded and min(self._values, self._characters, self._left) < 0

    def _texts(self, value: str, place: Place) -> set[str]:
        """The references in a value that lead to what is to go."""
        texts = set()
        for text, target in targets(value, place):
            self._left -= 1
            if self._bounded and self._left < 0:
                break
            if self._leads_there(target):
                texts.add(text)
        return texts

    def _leads_there(self, target: Target) -> bool:
        hashes = self._going.get(target.place)
        if not hashes:
            return False
        if target not in self._goes:
            hashed = name_hash(self._session, self._project, target.name)
            self._goes[target] = hashed in hashes
        return self._goes[target]
