"""What can be done to a project's secrets, inside a change that the caller makes and records.

The operator's room (`vault.secrets`) and the token holders' (`vault.gateway`) both act through
these functions; who may, and what the audit log says of it, is theirs to settle first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from st_tui.core import crypto, token_text
from st_tui.core.crypto import Sealed
from st_tui.core.model import Project
from st_tui.core.references import MOST_WARNINGS, Expander, Target
from st_tui.core.secret import (
    NOTHING_SEALED,
    Place,
    Room,
    SealedSecret,
    Secret,
    SecretImport,
    check_name,
    check_value,
    trimmed,
)
from st_tui.core.store import projects, secrets
from st_tui.core.vault.session import Session, VaultError

MayRead = Callable[[Place], bool]

_DEEPEST_IMPORT = 10
_MOST_IMPORTS = 100
_MORE_IMPORTS = "More imports were left out."


class NoFolder(VaultError):
    """There is no such folder, or no such environment."""

    def __init__(self, place: Place) -> None:
        super().__init__(f"There is no folder {place}.")
        self.place = place


class NotAsItStands(VaultError):
    """What is asked cannot be done to what is there."""


class AlreadyThere(NotAsItStands):
    """What is to be made is there already: a secret of that name, or that link."""


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

    def by_name(self) -> dict[str, str]:
        """All values in the order of their names.

        Later links win over earlier ones, and what lies in the folder itself over all of them.
        """
        layers = [*(inside for _, inside in self.imports), self.secrets]
        values = {secret.name: secret.value for layer in layers for secret in layer}
        return dict(sorted(values.items()))


def name_hash(session: Session, project: Project, name: str) -> bytes:
    """The keyed hash that a secret's name is found by."""
    return crypto.hash_name(trimmed(name), session.name_key(project.id))


def folder_exists(session: Session, project: Project, place: Place) -> bool:
    """Whether the project has this environment, and the folder in it."""
    known = projects.environments(session.connection, project.id)
    return any(place.environment == environment.slug for environment in known) and (
        projects.has_folder(session.connection, project.id, *place)
    )


def find(session: Session, project: Project, place: Place, name: str) -> SealedSecret | None:
    """One secret of a folder by its name."""
    return secrets.find(session.connection, project.id, place, name_hash(session, project, name))


def create_sealed(
    session: Session,
    project: Project,
    place: Place,
    name: str,
    sealed_name: Sealed,
    value: Sealed,
    comment: Sealed = NOTHING_SEALED,
) -> SealedSecret:
    """Write a new secret as a client sealed it. Raises Refusal."""
    return _insert(session, project, place, check_name(name), lambda: (sealed_name, value, comment))


def _insert(
    session: Session,
    project: Project,
    place: Place,
    name: str,
    sealed: Callable[[], tuple[Sealed, Sealed, Sealed]],
) -> SealedSecret:
    if not folder_exists(session, project, place):
        raise NoFolder(place)
    hashed = name_hash(session, project, name)
    _refuse_taken(session, project, place, hashed)
    now = session.clock()
    secret = SealedSecret(
        token_text.new_id(session.randbytes), project.id, place, hashed, 1, *sealed(), now, now
    )
    secrets.insert(session.connection, secret)
    return secret


def _refuse_taken(session: Session, project: Project, place: Place, hashed: bytes) -> None:
    if secrets.find(session.connection, project.id, place, hashed) is not None:
        raise AlreadyThere(f"There is a secret of this name in {place} already.")


def update_sealed(
    session: Session,
    current: SealedSecret,
    *,
    value: Sealed | None = None,
    comment: Sealed | None = None,
) -> SealedSecret:
    """Write the next version of a secret; what is not given stays as it is."""
    changed = current._replace(
        version=current.version + 1,
        value=current.value if value is None else value,
        comment=current.comment if comment is None else comment,
        updated_at=session.clock(),
    )
    secrets.add_version(session.connection, changed)
    return changed


def create(
    session: Session, project: Project, place: Place, name: str, value: str, comment: str = ""
) -> SealedSecret:
    """Seal and write a new secret. Raises Refusal."""
    name = check_name(name)
    texts = name, check_value(value), check_value(comment, "comment")

    def sealed() -> tuple[Sealed, Sealed, Sealed]:
        key = session.project_key(project.id)
        sealed_name, sealed_value, sealed_comment = (
            crypto.seal(text, key, session.randbytes) for text in texts
        )
        return sealed_name, sealed_value, sealed_comment

    return _insert(session, project, place, name, sealed)


def update(
    session: Session,
    project: Project,
    current: SealedSecret,
    name: str,
    *,
    value: str | None = None,
    comment: str | None = None,
    new_name: str | None = None,
) -> SealedSecret:
    """Seal and write the next version of a secret; where nothing is given, none is written.

    `name` is what it was found by: one that another key sealed is sealed anew with a new value.
    Raises Refusal.
    """
    if open_secret(current, session.project_key(project.id)) is None:
        if value is None:
            raise NotAsItStands("Another key sealed this secret: give it a new value.")
        new_name, comment = new_name or name, comment or ""
    if new_name is not None:
        new_name = check_name(new_name)
        hashed = name_hash(session, project, new_name)
        if hashed != current.name_hash:
            _refuse_taken(session, project, current.place, hashed)
        current = current._replace(name_hash=hashed, name=_seal(session, project, new_name))
    elif value is None and comment is None:
        return current
    return update_sealed(
        session,
        current,
        value=None if value is None else _seal(session, project, check_value(value)),
        comment=(
            None if comment is None else _seal(session, project, check_value(comment, "comment"))
        ),
    )


def delete(session: Session, secret: SealedSecret) -> None:
    """Delete a secret with all its versions."""
    secrets.delete(session.connection, secret.id)


def add_import(session: Session, project: Project, place: Place, source: Place) -> SecretImport:
    """Link a folder's secrets into another. Raises VaultError."""
    for end in (place, source):
        if not folder_exists(session, project, end):
            raise NoFolder(end)
    if place == source:
        raise NotAsItStands(f"A folder cannot import itself: {place}.")
    links = secrets.imports(session.connection, project.id, place)
    if any(link.source == source for link in links):
        raise AlreadyThere(f"{place} imports {source} already.")
    link = SecretImport(
        token_text.new_id(session.randbytes),
        project.id,
        place,
        source,
        links[-1].position + 1 if links else 1,
        session.clock(),
    )
    secrets.insert_import(session.connection, link)
    return link


def open_secret(sealed: SealedSecret, project_key: str) -> Secret | None:
    """The secret, opened; None if it was sealed with another key."""
    parts = [sealed.name, sealed.value]
    if sealed.comment != NOTHING_SEALED:
        parts.append(sealed.comment)
    try:
        name, value, *comment = crypto.unseal_each(parts, project_key)
    except crypto.SealError:
        return None
    return Secret(sealed, name, value, comment[0] if comment else "")


def gathered(
    session: Session,
    project: Project,
    place: Place,
    may_read: MayRead,
    *,
    recursive: bool = False,
    imports: bool = False,
    room: Room | None = None,
) -> Gathered:
    """What a list of a folder holds: of folders below it those that may be read.

    Raises TooMuch where it outgrows the room.
    """
    connection = session.connection
    places = [place]
    if recursive:
        places = [
            below
            for below in secrets.places_below(connection, project.id, place)
            if below == place or may_read(below)
        ]
    found = [
        secret
        for here in places
        for secret in secrets.in_folder(connection, project.id, here, room)
    ]
    warnings: list[str] = []
    links = followed(session, project, place, may_read, warnings) if imports else []
    imported = [
        Imported(link, secrets.in_folder(connection, project.id, link.source, room))
        for link in links
    ]
    needed = frozenset(places).union(
        *(_way(place, links, link.source) for link, inside in imported if inside)
    )
    return Gathered(found, imported, warnings, needed)


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
    counts. What may not be read or is too much is named in `warnings`.
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
        for link in reversed(secrets.imports(session.connection, project.id, here)):
            if link.source in seen:
                continue
            seen.add(link.source)
            if not may_read(link.source):
                warn(link, "its secrets may not be read")
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

    def open_each(each: list[SealedSecret]) -> list[Secret]:
        opened_each = []
        for one in each:
            secret = open_secret(one, key)
            if secret is None:
                warnings.append(f"The secret {one.id} was left out: another key sealed it.")
            else:
                opened_each.append(secret)
        return opened_each

    def look_up(asked: Target) -> str | None:
        if not may_read(asked.place):
            return None
        there = find(session, project, asked.place, asked.name)
        secret = None if there is None else open_secret(there, key)
        if secret is None:
            return None
        referenced.add(asked.place)
        return secret.value

    found = Found(
        open_each(gathered.secrets),
        [(link, open_each(inside)) for link, inside in gathered.imports],
        warnings,
    )
    if not expand:
        return found
    expander = Expander(look_up)

    def expanded(each: list[Secret]) -> list[Secret]:
        return [
            Secret(
                one.sealed,
                one.name,
                expander.expand(one.value, one.sealed.place, one.name),
                one.comment,
            )
            for one in each
        ]

    found = Found(
        expanded(found.secrets),
        [(link, expanded(inside)) for link, inside in found.imports],
        warnings,
    )
    warnings += expander.warnings
    return found._replace(referenced=frozenset(referenced))


def _seal(session: Session, project: Project, text: str) -> Sealed:
    return crypto.seal(text, session.project_key(project.id), session.randbytes)
