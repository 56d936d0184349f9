"""Environments and their folders: made and deleted here, and what a deletion leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from st_tui.core.drafts import LONGEST_NAME, folder_path
from st_tui.core.model import Environment
from st_tui.core.plain_text import check_text, shown
from st_tui.core.vault.environments import check_new
from st_tui.core.wording import counted
from st_tui.tui.actions import EVERYWHERE, Action, bindings
from st_tui.tui.screens.dialog import Confirm
from st_tui.tui.screens.page import Page
from st_tui.tui.screens.prompt import Prompt
from st_tui.tui.widgets.listing import Listing, Piece, column
from st_tui.tui.widgets.reach_tree import Folder, tree
from st_tui.tui.widgets.top_bar import TopBar

_ORPHANS_SHOWN = 6


class EnvironmentRow(NamedTuple):
    """An environment with how much there is of it."""

    environment: Environment
    folders: int
    tokens: int


class EnvironmentList(Listing[EnvironmentRow]):
    """A project's environments."""

    DEFAULT_CSS = "EnvironmentList { width: 44; }"
    empty = "No environments: press n."

    def __init__(self) -> None:
        super().__init__(id="environments")
        self.rows: Sequence[EnvironmentRow] = ()

    def load(self, offset: int, limit: int) -> Sequence[EnvironmentRow]:
        return self.rows[offset : offset + limit]

    def identity(self, item: EnvironmentRow) -> str:
        return item.environment.slug

    def draw_header(self, width: int) -> str:
        return " " + column("Environment", width - 29) + column("Slug", 12) + "Folders  Tokens"

    def draw(self, item: EnvironmentRow, width: int) -> list[Piece]:
        return [
            (column(item.environment.name, width - 29) + " ", ""),
            (column(item.environment.slug, 11) + " ", "dim"),
            (f"{item.folders:>7} {item.tokens:>7}", "dim"),
        ]


class FolderList(Listing[Folder]):
    """An environment's folders as a tree."""

    DEFAULT_CSS = "FolderList { width: 1fr; border-left: vkey $border; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__(id="folders")
        self.rows: Sequence[Folder] = ()

    def load(self, offset: int, limit: int) -> Sequence[Folder]:
        return self.rows[offset : offset + limit]

    def identity(self, item: Folder) -> str:
        return item.path

    def draw(self, item: Folder, width: int) -> list[Piece]:
        return [(item.guides, "dim"), (item.name, "")]


class FoldersPage(Page):
    """Environments on the left, the folders of the chosen one on the right."""

    NAME = "folders"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("new", "n", "new folder", "Make a folder below the one under the cursor",
               "folders create", hint=True),
        Action("new_environment", "e", "new environment", "Make an environment",
               "environments create", hint=True),
        Action("rename_environment", "r", "rename", "Give the environment another display name"),
        Action("delete", "d,delete", "delete", "Delete the folder or environment at the cursor",
               "folders delete | environments delete", hint=True),
        *EVERYWHERE,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def body(self) -> ComposeResult:
        with Horizontal():
            yield EnvironmentList()
            yield FolderList()

    def on_mount(self) -> None:
        self.query_one(EnvironmentList).focus()

    def show(self) -> None:
        vault, project = self.st.vault, self.st.project
        environments = self.query_one(EnvironmentList)
        if vault is None or project is None:
            environments.rows = ()
        else:
            environments.rows = [
                EnvironmentRow(
                    environment,
                    len(vault.folders.every(project, environment.slug)),
                    vault.environments.count_orphaned_by(project, environment.slug),
                )
                for environment in vault.environments.every(project)
            ]
        environments.reload(len(environments.rows))
        count = sum(row.folders for row in environments.rows)
        self.query_one(TopBar).show(project, counted(count, "folder"))

    @property
    def _environment(self) -> Environment | None:
        row = self.query_one(EnvironmentList).current
        return row.environment if row else None

    @on(Listing.Moved, "#environments")
    def _environment_chosen(self) -> None:
        vault, project, environment = self.st.vault, self.st.project, self._environment
        folders = self.query_one(FolderList)
        if vault is not None and project is not None and environment is not None:
            folders.rows = tree(vault.folders.every(project, environment.slug))
        else:
            folders.rows = ()
        folders.reload(len(folders.rows))

    @on(Listing.Chosen, "#environments")
    def _environment_opened(self) -> None:
        self.query_one(FolderList).focus()

    @work
    async def action_new(self) -> None:
        environment, project = self._environment, self.st.project
        if environment is None or project is None:
            self.st.notify("Make an environment first: press e.", severity="warning")
            return
        below = self.query_one(FolderList).current
        stem = "" if below is None or below.path == "/" else below.path
        path = await self.st.push_screen_wait(
            Prompt(
                f"New folder in {shown(environment.name)}", f"{stem}/", "/common/db", folder_path
            )
        )
        if path is not None:
            made = await self.st.change(
                "Making the folder",
                lambda vault: vault.folders.create(project, environment.slug, path),
            )
            if made is not None:
                self.st.notify(f"{made} is made.")

    @work
    async def action_new_environment(self) -> None:
        project = self.st.project
        if project is None:
            self.st.notify("Make a project first: press p.", severity="warning")
            return
        typed = await self.st.push_screen_wait(
            Prompt(
                "New environment: its slug, then its name",
                "",
                "qa Quality Assurance",
                lambda text: check_new([_environment(text)]),
            )
        )
        if typed is not None:
            environment = _environment(typed)
            await self.st.change(
                "Making the environment",
                lambda vault: vault.environments.create(project, environment),
            )

    @work
    async def action_rename_environment(self) -> None:
        project, environment = self.st.project, self._environment
        if project is None or environment is None:
            return
        name = await self.st.push_screen_wait(
            Prompt(
                f"Name of {shown(environment.slug)} (tokens go by the slug, which stays)",
                environment.name,
                "Development",
                lambda text: check_text(text, "environment name", LONGEST_NAME),
            )
        )
        if name is not None:
            await self.st.change(
                "Renaming",
                lambda vault: vault.environments.rename(
                    project, environment._replace(name=name.strip())
                ),
            )

    @work
    async def action_delete(self) -> None:
        if self.query_one(FolderList).has_focus:
            await self._delete_folder()
        else:
            await self._delete_environment()

    async def _delete_folder(self) -> None:
        project, environment = self.st.project, self._environment
        folder = self.query_one(FolderList).current
        if project is None or environment is None or folder is None:
            return
        if folder.path == "/":
            self.st.notify("The root folder stays: choose one below it.", severity="warning")
            return
        below = [f for f in self.query_one(FolderList).rows if f.path.startswith(f"{folder.path}/")]
        question = Confirm(
            f"Delete {folder.path} in {shown(environment.name)}?",
            f"It takes {counted(len(below), 'folder')} below it along. Tokens stay as they are.",
            verb="delete",
        )
        if await self.st.push_screen_wait(question):
            await self.st.change(
                "Deleting",
                lambda vault: vault.folders.delete(project, environment.slug, folder.path),
            )

    async def _delete_environment(self) -> None:
        vault, project, environment = self.st.vault, self.st.project, self._environment
        if vault is None or project is None or environment is None:
            return
        orphans = vault.environments.orphaned_by(project, environment.slug)
        lines = [f"Its folders go too. It would orphan {counted(len(orphans), 'token')}:"]
        lines += [f"  {shown(token.name)}" for token in orphans[:_ORPHANS_SHOWN]]
        if len(orphans) > _ORPHANS_SHOWN:
            lines.append(f"  and {len(orphans) - _ORPHANS_SHOWN} more")
        if orphans:
            lines.append(
                "\nThey stay, marked “orphan”, and the slug cannot be used again while one lives."
            )
        else:
            lines = ["Its folders go too. No token names it."]
        question = Confirm(
            f"Delete the environment {shown(environment.name)}?", "\n".join(lines), verb="delete"
        )
        if await self.st.push_screen_wait(question):
            await self.st.change(
                "Deleting", lambda vault: vault.environments.delete(project, environment.slug)
            )


def _environment(typed: str) -> Environment:
    """A slug and, behind a space, a display name; by itself the slug is both."""
    slug, _, name = typed.strip().partition(" ")
    return Environment(slug, name.strip() or slug.title())
