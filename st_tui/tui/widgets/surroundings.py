"""What is around a verdict: the places next to the path, the reach in a tree, and the command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from st_tui.core import access
from st_tui.core.model import AccessRequest, ServiceToken
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.widgets import pane_lines
from st_tui.tui.widgets.fitted import Fitted
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.neighbours import Neighbour, Neighbourhood, neighbour_lines
from st_tui.tui.widgets.reach_tree import FolderRow, ReachTree, folder_rows

_COUNTED_AT_ONCE = 2_000
"""Folders judged within one key press; more are counted in a thread."""


class Surroundings(Vertical):
    """Says of the folders around a request, and of all others, whether the same is allowed there.

    The class `-low` leaves out the tree.
    """

    DEFAULT_CSS = """
    Surroundings {
        height: 1fr;
        #near { height: 2; margin-top: 1; }
        #reach { margin-top: 1; }
        #command { height: 2; }
        &.-low {
            height: 3;
            #near, #reach { margin: 0; }
            #near, #command { height: 1; }
            ReachTree { display: none; }
        }
    }
    """

    class Chosen(Message):
        """A folder of the tree was chosen, to be asked about."""

        def __init__(self, path: str) -> None:
            self.path = path
            super().__init__()

    def __init__(self, folder_note: Callable[[str], str]) -> None:
        """`folder_note` is what the tree says beside a folder's path."""
        super().__init__()
        self._folder_note = folder_note
        self._token: ServiceToken | None = None
        self._request: AccessRequest | None = None
        self._slug = ""
        self._paths: Mapping[str, Sequence[str]] = {}
        self._neighbourhood = Neighbourhood({})
        self._rows: dict[str, list[FolderRow]] = {}
        """The tree of each environment that was looked at."""
        self._counting = LatestWins(self, self._count_reached)

    def compose(self) -> ComposeResult:
        yield Fitted(id="near")
        yield Fitted(id="reach")
        yield ReachTree(id="tree")
        yield Fitted(id="command")

    def on_mount(self) -> None:
        self.tree_of_folders.judge = self._is_allowed
        self.tree_of_folders.note = self._folder_note

    @property
    def tree_of_folders(self) -> ReachTree:
        """The folders, each with whether the token reaches it."""
        return self.query_one(ReachTree)

    def set_folders(self, paths: Mapping[str, Sequence[str]]) -> None:
        """Say which folders each environment has, the root first."""
        self._paths = paths
        self._neighbourhood = Neighbourhood(paths)
        self._rows = {}

    def show(self, token: ServiceToken | None, request: AccessRequest | None) -> None:
        """Show what is next to a request; None where nothing can be asked."""
        self._token, self._request = token, request
        if token is None or request is None:
            self._line("near").show(lambda size: Content(""))
            return
        found = self._neighbourhood.of(request.environment, request.path)

        def allowed(place: Neighbour) -> bool:
            other = request._replace(environment=place.environment, path=place.path)
            return access.decide(token, other).allowed

        self._line("near").show(
            lambda size: Content("\n").join(
                neighbour_lines(found, allowed, size.width, size.height)
            )
        )

    def show_command(self, arguments: Sequence[str] | None, key: str) -> None:
        """Show the command that asks the same, and the key that copies it; None for no command."""
        self._line("command").show(
            lambda size: (
                pane_lines.command_lines(arguments, size, key=key) if arguments else Content("")
            )
        )

    def follow(self, path: str) -> None:
        """Show a folder in the tree, unless a person moves in it."""
        if not self.tree_of_folders.has_focus:
            self.tree_of_folders.point_at(path)

    # --- the reach -------------------------------------------------------------------------------

    def show_reach(self, slug: str) -> None:
        """Show which folders of an environment the token reaches, and how many."""
        self._slug = slug
        folders = self._folders_here()
        self.tree_of_folders.show(folders)
        if self._token is None or self._request is None:  # of nobody, nothing is said
            self._line("reach").show(lambda size: Content(""))
        elif len(folders) > _COUNTED_AT_ONCE:
            self._say_reach(None)
            self._counting.request()
        else:
            self._say_reach(self._reached(folders))

    def _folders_here(self) -> list[FolderRow]:
        """The tree of the environment that is shown: the same list until the next project."""
        slug = self._slug
        if slug not in self._rows:
            self._rows[slug] = folder_rows(self._paths[slug][1:]) if slug in self._paths else []
        return self._rows[slug]

    async def _count_reached(self) -> None:
        folders = self._folders_here()
        reached = await asyncio.to_thread(self._reached, folders)
        if folders is self._folders_here():  # another environment has said its own count
            self._say_reach(reached)

    def _reached(self, folders: Sequence[FolderRow]) -> int:
        return sum(bool(self._is_allowed(folder.path)) for folder in folders)

    def _is_allowed(self, path: str) -> bool | None:
        """Whether the same is allowed in a folder; None while nothing is asked."""
        if self._token is None or self._request is None:
            return None
        return access.decide(self._token, self._request._replace(path=path)).allowed

    def _say_reach(self, reached: int | None) -> None:
        slug, folders, token = self._slug, len(self._folders_here()), self._token
        self._line("reach").show(
            lambda size: pane_lines.reach_line(slug, reached, folders, token, size.width)
        )

    def _line(self, name: str) -> Fitted:
        return self.query_one(f"#{name}", Fitted)

    @on(Listing.Chosen, "#tree")
    def _folder_chosen(self, event: Listing.Chosen) -> None:
        event.stop()
        folder = self.tree_of_folders.current
        if folder is not None:
            self.post_message(self.Chosen(folder.path))
