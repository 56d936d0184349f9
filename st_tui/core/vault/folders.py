"""Folders of an environment: secrets lie in them, and scopes name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from st_tui.core import drafts
from st_tui.core.model import Project
from st_tui.core.store import projects
from st_tui.core.vault.session import Session, VaultError

if TYPE_CHECKING:
    from st_tui.core.secrets.model import SecretImport

_MOST_LINKS_NAMED = 100


class Removed(NamedTuple):
    """What is deleted together with a folder or an environment.

    `links` are the import links by which other folders had its secrets.
    """

    folders: int
    secrets: int
    links: list[SecretImport]

    @property
    def details(self) -> dict[str, Any]:
        """What the audit log keeps of it. At most 100 links are named."""
        links = [
            {
                "environment": link.place.environment,
                "secretPath": link.place.path,
                "importEnvironment": link.source.environment,
                "importPath": link.source.path,
            }
            for link in self.links[:_MOST_LINKS_NAMED]
        ]
        counted = {
            "numberOfFolders": self.folders,
            "numberOfSecrets": self.secrets,
            "numberOfRemovedImports": len(self.links),
        }
        return counted | ({"removedImports": links} if links else {})


class Folders:
    """The folders of one open vault."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def every(self, project: Project, environment: str) -> list[str]:
        """The paths of an environment's folders, parents before children, without the root."""
        with self._session.reading() as database:
            return projects.folders(database, project.id, environment)

    def of_each(self, project: Project) -> dict[str, list[str]]:
        """The folders of each environment, by its slug, with the root."""
        with self._session.reading() as database:
            return {
                environment.slug: ["/", *projects.folders(database, project.id, environment.slug)]
                for environment in projects.environments(database, project.id)
            }

    def create(self, project: Project, environment: str, path: str) -> str:
        """Make a folder and its missing parents; return its path in the form that is stored."""
        folder = drafts.folder_path(path)
        with self._session.change() as record:
            self._session.require_environment(project, environment)
            if projects.has_folder(self._session.database, project.id, environment, folder):
                raise VaultError(f"There is a folder {folder} in {environment} already.")
            make(self._session, project, environment, folder)
            record("create-folder", project, environment=environment, path=folder)
        return folder

    def delete(self, project: Project, environment: str, path: str) -> int:
        """Delete a folder, all below it and the secrets in them; how many folders it deleted."""
        folder = drafts.folder_path(path)
        with self._session.change() as record:
            self._session.require_environment(project, environment)
            if folder == "/":
                raise VaultError("The root folder cannot be deleted: name a folder below it.")
            gone = remove(self._session, project, environment, folder)
            if not gone.folders:
                raise VaultError(f"There is no folder {folder} in {environment}.")
            record(
                "delete-folder",
                project,
                environment=environment,
                path=folder,
                details=gone.details,
            )
        return gone.folders


def make(session: Session, project: Project, environment: str, folder: str) -> None:
    """Make a folder and its missing parents, inside a change."""
    _, *paths = drafts.leading_to(folder)
    projects.insert_folders(session.database, project.id, environment, paths)


def remove(session: Session, project: Project, environment: str, folder: str) -> Removed:
    """Delete a folder, all below it and the secrets there, inside a change."""
    gone = projects.delete_folders(session.database, project.id, environment, folder)
    if not gone:
        return Removed(0, 0, [])
    removed = _removed(session, project, environment, folder, gone)
    # Imported here, because the app's first frame needs no secrets.
    from st_tui.core.secrets.model import Place
    from st_tui.core.store import secret_imports, secrets

    place = Place(environment, folder)
    secrets.delete_below(session.database, project.id, place)
    secret_imports.delete_below(session.database, project.id, place)
    return removed


def in_environment(session: Session, project: Project, environment: str) -> Removed:
    """What is deleted together with an environment."""
    every = projects.folders(session.database, project.id, environment)
    return _removed(session, project, environment, "/", len(every))


def _removed(
    session: Session, project: Project, environment: str, folder: str, folders: int
) -> Removed:
    from st_tui.core.secrets.model import Place
    from st_tui.core.store import secret_imports, secrets

    place = Place(environment, folder)
    return Removed(
        folders,
        secrets.count(session.database, project.id, place),
        secret_imports.from_below(session.database, project.id, place),
    )
