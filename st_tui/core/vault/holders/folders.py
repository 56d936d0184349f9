"""Folders, as far as one token's holder may see and change them.

A token sees the folders that it may read, and those that lead to one where it may do anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from st_tui.core import drafts
from st_tui.core.errors import Refusal
from st_tui.core.model import Permission, Scope
from st_tui.core.patterns import literal_folder
from st_tui.core.plain_text import BLANKS
from st_tui.core.secrets.model import Place
from st_tui.core.secrets.used_by import UsedBy
from st_tui.core.store import projects, secrets
from st_tui.core.vault import folders, secret_changes, used_by
from st_tui.core.vault.holders.holder import Holder
from st_tui.core.vault.holders.ids import folder_id
from st_tui.core.vault.secret_changes import NoFolder
from st_tui.core.vault.session import Session, VaultError


class FolderNameRefused(Refusal):
    """A name that no folder may have."""


class NoSubfolder(VaultError):
    """A folder has none of this name or id below it, or none where the token may write."""

    def __init__(self, parent: Place, name: str) -> None:
        super().__init__(f"There is no folder {name!r} in {parent}.")
        self.parent, self.name = parent, name


class FolderNotEmpty(VaultError):
    """The folder holds folders or secrets, and the request does not say to delete those too."""

    def __init__(self, place: Place) -> None:
        super().__init__(f"The folder {place} is not empty.")
        self.place = place


class FolderListing:
    """What a holder is shown of the folders below one, parents before children.

    `below`: all of them. `leading`: those where the holder may do something, or that have such a
    folder below them.
    """

    def __init__(self, holder: Holder, top: Place, below: list[str], leading: set[str]) -> None:
        self._holder, self._top, self._below, self._leading = holder, top, below, leading

    def shown(self, *, recursive: bool) -> list[Place]:
        """The folders directly below the listed one, or all below it."""
        below = self._below
        if not recursive:
            below = [path for path in below if "/" not in relative_path(self._top.path, path)]
        parents = {self._parent(path) for path in below}
        readable = {parent for parent in parents if self._holder.may(parent)}
        return [
            self._top._replace(path=path)
            for path in below
            if path in self._leading or self._parent(path) in readable
        ]

    def _parent(self, path: str) -> Place:
        return self._top._replace(path=_parent(path))


class HolderFolders:
    """The folders of the token's project."""

    def __init__(self, session: Session, holder: Holder) -> None:
        self._session = session
        self._holder = holder

    def require(self, place: Place) -> None:
        """Raise NoFolder unless the folder is there.

        Enter it first: a token without access must not learn whether it is there.
        """
        secret_changes.require_folder(self._session, self._holder.project, place)

    def listed(self, place: Place) -> FolderListing:
        """The folders below this one, if the token may list it.

        It may list a folder that it may read, and one that leads to a folder of its scopes.
        Raises Denied and NoFolder.
        """
        holder = self._holder
        if not any(_may_lead_below(scope, place) for scope in holder.token.scopes):
            # Decided before anything is read: how long it takes must not tell what is there.
            holder.enter(place, Permission.READ)
        every = projects.folders(self._session.database, holder.project.id, place.environment)
        below = [path for path in every if relative_path(place.path, path)]
        reached = (path for path in below if holder.may_read_or_write(place._replace(path=path)))
        leading = _up_to(place.path, reached)
        if leading and not holder.may(place):
            holder.details["listing"] = "leads on"
        else:
            holder.enter(place, Permission.READ)
        self.require(place)
        return FolderListing(holder, place, below, leading)

    def create(self, parent: Place, name: str) -> Place:
        """Make a folder below the one that was entered.

        Missing folders above it are made too, if the token may write in each of them. Raises
        FolderNameRefused, DraftError, Denied and NoFolder.
        """
        holder, session = self._holder, self._session
        place = _child(parent, name)
        holder.enter(place, Permission.WRITE)
        project_id = holder.project.id
        root = place._replace(path="/")
        if not secret_changes.folder_exists(session, holder.project, root):
            raise NoFolder(parent)
        missing = [
            place._replace(path=path)
            for path in drafts.leading_to(place.path)[1:-1]
            if not projects.has_folder(session.database, project_id, place.environment, path)
        ]
        if not all(holder.may(folder, Permission.WRITE) for folder in missing):
            raise NoFolder(parent)
        holder.note_places([parent, *missing], Permission.WRITE)
        folders.make(session, holder.project, *place)
        return place

    def delete(self, parent: Place, name: str, *, force: bool) -> tuple[Place, UsedBy]:
        """Delete a folder by its name or id, with all in it.

        Returns the folder, and the imports and references that no longer find its secrets. The
        token must be allowed to write in every folder that goes. Without `force` the folder must be
        empty. Raises NoFolder, NoSubfolder, Denied and FolderNotEmpty.
        """
        holder, session = self._holder, self._session
        self.require(parent)
        every = projects.folders(session.database, holder.project.id, parent.environment)
        place = self._by_id(parent, name, every) or self._by_name(parent, name, every)
        going = [
            place._replace(path=path)
            for path in every
            if path == place.path or relative_path(place.path, path)
        ]
        for folder in going:
            holder.enter(folder, Permission.WRITE)
        if not force and (
            len(going) > 1 or secrets.count(session.database, holder.project.id, place)
        ):
            raise FolderNotEmpty(place)
        # The last folder entered was one below it, but the entry is about the folder itself.
        holder.path = place.path
        holder.note_places([parent, *going], Permission.WRITE)
        losing = used_by.of_folder(session, holder.project, place, holder.may, bounded=True)
        removed = folders.remove(session, holder.project, *place)
        holder.details.update(removed.details)
        return place, losing

    def _by_id(self, parent: Place, name: str, every: list[str]) -> Place | None:
        """The folder directly below that has this id, among those that the token may write in."""
        try:
            UUID(name)
        except ValueError:
            return None
        children = (parent._replace(path=path) for path in every if _parent(path) == parent.path)
        return next(
            (
                child
                for child in children
                if folder_id(self._holder.project.id, child) == name
                and self._holder.may(child, Permission.WRITE)
            ),
            None,
        )

    def _by_name(self, parent: Place, name: str, every: list[str]) -> Place:
        """The folder directly below that has this name.

        An id that is unknown, or out of scope, is decided as a name: a refusal tells nothing.
        """
        try:
            place = _child(parent, name)
        except Refusal:
            raise NoSubfolder(parent, name) from None
        self._holder.enter(place, Permission.WRITE)
        if place.path not in every:
            raise NoSubfolder(parent, name)
        return place


def relative_path(parent: str, path: str) -> str:
    """The path as seen from the parent: `db/a` of `/common/db/a` in `/common`.

    Empty for what does not lie below the parent.
    """
    start = parent if parent.endswith("/") else f"{parent}/"
    return path[len(start) :] if path.startswith(start) else ""


def _child(parent: Place, name: str) -> Place:
    """The folder of this name below the parent. Raises FolderNameRefused and DraftError."""
    name = name.strip(BLANKS)
    if not name or "/" in name:
        raise FolderNameRefused(name)
    try:
        path = drafts.folder_path(f"{'' if parent.path == '/' else parent.path}/{name}")
    except Refusal as refused:
        if len(name) + len(parent.path) > drafts.LONGEST_FOLDER_PATH:
            raise
        raise FolderNameRefused(str(refused)) from None
    return parent._replace(path=path)


def _may_lead_below(scope: Scope, place: Place) -> bool:
    """Whether the scope may open the folder or one below it, by its text before a wildcard."""
    folder = literal_folder(scope.secret_path)
    return scope.environment == place.environment and (
        folder == place.path
        or bool(relative_path(place.path, folder) or relative_path(folder, place.path))
    )


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def _up_to(top: str, paths: Iterable[str]) -> set[str]:
    """These paths, and every folder between them and the top, which is above all of them."""
    found: set[str] = set()
    for path in paths:
        while path != top and path not in found:
            found.add(path)
            path = _parent(path)
    return found
