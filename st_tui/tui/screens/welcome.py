"""The first run: no vault is there yet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, Static

from st_tui.core.drafts import LONGEST_NAME
from st_tui.core.errors import Refusal
from st_tui.core.plain_text import shown
from st_tui.core.vault import DEFAULT_ENVIRONMENTS, Vault, check_new_project
from st_tui.tui.actions import Action, bindings
from st_tui.tui.screens.command_dialog import COPY_COMMAND, CommandDialog
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.row import Row


class Welcome(CommandDialog[bool]):
    """Asks for the name of the first project, and makes the vault with it."""

    ACTIONS = (
        Action("make", "f2,enter", "make the project", "Make the vault and its first project",
               "init --name NAME", hint=True, shown_key="Enter"),
        COPY_COMMAND,
        Action("leave", "escape,f10", "quit", "Leave; nothing is made", hint=True),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self) -> None:
        super().__init__("Welcome to st-tui")

    def body(self) -> ComposeResult:
        yield Static(
            "There is no vault yet. Name a project to make one: it gets the environments "
            "Development, Staging and Production, and end-to-end encryption on.\n\n"
            "To look around first, leave and run: st-tui demo\n",
            markup=False,
        )
        with Row("Project", id="project-row"):
            name = Field(placeholder="its name", max_length=LONGEST_NAME, id="project")
            yield name.add_class("first")

    def arguments(self) -> Sequence[str]:
        name = self.query_one("#project", Field).value.strip()
        return ("init", "--name", name or "…")

    def on_mount(self) -> None:
        where = f"in {shown(str(self.host.directory))}"
        self.query_one(Row).say(Content.styled(where, "$text-muted"))

    @on(Input.Changed)
    def _typed(self) -> None:
        self.show_command()

    @on(Input.Submitted)
    @work
    async def action_make(self) -> None:
        name = self.query_one("#project", Field).value
        try:
            await asyncio.to_thread(self._make, name)
        except Refusal as refusal:
            self.complain(str(refusal))
            return
        self.dismiss(True)

    def _make(self, name: str) -> None:
        check_new_project(name, DEFAULT_ENVIRONMENTS)  # before anything is made
        host = self.host
        with Vault.create(host.directory, actor=host.actor, clock=host.clock) as vault:
            vault.projects.create(name)
