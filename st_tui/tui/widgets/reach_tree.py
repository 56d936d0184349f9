"""The folders of an environment as a tree, each with what a token may do there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from st_tui.core.plain_text import shown
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Piece, RowListing

_MARKS = {True: "✔ ", False: "✖ ", None: "  "}


class FolderRow(NamedTuple):
    """One line of the tree: a folder's path, its name, and the guides (`│ ├ `) before that."""

    path: str
    name: str
    guides: str


def folder_rows(paths: Sequence[str]) -> list[FolderRow]:
    """The root and these folders, parents before children, as the lines of a tree."""
    rows: list[FolderRow] = []
    open_levels: set[int] = set()
    # From the last folder to the first: a level is open if a later sibling was seen there, and
    # their parent not yet.
    for path in reversed(paths):
        depth = path.count("/")
        last = depth not in open_levels
        open_levels = {level for level in open_levels if level <= depth} | {depth}
        stem = "".join("│ " if level in open_levels else "  " for level in range(1, depth))
        rows.append(
            FolderRow(path, shown(path.rpartition("/")[2]), f"{stem}{'└' if last else '├'} ")
        )
    rows.append(FolderRow("/", "/", ""))
    return rows[::-1]


class ReachTree(RowListing[FolderRow]):
    """A folder tree. `judge` says of a path whether it is allowed, or None if nobody asks that;
    `note` says what stands beside it."""

    DEFAULT_CSS = """
    ReachTree { height: 1fr; min-height: 3; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.judge: Callable[[str], bool | None] = lambda path: None
        self.note: Callable[[str], str] = lambda path: ""
        self._places: dict[str, int] = {}
        """Where each folder is in the tree."""

    def show(self, folders: list[FolderRow]) -> None:
        """Show other folders, or the same anew."""
        top = folders is not self.rows
        if top:
            self._places = {folder.path: index for index, folder in enumerate(folders)}
        self.show_rows(folders, top=top and self.cursor == 0)

    def point_at(self, path: str) -> None:
        """Put the cursor on a folder, or else on its nearest ancestor in the tree."""
        while path not in self._places and path != "/":
            path = path.rpartition("/")[0] or "/"
        self.cursor = self._places.get(path, 0)

    def identity(self, item: FolderRow) -> str:
        return item.path

    def draw(self, item: FolderRow, width: int) -> list[Piece]:
        reached = self.judge(item.path)
        note = self.note(item.path)
        used = len(item.guides) + 2 + len(item.name) + 2
        return [
            (item.guides, "dim"),
            (_MARKS[reached], "good" if reached else "dim"),
            (f"{item.name}  ", "" if reached else "dim"),
            (column(note, max(width - used, 0)), "mark"),
        ]
