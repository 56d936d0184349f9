"""The second page: environments, their folders, and the secrets in them."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from st_tui.core.drafts import LONGEST_NAME, DraftError, folder_path
from st_tui.core.errors import Refusal
from st_tui.core.model import Environment
from st_tui.core.plain_text import check_new_name
from st_tui.core.secrets.model import Place
from st_tui.core.secrets.used_by import shortened
from st_tui.core.vault.environments import check_new
from st_tui.core.wording import counted
from st_tui.tui.actions import EVERYWHERE, Action, bindings
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.screens.page import Page
from st_tui.tui.screens.prompt import Prompt
from st_tui.tui.screens.responsive import Responsive
from st_tui.tui.screens.secret_actions import SECRET_ACTIONS, SecretActions
from st_tui.tui.widgets.folder_lists import EnvironmentList, EnvironmentRow, FolderList
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.reach_tree import folder_rows
from st_tui.tui.widgets.secret_list import FolderContents, FolderLine, SecretList, read_folder
from st_tui.tui.widgets.token_name import token_name
from st_tui.tui.widgets.top_bar import TopBar

_MOST_ORPHANS = 4
"""Orphaned tokens that a question names."""


class FoldersPage(SecretActions, Responsive[None], Page):
    """Environments and folders on the left, the secrets of the chosen folder on the right."""

    NAME = "folders"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        *SECRET_ACTIONS,
        Action("new", "f", "folder", "Make a folder below the one under the cursor",
               "folders create", hint=True),
        Action("new_environment", "e", "environment", "Make an environment",
               "environments create", hint=True),
        Action("rename_environment", "r", "rename", "Give the environment another display name"),
        Action("delete", "d,delete", "delete", "Delete what is under the cursor",
               "secrets delete | folders delete | environments delete", hint=True),
        *EVERYWHERE,
    )  # fmt: skip
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
        self.query_one(EnvironmentList).focus()

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
        self.query_one(EnvironmentList).show(rows)
        self.query_one(TopBar).show(project, counted(sum(row.folders for row in rows), "folder"))
        custody = Content("") if project is None else _custody(e2ee=project.e2ee)
        self.query_one("#custody", Static).update(custody, layout=False)

    @property
    def secrets(self) -> SecretList:
        return self.query_one(SecretList)

    @property
    def _environment(self) -> Environment | None:
        row = self.query_one(EnvironmentList).current
        return row.environment if row else None

    def chosen_place(self) -> Place | None:
        environment, folder = self._environment, self.query_one(FolderList).current
        return Place(environment.slug, folder.path) if environment and folder else None

    def go_to(self, place: Place) -> None:
        environments, folders = self.query_one(EnvironmentList), self.query_one(FolderList)
        for index, row in enumerate(environments.rows):
            if row.environment.slug == place.environment:
                environments.cursor = index
                self._environment_chosen()
        for index, folder in enumerate(folders.rows):
            if folder.path == place.path:
                folders.cursor = index

    @on(Listing.Moved, "#environments")
    def _environment_chosen(self) -> None:
        vault, project, environment = self.host.vault, self.host.project, self._environment
        folders = self.query_one(FolderList)
        if vault is not None and project is not None and environment is not None:
            folders.rows = folder_rows(vault.folders.every(project, environment.slug))
        else:
            folders.rows = ()
        folders.reload(len(folders.rows))

    @on(Listing.Chosen, "#environments")
    def _environment_opened(self) -> None:
        self.query_one(FolderList).focus()

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

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Hint at the actions for the list that has the focus."""
        inside = isinstance(event.widget, SecretList)
        self.query_one(KeyHints).offer(
            action._replace(label="new") if inside and action.name == "new_secret" else action
            for action in self.ACTIONS
            if action.name not in (_OF_FOLDERS if inside else _OF_SECRETS)
        )

    @work
    async def action_new(self) -> None:
        environment, project = self._environment, self.host.project
        if environment is None or project is None:
            self.host.notify("Make an environment first: press e.", severity="warning")
            return
        below = self.query_one(FolderList).current
        stem = "" if below is None or below.path == "/" else below.path
        there = {folder.path for folder in self.query_one(FolderList).rows}

        def check(text: str) -> None:
            path = folder_path(text)
            if path in there:
                raise DraftError(f"There is a folder {path} in {environment.slug} already.")

        path = await self.host.ask(
            Prompt(f"New folder in {environment.name}", f"{stem}/", "/common/db", check)
        )
        if path is not None:
            made = await self.host.change(
                "Making the folder",
                lambda vault: vault.folders.create(project, environment.slug, path),
            )
            if made is not None:
                self.host.notify(f"{made} is made.")

    @work
    async def action_new_environment(self) -> None:
        project = self.host.project
        if project is None:
            self.host.notify("Make a project first: press p.", severity="warning")
            return
        there = {row.environment.slug for row in self.query_one(EnvironmentList).rows}

        def check(text: str) -> None:
            environment = _environment(text)
            check_new([environment])
            if environment.slug in there:
                raise DraftError(f"There is an environment {environment.slug!r} already.")

        typed = await self.host.ask(
            Prompt("New environment: its slug, then its name", "", "qa Quality Assurance", check)
        )
        if typed is not None:
            environment = _environment(typed)
            await self.host.change(
                "Making the environment",
                lambda vault: vault.environments.create(project, environment),
            )

    @work
    async def action_rename_environment(self) -> None:
        project, environment = self.host.project, self._environment
        if project is None or environment is None:
            return
        name = await self.host.ask(
            Prompt(
                f"Name of {environment.slug} (tokens use the slug, which stays)",
                environment.name,
                "Development",
                lambda text: check_new_name(text, "environment name", LONGEST_NAME),
            )
        )
        if name is not None:
            await self.host.change(
                "Renaming",
                lambda vault: vault.environments.rename(project, environment._replace(name=name)),
            )

    @work
    async def action_delete(self) -> None:
        if self.secrets.has_focus:
            await self.delete_row()
        elif self.query_one(FolderList).has_focus:
            await self._delete_folder()
        else:
            await self._delete_environment()

    async def _delete_folder(self) -> None:
        vault, project, environment = self.host.vault, self.host.project, self._environment
        folder = self.query_one(FolderList).current
        if vault is None or project is None or environment is None or folder is None:
            return
        if folder.path == "/":
            self.host.notify("The root folder stays: choose one below it.", severity="warning")
            return
        below = [f for f in self.query_one(FolderList).rows if f.path.startswith(f"{folder.path}/")]
        place = Place(environment.slug, folder.path)
        count = vault.secrets.count(project, place)
        await self.delete_unless_kept(
            f"Delete {folder.path} in {environment.name}?",
            f"{counted(len(below), 'folder')} below it and {counted(count, 'secret')} are deleted "
            "with it. Tokens stay as they are.",
            lambda vault: vault.secrets.used_by_folder(project, place),
            lambda vault: vault.folders.delete(project, *place),
        )

    async def _delete_environment(self) -> None:
        vault, project, environment = self.host.vault, self.host.project, self._environment
        if vault is None or project is None or environment is None:
            return
        orphans = vault.environments.orphaned_by(project, environment.slug)
        count = vault.secrets.count(project, Place(environment.slug, "/"))
        goes = f"Its folders and {counted(count, 'secret')} are deleted with it."
        lines = [f"{goes} It would orphan {counted(len(orphans), 'token')}:"]
        names = shortened([token_name(t, self.host.clock()) for t in orphans], _MOST_ORPHANS)
        lines += [f"  {name}" for name in names]
        if orphans:
            lines.append(
                "\nThese tokens stay, marked “orphan”. "
                "While one of them is there, no new environment can have this slug."
            )
        else:
            lines = [f"{goes} No token names it."]
        root = Place(environment.slug, "/")
        await self.delete_unless_kept(
            f"Delete the environment {environment.name}?",
            "\n".join(lines),
            lambda vault: vault.secrets.used_by_folder(project, root),
            lambda vault: vault.environments.delete(project, environment.slug),
        )


_OF_FOLDERS = ("new", "new_environment")
_OF_SECRETS = ("reveal", "copy_value", "change_secret")
"""Actions that are hinted at only while such a list has the focus."""


def _custody(*, e2ee: bool) -> Content:
    said = ("E2EE on", "$text-success") if e2ee else ("E2EE off", "$text-warning")
    who = "the server cannot open these" if e2ee else "the server opens these"
    return Content.assemble(said, f" · {who}", ("  F7", "bold $text-primary"))


def _environment(typed: str) -> Environment:
    """`qa Quality Assurance` is a slug and a display name; `qa` alone is both."""
    slug, _, name = typed.strip().partition(" ")
    return Environment(slug, name.strip() or slug.title())
