"""A dialog with the command line at its foot that does the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from textual import work
from textual.app import ComposeResult
from textual.content import Content

from st_tui.tui.actions import Action
from st_tui.tui.command_line import pasted
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.fitted import Fitted
from st_tui.tui.widgets.pane_lines import command_lines

Result = TypeVar("Result")

COPY_COMMAND = Action(
    "copy_command", "ctrl+y,Y", "copy command", "Copy the command line that does the same"
)


class CommandDialog(Dialog[Result]):
    """Shows the command line for what stands in the dialog. `COPY_COMMAND` copies it whole."""

    def arguments(self) -> Sequence[str]:
        """The arguments of the command; none while something is not valid."""
        raise NotImplementedError

    def foot(self) -> ComposeResult:
        yield Fitted(id="command")

    def on_mount(self) -> None:
        self.show_command()

    def show_command(self) -> None:
        """Show the command for what stands in the dialog now."""
        arguments, key = self.arguments(), COPY_COMMAND.key
        self.query_one("#command", Fitted).show(
            lambda size: command_lines(arguments, size, key=key) if arguments else Content("")
        )

    @work
    async def action_copy_command(self) -> None:
        from st_tui.tui.screens.text_alone import TextAlone
        from st_tui.tui.terminal.clipboard import copy

        arguments = self.arguments()
        if not arguments:
            self.host.notify("No command yet: something here is not valid.", severity="warning")
            return
        command = pasted(arguments, self.host.directory)
        outcome = await copy(self.app, command)
        self.host.notify(f"The command: {outcome.message}")
        if not outcome.sent and self.app.screen is self:
            self.app.push_screen(TextAlone(command, "the command"))
