"""The second page: environments, their folders, and the secrets in them."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from st_tui.core.errors import Refusal
from st_tui.core.secrets.model import Place
from st_tui.core.wording import counted
from st_tui.tui.actions import EVERYWHERE, Action, bindings
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.screens.folder_actions import FOLDER_ACTIONS, FolderActions
from st_tui.tui.screens.page import Page
from st_tui.tui.screens.responsive import Responsive
from st_tui.tui.screens.secret_actions import SECRET_ACTIONS
from st_tui.tui.widgets.folder_lists import EnvironmentList, EnvironmentRow, FolderList
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.reach_tree import FolderRow, folder_rows
from st_tui.tui.widgets.secret_list import FolderContents, FolderLine, SecretList, read_folder
from st_tui.tui.widgets.top_bar import TopBar


class FoldersPage(FolderActions, Responsive[None], Page):
    """Environments and folders on the left, the secrets of the chosen folder on the right."""

    NAME = "folders"
    ACTIONS: ClassVar[tuple[Action, ...]] = (*SECRET_ACTIONS, *FOLDER_ACTIONS, *EVERYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        action for action in ACTIONS if action.name != "reveal"
    )
    DEFAULT_CSS = """
    FoldersPage {
        #places { width: 44; }
        &.-narrow #places { width: 31; }
        #inside { width: 1fr; border-left: vkey $border; }
        #custody {
            height: 1; padding: 0 1; margin-bottom: 1; text-wrap: nowrap; text-overflow: ellipsis;
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._reading = LatestWins(self, self._read_secrets)
        self._reading_shapes = LatestWins(self, self._read_shapes)
        self._wanted = ""
        """The id of the secret to put the cursor on once it is listed."""
        self._shapes_read_for: FolderContents | None = None
        """The contents whose values' shapes were read last."""

    def body(self) -> ComposeResult:
        with Horizontal():
            with Vertical(id="places"):
                yield EnvironmentList()
                yield FolderList()
            with Vertical(id="inside"):
                yield FolderLine()
                yield Static(id="custody")
                yield SecretList()

    def on_mount(self) -> None:
        self.environments.focus()

    def show(self) -> None:
        vault, project = self.host.vault, self.host.project
        rows: list[EnvironmentRow] = []
        if vault is not None and project is not None:
            rows = [
                EnvironmentRow(
                    environment,
                    len(vault.folders.every(project, environment.slug)),
                    vault.environments.count_orphaned_by(project, environment.slug),
                )
                for environment in vault.environments.every(project)
            ]
        self.environments.show(rows)
        self.query_one(TopBar).show(project, counted(sum(row.folders for row in rows), "folder"))
        custody = Content("") if project is None else _custody(e2ee=project.e2ee)
        self.query_one("#custody", Static).update(custody, layout=False)

    @property
    def environments(self) -> EnvironmentList:
        return self.query_one(EnvironmentList)

    @property
    def folders(self) -> FolderList:
        return self.query_one(FolderList)

    @property
    def secrets(self) -> SecretList:
        return self.query_one(SecretList)

    def chosen_place(self) -> Place | None:
        environment, folder = self.environment, self.folders.current
        return Place(environment.slug, folder.path) if environment and folder else None

    def go_to(self, place: Place) -> None:
        environments, folders = self.environments, self.folders
        for index, row in enumerate(environments.rows):
            if row.environment.slug == place.environment:
                environments.cursor = index
                self._environment_chosen()
        for index, folder in enumerate(folders.rows):
            if folder.path == place.path:
                folders.cursor = index

    @on(Listing.Moved, "#environments")
    def _environment_chosen(self) -> None:
        vault, project, environment = self.host.vault, self.host.project, self.environment
        rows: list[FolderRow] = []
        if vault is not None and project is not None and environment is not None:
            rows = folder_rows(vault.folders.every(project, environment.slug))
        self.folders.show_rows(rows)

    @on(Listing.Chosen, "#environments")
    def _environment_opened(self) -> None:
        self.folders.focus()

    @on(Listing.Moved, "#folders")
    def _folder_chosen(self) -> None:
        self._reading.request()

    @on(Listing.Chosen, "#folders")
    def _folder_opened(self) -> None:
        self.secrets.focus()

    @on(Listing.Chosen, "#secrets")
    def _secret_opened(self) -> None:
        self.action_reveal()

    async def _read_secrets(self) -> None:
        """Show what the chosen folder holds; a thread decrypts the names."""
        project, place = self.host.project, self.chosen_place()
        contents, empty = None, ""
        if project is not None and place is not None:
            empty = "No secrets here: press n."
            try:
                known = self.secrets.contents
                contents = await self.host.read(
                    lambda vault: read_folder(vault, project, place, known)
                )
            except Refusal as refusal:
                empty = f"✖ {refusal}"
        self.query_one(FolderLine).show(place, contents)
        self.secrets.show(contents, empty)
        self._reading_shapes.request()
        if self._wanted:
            self.secrets.choose(self._wanted)
            self._wanted = ""

    async def _read_shapes(self) -> None:
        """Show the shapes of the listed values; a thread decrypts them."""
        project, contents = self.host.project, self.secrets.contents
        if project is None or contents is None or contents is self._shapes_read_for:
            return
        with suppress(Refusal):  # the list is shown; what is wrong is said when it is read again
            shapes = await self.host.read(lambda v: v.secrets.shapes(project, contents.place))
            self._shapes_read_for = contents
            if self.secrets.contents is contents:
                self.secrets.show_shapes(shapes)

    def show_secret(self, row_id: str) -> None:
        self._wanted = row_id
        self._reading.request()


def _custody(*, e2ee: bool) -> Content:
    said = ("E2EE on", "$text-success") if e2ee else ("E2EE off", "$text-warning")
    who = "the server cannot open these" if e2ee else "the server opens these"
    return Content.assemble(said, f" · {who}", ("  F7", "bold $text-primary"))
