"""Finding, writing and deleting single secrets and links, for the operator and for token holders.

`vault.secrets` (for the operator) and `vault.holders` call these functions inside their own
transactions. Both callers decide who may do it, and write the audit entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from st_tui.core import crypto, token_text
from st_tui.core.model import Project, Sealed
from st_tui.core.plain_text import refuse_unseen
from st_tui.core.secrets.model import (
    NOTHING_SEALED,
    Place,
    SealedSecret,
    Secret,
    SecretImport,
    SecretLabel,
    check_name,
    check_value,
    trimmed,
)
from st_tui.core.store import projects, secret_imports, secrets
from st_tui.core.store.secrets import SealedLabel
from st_tui.core.vault.session import Session, VaultError

UNOPENED = "another key sealed it, or it is no UTF-8 text"
"""Why a secret cannot be opened with its project's key."""


class NoFolder(VaultError):
    """There is no such folder, or no such environment."""

    def __init__(self, place: Place) -> None:
        super().__init__(f"There is no folder {place}.")
        self.place = place


class NotAsItStands(VaultError):
    """The present state of the vault does not allow the change."""


class AlreadyThere(NotAsItStands):
    """There is such a secret or such a link already."""


def name_hash(session: Session, project: Project, name: str) -> bytes:
    """The keyed hash that a secret is found by."""
    return crypto.hash_name(trimmed(name), session.name_key(project.id))


def folder_exists(session: Session, project: Project, place: Place) -> bool:
    """Whether the project has this environment, and the folder in it."""
    known = projects.environments(session.database, project.id)
    return any(place.environment == environment.slug for environment in known) and (
        projects.has_folder(session.database, project.id, *place)
    )


def require_folder(session: Session, project: Project, place: Place) -> None:
    """Raise NoFolder unless the folder is there."""
    if not folder_exists(session, project, place):
        raise NoFolder(place)


def find(session: Session, project: Project, place: Place, name: str) -> SealedSecret | None:
    """One secret of a folder by its name."""
    return secrets.find(session.database, project.id, place, name_hash(session, project, name))


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
    """Write a new secret. `sealed` gives its name, value and comment once all checks are passed."""
    require_folder(session, project, place)
    hashed = name_hash(session, project, name)
    _refuse_taken(session, project, place, hashed)
    refuse_unseen(name, "secret's name")
    now = session.clock()
    secret = SealedSecret(
        token_text.new_id(session.randbytes), project.id, place, hashed, 1, *sealed(), now, now
    )
    secrets.insert(session.database, secret)
    return secret


def _refuse_taken(session: Session, project: Project, place: Place, hashed: bytes) -> None:
    if secrets.find(session.database, project.id, place, hashed) is not None:
        raise AlreadyThere(f"There is a secret of this name in {place} already.")


def update_sealed(
    session: Session,
    current: SealedSecret,
    *,
    value: Sealed | None = None,
    comment: Sealed | None = None,
) -> SealedSecret:
    """Write the next version of a secret. If value or comment is None, the old one stays."""
    changed = current._replace(
        version=current.version + 1,
        value=current.value if value is None else value,
        comment=current.comment if comment is None else comment,
        updated_at=session.clock(),
    )
    secrets.add_version(session.database, changed)
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
    """Seal and write the next version of a secret. If nothing new is given, none is written.

    `name` is the name that the secret was found by. A secret that another key sealed needs a new
    value; it is then sealed anew under `new_name`, or else under `name`. Raises Refusal.
    """
    if open_secret(current, session.project_key(project.id)) is None:
        if value is None:
            raise NotAsItStands(f"This secret cannot be opened: {UNOPENED}. Give it a new value.")
        new_name, comment = new_name or name, comment or ""
    if new_name is not None:
        new_name = check_name(new_name)
        hashed = name_hash(session, project, new_name)
        if hashed != current.name_hash:
            refuse_unseen(new_name, "secret's name")
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


def add_import(session: Session, project: Project, place: Place, source: Place) -> SecretImport:
    """Link a folder's secrets into another. Raises VaultError."""
    for end in (place, source):
        require_folder(session, project, end)
    if place == source:
        raise NotAsItStands(f"A folder cannot import itself: {place}.")
    links = secret_imports.in_folder(session.database, project.id, place)
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
    secret_imports.insert(session.database, link)
    return link


def open_secret(sealed: SealedSecret, project_key: str) -> Secret | None:
    """The secret, opened; None if it cannot be opened (`UNOPENED` says why)."""
    texts = _opened((sealed.name, sealed.value, sealed.comment), project_key)
    if texts is None:
        return None
    name, value, comment = texts
    return Secret(sealed, name, value, comment)


def open_label(sealed: SealedLabel, project_key: str) -> SecretLabel | None:
    """What the secret is listed by, opened; None if it cannot be opened (`UNOPENED` says why)."""
    texts = _opened((sealed.name, sealed.comment), project_key)
    if texts is None:
        return None
    name, comment = texts
    return SecretLabel(sealed.id, name, comment, sealed.version, sealed.updated_at)


def _opened(parts: Sequence[Sealed], project_key: str) -> list[str] | None:
    """The texts of sealed parts; the last part is a comment, which may be missing."""
    has_comment = parts[-1] != NOTHING_SEALED
    try:
        texts = crypto.unseal_each(parts if has_comment else parts[:-1], project_key)
    except crypto.SealError:
        return None
    return texts if has_comment else [*texts, ""]


def _seal(session: Session, project: Project, text: str) -> Sealed:
    return crypto.seal(text, session.project_key(project.id), session.randbytes)
