"""The folders of an environment, in which the scopes of a draft are picked."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from st_tui.core.plain_text import shown
from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.reach_tree import ReachTree, folder_rows
from st_tui.tui.widgets.scope_lines import ScopeLines


class ScopeTree(ReachTree):
    """A tree that changes the lines above it. `is_open` says whether the draft opens a folder."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        *(action for action in ReachTree.ACTIONS if action.name != "choose"),
        Action("cycle", "space", "/x → /x/* → /x/**",
               "Scope this folder, its children, everything below, or nothing of it", hint=True),
        Action("environment(1)", "right,l", "environment", "Show the next environment"),
        Action("environment(-1)", "left,h", "environment", "Show the environment before"),
        Action("leave_tree", "escape,f10", "form", "Go back to the form", hint=True),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    class Left(Message):
        """The person goes back to the form."""

    def __init__(self, lines: ScopeLines, is_open: Callable[[str], bool]) -> None:
        super().__init__(id="scope-tree")
        self._lines = lines
        self.judge = is_open
        self.note = lines.folder_note

    def show_environment(self) -> None:
        """Show the folders of the environment of the line with the cursor."""
        self.show(folder_rows(self._lines.folders[1:]))

    def draw_header(self, width: int) -> str:
        return f"Folders of {shown(self._lines.environment)}   ← → another environment"

    def action_cycle(self) -> None:
        if self.current is not None:
            self._lines.cycle(self.current.path)
            self.refresh()

    def action_environment(self, amount: int) -> None:
        self._lines.step_environment(amount)
        self.show_environment()

    def action_leave_tree(self) -> None:
        self.post_message(self.Left())
