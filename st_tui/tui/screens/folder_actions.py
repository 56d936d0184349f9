"""The actions on a project's environments and folders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual import work
from textual.screen import Screen

from st_tui.core.drafts import LONGEST_NAME, DraftError, folder_path
from st_tui.core.model import Environment
from st_tui.core.plain_text import check_new_name
from st_tui.core.secrets.model import Place
from st_tui.core.secrets.used_by import shortened
from st_tui.core.vault.environments import check_new
from st_tui.core.wording import counted
from st_tui.tui.actions import Action
from st_tui.tui.command_line import in_folder, option
from st_tui.tui.screens.prompt import Prompt
from st_tui.tui.screens.secret_actions import SecretActions
from st_tui.tui.widgets.environment_bar import EnvironmentBar
from st_tui.tui.widgets.folder_lists import FolderList
from st_tui.tui.widgets.token_name import token_name

FOLDER_ACTIONS = (
    Action("who", "w", "who", "See who can reach this folder", "scope who", hint=True,
           at="FolderList"),
    Action("matrix", "m", "matrix", "See what every token may do in this folder",
           "scope matrix", hint=True, at="FolderList"),
    Action("new", "f", "folder", "Make a folder below the one under the cursor",
           "folders create", hint=True, at="FolderList"),
    Action("step_environment(1)", "right", "environment", "Go to the next environment",
           hint=True, shown_key="← →"),
    Action("step_environment(-1)", "left", "environment", "Go to the environment before"),
    Action("new_environment", "e", "new", "Make an environment",
           "environments create", hint=True, at="EnvironmentBar"),
    Action("rename_environment", "r", "rename", "Give the environment another display name",
           hint=True, at="EnvironmentBar"),
    Action("delete", "d,delete", "delete", "Delete what is under the cursor",
           "secrets delete | folders delete | environments delete", hint=True),
)  # fmt: skip

_MOST_ORPHANS = 4
"""Orphaned tokens that a question names."""


class FolderActions(SecretActions):
    """Mixed into the page that shows environments, their folders, and a folder's secrets."""

    @property
    def environments(self) -> EnvironmentBar:
        """The environments, one of them chosen."""
        raise NotImplementedError

    @property
    def folders(self) -> FolderList:
        """The list with the chosen folder under its cursor."""
        raise NotImplementedError

    @property
    def environment(self) -> Environment | None:
        """The chosen environment."""
        return self.environments.current

    @work
    async def action_who(self) -> None:
        from st_tui.tui.screens.who import Who

        await self._open_about_folder(Who)

    @work
    async def action_matrix(self) -> None:
        from st_tui.tui.screens.matrix import MatrixScreen

        await self._open_about_folder(
            lambda place: MatrixScreen(environment=place.environment, path=place.path)
        )

    async def _open_about_folder(self, screen: Callable[[Place], Screen[Any]]) -> None:
        """Open a screen that begins with the chosen folder."""
        page = self.app.screen
        await self.folders_known()
        place = self.chosen_place()
        if place is not None and self.app.screen is page:
            self.app.push_screen(screen(place))

    @work
    async def action_new(self) -> None:
        await self.folders_known()
        environment, project = self.environment, self.host.project
        if environment is None or project is None:
            self.host.notify("Make an environment first: press e.", severity="warning")
            return
        below = self.folders.current
        stem = "" if below is None or below.path == "/" else below.path
        there = {folder.path for folder in self.folders.rows}

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
                command=("folders", "create", *in_folder(Place(environment.slug, path))),
            )
            if made is not None:
                self.host.notify(f"{made} is made.")

    @work
    async def action_new_environment(self) -> None:
        await self.folders_known()
        project = self.host.project
        if project is None:
            self.host.notify("Make a project first: press p.", severity="warning")
            return
        there = {each.slug for each in self.environments.rows}

        def check(text: str) -> None:
            environment = _parse_environment(text)
            check_new([environment])
            if environment.slug in there:
                raise DraftError(f"There is an environment {environment.slug!r} already.")

        typed = await self.host.ask(
            Prompt("New environment: its slug, then its name", "", "qa Quality Assurance", check)
        )
        if typed is not None:
            environment = _parse_environment(typed)
            await self.host.change(
                "Making the environment",
                lambda vault: vault.environments.create(project, environment),
                command=(
                    *("environments", "create", environment.slug),
                    *option("--name", environment.name),
                ),
            )

    @work
    async def action_rename_environment(self) -> None:
        await self.folders_known()
        project, environment = self.host.project, self.environment
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
                command=("environments", "rename", environment.slug, *option("--name", name)),
            )

    @work
    async def action_delete(self) -> None:
        await self.folders_known()
        if self.secrets.has_focus:
            await self.delete_row()
        elif self.folders.has_focus:
            await self._delete_folder()
        else:
            await self._delete_environment()

    async def _delete_folder(self) -> None:
        project, place, environment = self.host.project, self.chosen_place(), self.environment
        if project is None or place is None or environment is None:
            return
        if place.path == "/":
            self.host.notify(
                "The root folder stays: choose one below it, or go to the environments with ⇧Tab.",
                severity="warning",
            )
            return
        below = [f for f in self.folders.rows if f.path.startswith(f"{place.path}/")]
        count = await self.host.find("Counting", lambda vault: vault.secrets.count(project, place))
        if count is None:
            return
        await self.delete_unless_kept(
            f"Delete {place.path} in {environment.name}?",
            f"{counted(len(below), 'folder')} below it and {counted(count, 'secret')} are deleted "
            "with it. Tokens stay as they are.",
            lambda vault: vault.secrets.used_by_folder(project, place),
            lambda vault: vault.folders.delete(project, *place),
            ("folders", "delete", "--yes", *in_folder(place)),
        )

    async def _delete_environment(self) -> None:
        project, environment = self.host.project, self.environment
        if project is None or environment is None:
            return
        root = Place(environment.slug, "/")
        counts = await self.host.find(
            "Counting",
            lambda vault: (
                vault.environments.orphaned_by(project, environment.slug),
                vault.secrets.count(project, root),
            ),
        )
        if counts is None:
            return
        orphans, count = counts
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
        await self.delete_unless_kept(
            f"Delete the environment {environment.name}?",
            "\n".join(lines),
            lambda vault: vault.secrets.used_by_folder(project, root),
            lambda vault: vault.environments.delete(project, environment.slug),
            ("environments", "delete", environment.slug, "--yes"),
        )


def _parse_environment(typed: str) -> Environment:
    """`qa Quality Assurance` is a slug and a display name; `qa` alone is both."""
    slug, _, name = typed.strip().partition(" ")
    return Environment(slug, name.strip() or slug.title())
