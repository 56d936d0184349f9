"""Import links, as far as one token's holder may see and change them."""

from __future__ import annotations

from typing import NamedTuple

from st_tui.core.model import Permission
from st_tui.core.secrets.model import Place, SecretImport
from st_tui.core.secrets.used_by import UsedBy
from st_tui.core.store import projects, secret_imports
from st_tui.core.vault import secret_changes, used_by
from st_tui.core.vault.holders.holder import Holder
from st_tui.core.vault.secrets import about_import
from st_tui.core.vault.session import Session, VaultError


class NoImport(VaultError):
    """The folder has no such link, or none whose source the token may reach."""

    def __init__(self, place: Place) -> None:
        super().__init__(f"There is no such import in {place}.")
        self.place = place


class NamedImport(NamedTuple):
    """A link, and the display name of its source's environment."""

    link: SecretImport
    environment_name: str


class HolderImports:
    """The links of folders that the holder has entered, and that are there.

    A link is hidden where the token may do nothing in its source: not even the name of that folder
    is told.
    """

    def __init__(self, session: Session, holder: Holder) -> None:
        self._session = session
        self._holder = holder

    def listed(self, place: Place) -> list[NamedImport]:
        """A folder's links in their order."""
        links = secret_imports.in_folder(self._session.database, self._holder.project.id, place)
        names = self._environment_names()
        return [
            NamedImport(link, names[link.source.environment])
            for link in links
            if self._holder.may_read_or_write(link.source)
        ]

    def create(self, place: Place, source: Place) -> NamedImport:
        """Link a folder's secrets into the one that was entered.

        Whoever links a folder must be able to read it, or links would open what scopes closed.
        Raises Denied, NoFolder, AlreadyThere and NotAsItStands.
        """
        self._holder.enter(source, Permission.READ)
        link = secret_changes.add_import(self._session, self._holder.project, place, source)
        self._note(link)
        self._holder.note_places([source])
        return self._named(link)

    def delete(self, place: Place, import_id: str) -> tuple[NamedImport, UsedBy]:
        """Take a link away. Returns it, and the links that no longer bring its secrets further.

        Raises NoImport.
        """
        project = self._holder.project
        link = secret_imports.find(self._session.database, project.id, import_id)
        if link is None or link.place != place or not self._holder.may_read_or_write(link.source):
            raise NoImport(place)
        named = self._named(link)
        losing = used_by.of_link(self._session, project, link, self._holder.may)
        secret_imports.delete(self._session.database, link.id)
        self._note(link)
        return named, losing

    def _named(self, link: SecretImport) -> NamedImport:
        return NamedImport(link, self._environment_names()[link.source.environment])

    def _environment_names(self) -> dict[str, str]:
        environments = projects.environments(self._session.database, self._holder.project.id)
        return {environment.slug: environment.name for environment in environments}

    def _note(self, link: SecretImport) -> None:
        holder = self._holder
        # Creating a link enters its source last, but the entry is about the importing folder.
        holder.environment, holder.path = link.place
        holder.operation, holder.target = Permission.WRITE, link.id
        holder.details.update(about_import(link)["details"])
