"""Secrets, as far as one token's holder may read and write them.

`…_sealed` methods pass secrets on as their clients sealed them. The others need the project key,
which the server holds only while the project's E2EE is off.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, NoReturn

from st_tui.core.model import Sealed
from st_tui.core.secrets.model import Place, SealedBudget, SealedSecret, Secret
from st_tui.core.secrets.used_by import UsedBy
from st_tui.core.store import secrets
from st_tui.core.vault import secret_changes, secret_lists, used_by
from st_tui.core.vault.holders.holder import Holder
from st_tui.core.vault.secret_changes import UNOPENED, NotAsItStands
from st_tui.core.vault.secret_lists import OpenedList, SealedList
from st_tui.core.vault.secrets import about_secret
from st_tui.core.vault.session import Session, VaultError


class NoSecret(VaultError):
    """The folder has no secret of this name, or the secret has no such version."""

    def __init__(self, place: Place, name: str, version: int | None = None) -> None:
        super().__init__(f"There is no such secret in {place}.")
        self.place, self.name, self.version = place, name, version


class WrittenSecret(NamedTuple):
    """A secret that was written or deleted.

    `readable`: whether the token that wrote it may read it too. `used_by`: the imports and
    references that no longer find it.
    """

    sealed: SealedSecret
    readable: bool
    used_by: UsedBy = UsedBy()
    opened: Secret | None = None
    """None for a sealed route, and where another key sealed the secret."""


class HolderSecrets:
    """The secrets of folders that the holder has entered."""

    def __init__(self, session: Session, holder: Holder) -> None:
        self._session = session
        self._holder = holder

    def listed_sealed(self, place: Place, *, recursive: bool, imports: bool) -> SealedList:
        """The sealed secrets of a folder, of the folders below it, and of the folders it imports.

        Raises TooMuch.
        """
        found = self._gathered(place, recursive=recursive, imports=imports)
        self._holder.note_places(found.places)
        self._note_number(found)
        return found

    def listed(self, place: Place, *, recursive: bool, imports: bool, expand: bool) -> OpenedList:
        """The same secrets opened, in the order of their names, references expanded if asked for.

        Raises TooMuch.
        """
        gathered = self._gathered(place, recursive=recursive, imports=imports)
        found = self._opened(gathered, expand=expand)
        self._note_number(found)
        return found._replace(
            secrets=_by_name(found.secrets),
            imports=[(link, _by_name(inside)) for link, inside in found.imports],
        )

    def note_empty_list(self) -> None:
        """Count no secrets in the audit entry: a filter left nothing of the list."""
        self._holder.details["numberOfSecrets"] = 0

    def find_sealed(self, place: Place, name: str, version: int | None = None) -> SealedSecret:
        """The sealed secret of this name, in this version or the newest.

        Raises NoFolder and NoSecret.
        """
        sealed = secret_changes.find(self._session, self._holder.project, place, name)
        if sealed is None:
            self._raise_missing(place, name)
        self._note(sealed)
        if version is None:
            return sealed
        sealed = self._in_version(place, name, sealed, version)
        self._note(sealed)
        return sealed

    def find(
        self, place: Place, name: str, version: int | None, *, imports: bool, expand: bool
    ) -> tuple[Secret, list[str]]:
        """The secret of this name opened, and warnings about references that were not expanded.

        One that lies in the folder wins over those that links bring. Raises NoFolder, NoSecret,
        and NotAsItStands where it cannot be opened.
        """
        gathered = self._one(place, name, imports=imports)
        (sealed,) = gathered.secrets
        if version is not None:
            sealed = self._in_version(place, name, sealed, version)
            gathered = gathered._replace(secrets=[sealed])
        self._note(sealed)
        found = self._opened(gathered, expand=expand)
        if not found.secrets:
            raise NotAsItStands(f"This secret cannot be opened: {UNOPENED}")
        return found.secrets[0], found.warnings

    def create_sealed(
        self, place: Place, name: str, sealed_name: Sealed, value: Sealed, comment: Sealed
    ) -> SealedSecret:
        """Write a new secret as a client sealed it. Raises NoFolder, AlreadyThere and TextError."""
        sealed = secret_changes.create_sealed(
            self._session, self._holder.project, place, name, sealed_name, value, comment
        )
        self._note(sealed)
        return sealed

    def update_sealed(
        self, place: Place, name: str, value: Sealed, comment: Sealed | None
    ) -> WrittenSecret:
        """Write the next version as a client sealed it. A `comment` of None keeps the one it has.

        Raises NoFolder and NoSecret.
        """
        current = self.find_sealed(place, name)
        sealed = secret_changes.update_sealed(self._session, current, value=value, comment=comment)
        self._note(sealed)
        return WrittenSecret(sealed, self._holder.may(place))

    def delete_sealed(self, place: Place, name: str) -> WrittenSecret:
        """Delete a secret with all its versions. Raises NoFolder and NoSecret."""
        session, holder = self._session, self._holder
        sealed = self.find_sealed(place, name)
        losing = used_by.of_secrets(
            session, holder.project, place, [sealed.name_hash], holder.may, bounded=True
        )
        secrets.delete(session.database, sealed.id)
        return WrittenSecret(sealed, holder.may(place), losing)

    def create(self, place: Place, name: str, value: str, comment: str) -> WrittenSecret:
        """Seal and write a new secret.

        Raises NoFolder, AlreadyThere, SecretError and TextError.
        """
        sealed = secret_changes.create(
            self._session, self._holder.project, place, name, value, comment
        )
        self._note(sealed)
        return self._written(sealed)

    def update(
        self,
        current: SealedSecret,
        name: str,
        *,
        value: str | None,
        comment: str | None,
        new_name: str | None,
    ) -> WrittenSecret:
        """Seal and write the next version of what `find_sealed` found by this name.

        What is None stays as it is. Raises AlreadyThere, NotAsItStands, SecretError and TextError.
        """
        session, holder = self._session, self._holder
        sealed = secret_changes.update(
            session,
            holder.project,
            current,
            name,
            value=value,
            comment=comment,
            new_name=new_name,
        )
        losing = UsedBy()
        if sealed.name_hash != current.name_hash:
            losing = used_by.references_to(
                session,
                holder.project,
                current.place,
                current.name_hash,
                holder.may,
                bounded=True,
            )
        self._note(sealed)
        return self._written(sealed)._replace(used_by=losing)

    def delete(self, place: Place, name: str) -> WrittenSecret:
        """Delete a secret with all its versions, and open what was deleted.

        Raises NoFolder and NoSecret.
        """
        deleted = self.delete_sealed(place, name)
        return self._written(deleted.sealed)._replace(used_by=deleted.used_by)

    def _written(self, sealed: SealedSecret) -> WrittenSecret:
        key = self._session.project_key(self._holder.project.id)
        opened = secret_changes.open_secret(sealed, key)
        return WrittenSecret(sealed, self._holder.may(sealed.place), opened=opened)

    def _one(self, place: Place, name: str, *, imports: bool) -> SealedList:
        session, holder = self._session, self._holder
        sealed = secret_changes.find(session, holder.project, place, name)
        if sealed is not None:
            return secret_lists.list_of_one(sealed)
        if imports:
            warnings: list[str] = []
            imported = secret_lists.find_imported(
                session, holder.project, place, name, holder.may, warnings
            )
            if imported is not None:
                return SealedList([imported[0]], [], warnings, imported[1])
        self._raise_missing(place, name)

    def _gathered(self, place: Place, *, recursive: bool, imports: bool) -> SealedList:
        return secret_lists.list_sealed(
            self._session,
            self._holder.project,
            place,
            self._holder.may,
            recursive=recursive,
            imports=imports,
            budget=SealedBudget(),
        )

    def _opened(self, gathered: SealedList, *, expand: bool) -> OpenedList:
        found = secret_lists.open_list(
            self._session,
            self._holder.project,
            gathered,
            may_read=self._holder.may,
            expand=expand,
        )
        self._holder.note_places(gathered.places | found.referenced)
        return found

    def _in_version(
        self, place: Place, name: str, secret: SealedSecret, version: int
    ) -> SealedSecret:
        sealed = secrets.version(self._session.database, secret.id, version)
        if sealed is None:
            raise NoSecret(place, name, version)
        return sealed

    def _raise_missing(self, place: Place, name: str) -> NoReturn:
        secret_changes.require_folder(self._session, self._holder.project, place)
        raise NoSecret(place, name)

    def _note(self, sealed: SealedSecret) -> None:
        """Say in the audit entry which secret it was."""
        self._holder.target = sealed.id
        self._holder.details.update(about_secret(sealed))

    def _note_number(self, found: SealedList | OpenedList) -> None:
        number = len(found.secrets) + sum(len(inside) for _, inside in found.imports)
        self._holder.details["numberOfSecrets"] = number


def _by_name(found: Collection[Secret]) -> list[Secret]:
    return sorted(found, key=lambda secret: (secret.sealed.place.path, secret.name))
