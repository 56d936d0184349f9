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
from st_tui.core.references import Expander, Target
from st_tui.core.secret import (
    NOTHING_SEALED,
    Place,
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


class NoFolder(VaultError):
    """There is no such folder, or no such environment."""

    def __init__(self, place: Place) -> None:
        super().__init__(f"There is no folder {place}.")
        self.place = place


class Imported(NamedTuple):
    """A link, and the secrets found through it."""

    link: SecretImport
    secrets: list[SealedSecret]


class Found(NamedTuple):
    """Opened secrets, those found through links, and what had to be left out or unexpanded."""

    secrets: list[Secret]
    imports: list[tuple[SecretImport, list[Secret]]]
    warnings: list[str]


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
    name = check_name(name)
    if not folder_exists(session, project, place):
        raise NoFolder(place)
    hashed = name_hash(session, project, name)
    if secrets.find(session.connection, project.id, place, hashed) is not None:
        raise VaultError(f"There is a secret of this name in {place} already.")
    now = session.clock()
    secret = SealedSecret(
        token_text.new_id(session.randbytes),
        project.id,
        place,
        hashed,
        1,
        sealed_name,
        value,
        comment,
        now,
        now,
    )
    secrets.insert(session.connection, secret)
    return secret


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
    sealed = [
        _seal(session, project, text)
        for text in (name, check_value(value), check_value(comment, "comment"))
    ]
    return create_sealed(session, project, place, name, *sealed)


def update(
    session: Session,
    project: Project,
    current: SealedSecret,
    *,
    value: str | None = None,
    comment: str | None = None,
    new_name: str | None = None,
) -> SealedSecret:
    """Seal and write the next version of a secret. Raises Refusal."""
    if new_name is not None:
        new_name = check_name(new_name)
        hashed = name_hash(session, project, new_name)
        taken = secrets.find(session.connection, project.id, current.place, hashed)
        if taken is not None and taken.id != current.id:
            raise VaultError(f"There is a secret of this name in {current.place} already.")
        current = current._replace(name_hash=hashed, name=_seal(session, project, new_name))
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
        raise VaultError(f"A folder cannot import itself: {place}.")
    links = secrets.imports(session.connection, project.id, place)
    if any(link.source == source for link in links):
        raise VaultError(f"{place} imports {source} already.")
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


def imported(
    session: Session, project: Project, place: Place, may_read: MayRead, warnings: list[str]
) -> list[Imported]:
    """What a folder's links bring, in an order in which later ones win over earlier.

    A source's own links come before it; a folder reached on several ways stands once, where it
    counts. What may not be read or is too much is named in `warnings`.
    """
    found: list[Imported] = []
    seen = {place}

    def follow(here: Place, depth: int) -> None:
        # The last link first: what it brings wins over the same folder brought by an earlier one.
        for link in reversed(secrets.imports(session.connection, project.id, here)):
            if link.source in seen:
                continue
            seen.add(link.source)
            left_out = f"The import of {link.source} was left out"
            if not may_read(link.source):
                warnings.append(f"{left_out}: its secrets may not be read.")
            elif depth > _DEEPEST_IMPORT or len(found) == _MOST_IMPORTS:
                warnings.append(f"{left_out}: too many imports lead on to one another.")
            else:
                inside = secrets.in_folder(session.connection, project.id, link.source)
                found.append(Imported(link, inside))
                follow(link.source, depth + 1)

    follow(place, 1)
    return found[::-1]


def opened(
    session: Session,
    project: Project,
    sealed: list[SealedSecret],
    imports: list[Imported],
    warnings: list[str],
    *,
    may_read: MayRead,
    expand: bool = False,
) -> Found:
    """Secrets opened with the project key, their references expanded where that is asked for.

    What was left out or unexpanded is added to `warnings`.
    """
    key = session.project_key(project.id)

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
        return None if secret is None else secret.value

    found = Found(
        open_each(sealed), [(link, open_each(inside)) for link, inside in imports], warnings
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
    return found


def _seal(session: Session, project: Project, text: str) -> Sealed:
    return crypto.seal(text, session.project_key(project.id), session.randbytes)
