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
from st_tui.core.plain_text import shown
from st_tui.core.secrets.model import Place, SecretImport
from st_tui.tui.actions import EVERYWHERE, Action, bindings
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.screens.folder_actions import FOLDER_ACTIONS, FolderActions
from st_tui.tui.screens.page import Page
from st_tui.tui.screens.responsive import Responsive
from st_tui.tui.screens.secret_actions import SECRET_ACTIONS
from st_tui.tui.widgets.environment_bar import EnvironmentBar
from st_tui.tui.widgets.folder_lists import FolderList, read_project
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.secret_list import FolderContents, FolderLine, SecretList, read_folder
from st_tui.tui.widgets.top_bar import TopBar


class FoldersPage(FolderActions, Responsive[None], Page):
    """The environments on one line; below it folders, and the secrets of the chosen folder."""

    NAME = "folders"
    ACTIONS: ClassVar[tuple[Action, ...]] = (*SECRET_ACTIONS, *FOLDER_ACTIONS, *EVERYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        action for action in ACTIONS if action.name != "reveal"
    )
    AUTO_FOCUS: ClassVar[str] = "#folders"
    DEFAULT_CSS = """
    FoldersPage {
        #places { height: 1fr; }
        #folders { width: 44; }
        &.-narrow #folders { width: 31; }
        #inside { width: 1fr; border-left: vkey $border; }
        #about, #custody {
            height: 1; padding: 0 1; color: $text-muted;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._reading_folders = LatestWins(self, self._read_folders)
        self._reading = LatestWins(self, self._read_secrets)
        self._reading_shapes = LatestWins(self, self._read_shapes)
        self._wanted_place: Place | None = None
        """The folder to put the cursor on once the folders are listed."""
        self._wanted = ""
        """The id of the secret to put the cursor on once it is listed."""
        self._shapes_read_for: FolderContents | None = None
        """The contents whose values' shapes were read last."""

    def body(self) -> ComposeResult:
        yield EnvironmentBar()
        with Horizontal(id="places"):
            yield FolderList()
            with Vertical(id="inside"):
                yield FolderLine()
                yield SecretList()
                yield Static(id="about", markup=False)
                yield Static(id="custody")

    def show(self) -> None:
        project = self.host.project
        self.query_one(TopBar).show(project, "")
        custody = Content("") if project is None else _custody(e2ee=project.e2ee)
        self.query_one("#custody", Static).update(custody, layout=False)
        self._reading_folders.request()

    @property
    def environments(self) -> EnvironmentBar:
        return self.query_one(EnvironmentBar)

    @property
    def folders(self) -> FolderList:
        return self.query_one(FolderList)

    @property
    def secrets(self) -> SecretList:
        return self.query_one(SecretList)

    async def folders_known(self) -> None:
        await self.host.opened()
        await self._reading_folders.settled()

    def chosen_place(self) -> Place | None:
        tree, folder = self.folders.listed, self.folders.current
        return Place(tree.environment, folder.path) if tree and folder else None

    def go_to(self, place: Place) -> None:
        self._wanted_place = place
        self._reading_folders.request()

    def action_step_environment(self, amount: int) -> None:
        self.environments.cursor += amount

    def action_to_folders(self) -> None:
        self.folders.focus()

    @on(EnvironmentBar.Moved)
    def _environment_chosen(self) -> None:
        self._reading_folders.request()

    @on(EnvironmentBar.Chosen)
    def _environment_opened(self) -> None:
        self.folders.focus()

    @on(Listing.Moved, "#folders")
    def _folder_chosen(self) -> None:
        self._reading.request()

    @on(Listing.Chosen, "#folders")
    def _folder_opened(self) -> None:
        self.secrets.focus()

    @on(Listing.Moved, "#secrets")
    def _secret_chosen(self) -> None:
        """Say of the row what the list has no room for."""
        row = self.secrets.current
        if isinstance(row, SecretImport):
            said = "Its secrets are found here too."
        else:
            said = row.comment if row else ""
        self.query_one("#about", Static).update(shown(said), layout=False)

    @on(Listing.Chosen, "#secrets")
    def _secret_opened(self) -> None:
        self.action_reveal()

    async def _read_folders(self) -> None:
        """Show the environments, and the folders of the chosen one."""
        project, bar, wanted = self.host.project, self.environments, self._wanted_place
        if project is None:
            bar.show((), ())
            self.folders.show(None)
            return
        chosen = "" if bar.current is None else bar.current.slug
        slug = wanted.environment if wanted else chosen
        try:
            found = await self.host.read(lambda vault: read_project(vault, project, slug))
        except Refusal as refusal:
            self.host.notify(str(refusal), severity="error")
            return
        if self._reading_folders.is_requested:
            return  # another environment was chosen meanwhile
        if found.tree is not None and wanted is not None:
            bar.choose(found.tree.environment)
        bar.show(found.environments, found.facts)
        self.folders.show(found.tree)
        if wanted is not None:
            self._wanted_place = None
            self.folders.point_at(wanted.path)

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
    return Content.assemble(said, f" · {who}", ("  E", "bold $text-primary"))
