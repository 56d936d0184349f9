"""The folders of an environment as a tree, each with how many secrets it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from st_tui.core.model import Environment, Project
from st_tui.core.wording import counted
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Piece, RowListing
from st_tui.tui.widgets.reach_tree import FolderRow, folder_rows

if TYPE_CHECKING:
    from st_tui.core.vault import Vault
    from st_tui.core.vault.secrets import Held

_COUNT = 7
"""Columns for the number of a folder's secrets, and for a mark if it has imports."""


class FolderTree(NamedTuple):
    """The folders of an environment, and what they hold."""

    environment: str
    rows: Sequence[FolderRow]
    held: Mapping[str, Held]
    """What each folder holds, by its path; those that hold nothing are left out."""


class ProjectFolders(NamedTuple):
    """A project's environments, and the folders of one of them; None if there is none."""

    environments: Sequence[Environment]
    tree: FolderTree | None
    facts: Sequence[str]
    """What is said about that environment, the dispensable first."""


def read_project(vault: Vault, project: Project, slug: str) -> ProjectFolders:
    """The environments, and the folders of the one of this slug, else of the first."""
    environments = vault.environments.every(project)
    slugs = [environment.slug for environment in environments]
    if not slugs:
        return ProjectFolders(environments, None, ())
    slug = slug if slug in slugs else slugs[0]
    rows = folder_rows(vault.folders.every(project, slug))
    held = vault.secrets.held(project, slug)
    facts = (
        counted(len(rows) - 1, "folder"),
        counted(sum(each.secrets for each in held.values()), "secret"),
        counted(vault.environments.count_orphaned_by(project, slug), "token"),
    )
    return ProjectFolders(environments, FolderTree(slug, rows, held), facts)


class FolderList(RowListing[FolderRow]):
    """An environment's folders as a tree."""

    DEFAULT_CSS = "FolderList { height: 1fr; }"
    empty = ""  # nothing is said until the folders were read

    def __init__(self) -> None:
        super().__init__(id="folders")
        self.listed: FolderTree | None = None

    def show(self, tree: FolderTree | None) -> None:
        """Show other folders. The cursor stays at its path, even in another environment."""
        path = self.current.path if self.current else "/"
        self.listed = tree
        self.show_rows(tree.rows if tree else ())
        if self.current and self.current.path != path:
            self.point_at(path)

    def point_at(self, path: str) -> None:
        """Put the cursor on a folder, or else on its nearest ancestor in the tree."""
        known = {row.path: index for index, row in enumerate(self.rows)}
        while path not in known and path != "/":
            path = path.rpartition("/")[0] or "/"
        self.cursor = known.get(path, 0)

    def identity(self, item: FolderRow) -> str:
        return item.path

    def draw(self, item: FolderRow, width: int) -> list[Piece]:
        held = self.listed.held.get(item.path) if self.listed else None
        count = f"{held.secrets:,}" if held and held.secrets else ""
        mark = "→" if held and held.has_links else ""
        room = max(width - len(item.guides) - _COUNT - 1, 1)
        return [
            (item.guides, "dim"),
            (column(item.name, room), ""),
            (f"{mark:>2}", "mark"),
            (f"{count:>{_COUNT - 2}} ", "dim"),
        ]
