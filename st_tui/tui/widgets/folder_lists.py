"""Two lists: a project's environments, and the folders of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from st_tui.core.model import Environment
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Piece, RowListing
from st_tui.tui.widgets.reach_tree import FolderRow

_WITH_SLUG = 40
"""Columns from which on slugs are shown beside names."""
_SLUG, _COUNTS = 12, 16


class EnvironmentRow(NamedTuple):
    """An environment, how many folders it has, and how many tokens name it."""

    environment: Environment
    folders: int
    tokens: int


class EnvironmentList(RowListing[EnvironmentRow]):
    """A project's environments."""

    DEFAULT_CSS = "EnvironmentList { height: 2; max-height: 8; }"
    empty = "No environments: press e."

    def __init__(self) -> None:
        super().__init__(id="environments")

    def show(self, rows: Sequence[EnvironmentRow]) -> None:
        """Show these, in as many lines as they need."""
        self.styles.height = len(rows) + 1 if rows else 3  # `empty` is drawn on the third line
        self.show_rows(rows)

    def identity(self, item: EnvironmentRow) -> str:
        return item.environment.slug

    def draw_header(self, width: int) -> str:
        name, slug = _widths(width - 1)
        return " " + column("Environment", name) + column("Slug", slug) + " Folders  Tokens"

    def draw(self, item: EnvironmentRow, width: int) -> list[Piece]:
        name, slug = _widths(width)
        return [
            (column(item.environment.name, name - 1) + " ", ""),
            (column(item.environment.slug, max(slug - 1, 0)) + " " * bool(slug), "dim"),
            (f"{item.folders:>8} {item.tokens:>7}", "dim"),
        ]


class FolderList(RowListing[FolderRow]):
    """An environment's folders as a tree."""

    DEFAULT_CSS = "FolderList { height: 1fr; border-top: hkey $border; }"

    def __init__(self) -> None:
        super().__init__(id="folders")

    def identity(self, item: FolderRow) -> str:
        return item.path

    def draw(self, item: FolderRow, width: int) -> list[Piece]:
        return [(item.guides, "dim"), (item.name, "")]


def _widths(width: int) -> tuple[int, int]:
    slug = _SLUG if width >= _WITH_SLUG else 0
    return max(width - slug - _COUNTS, 1), slug
