"""The form for an import: the secrets of another folder are then found in this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from st_tui.core.drafts import folder_path
from st_tui.core.errors import Refusal
from st_tui.core.model import Environment, Project
from st_tui.core.secrets.model import Place, SecretImport
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.command_line import in_folder
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.field import Label
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.selector import Selector


class LinkForm(Dialog[SecretImport]):
    """Asks for an environment and a folder, and imports that. A refusal is said in the form."""

    ACTIONS = (
        Action("save", "f2,enter", "import", "Import the secrets of that folder", hint=True,
               shown_key="Enter"),
        *LEAVING,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(
        self,
        project: Project,
        place: Place,
        environments: Sequence[Environment],
        folders: Mapping[str, Sequence[str]],
    ) -> None:
        """`folders` are the paths of each environment's folders."""
        super().__init__(f"Import into {place}")
        self._project = project
        self._place = place
        self._environments = environments
        self._folders = folders

    def body(self) -> ComposeResult:
        yield Static(
            "A token that may read both folders finds that folder's secrets here too. Where both "
            "have one of the same name, the one in this folder counts.\n",
            markup=False,
        )
        with Horizontal(classes="row"):
            yield Label("Environment")
            options = [(environment.name, environment.slug) for environment in self._environments]
            yield Selector[str](options, id="link-environment")
        with Horizontal(classes="row"):
            yield Label("Path")
            yield PathField(placeholder="/common/db   Tab completes it", id="link-path")

    def on_mount(self) -> None:
        self.query_one("#link-environment", Selector).choose(self._place.environment)
        self._complete()
        self.query_one("#link-path").focus()

    @on(Selector.Changed, "#link-environment")
    def _chosen(self) -> None:
        self.complain("")
        self._complete()

    def _complete(self) -> None:
        paths = self._folders.get(self._environment, ())
        known = [environment.slug for environment in self._environments]
        self.query_one("#link-path", PathField).offer(paths, known)

    @on(PathField.Elsewhere)
    def _environment_written(self, event: PathField.Elsewhere) -> None:
        self.query_one("#link-environment", Selector).choose(event.environment)
        self._chosen()

    @property
    def _environment(self) -> str:
        return str(self.query_one("#link-environment", Selector).value)

    @on(Input.Submitted)
    @work
    async def action_save(self) -> None:
        if self.is_writing:
            return
        try:
            path = folder_path(self.query_one("#link-path", PathField).value)
        except Refusal as refusal:
            self.complain(str(refusal))
            return
        source = Place(self._environment, path)
        with self.writing():
            link = await self.host.change(
                "Importing",
                lambda vault: vault.secrets.add_import(self._project, self._place, source),
                complain=self.complain,
                command=(
                    *("secrets", "imports", "create", *in_folder(self._place)),
                    *("--from", str(source)),
                ),
            )
        if link is not None:
            self.dismiss(link)
