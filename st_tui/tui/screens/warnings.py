"""The lint warnings about every token of the project."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from st_tui.core.model import Project
from st_tui.core.plain_text import shown
from st_tui.core.vault.overviews import TokenWarning, WarningsOverview
from st_tui.core.wording import counted
from st_tui.tui.actions import Action, bindings
from st_tui.tui.screens.overview import Overview
from st_tui.tui.screens.token_actions import TokenActions
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.warning_list import WarningList, warning_in_full

_SHOW_EVERY = 1.0
"""Seconds until more of what was found is shown."""


class Warnings(Overview[WarningsOverview], TokenActions):
    """The warnings about all tokens by weight, found again whenever the vault changed."""

    NAME = "Warnings"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Overview.ACTIONS[0],
        Action("fix", "f", "fix", "Mend it: narrow, clone with a mended scope, rotate or revoke",
               hint=True),
        *Overview.ACTIONS[1:],
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS[1:2])
    DEFAULT_CSS = """
    Warnings {
        #whole { height: 4; padding: 0 1; border-top: solid $panel; }
    }
    """

    def overview(self) -> WarningsOverview:
        return WarningsOverview()

    def body(self) -> ComposeResult:
        yield Static(id="found")
        yield WarningList(self._fetch, self.host.clock)
        yield Static(id="whole")

    async def _fetch(self, offset: int, limit: int) -> list[TokenWarning]:
        return await self.ask(WarningsOverview.page, offset, limit)

    async def read_tokens(self, project: Project) -> None:
        shown_at = -_SHOW_EVERY
        with self.at_work(f"Reading the tokens of {shown(project.name)}…"):
            found = await self.ask(WarningsOverview.begin, project)
            while not found.progress.is_all:
                found = await self.ask(WarningsOverview.look_on)
                self.is_at(found.progress)
                if not self._list.empty and time.monotonic() - shown_at > _SHOW_EVERY:
                    await self._list.show_found(found.warnings)
                    shown_at = time.monotonic()
        await self._list.show_found(found.warnings)
        self._list.empty = "Nothing to warn about."
        self.say(
            (counted(found.warnings, "warning"), "bold"),
            f" about {found.about:,} of {counted(found.progress.tokens, 'token')}",
        )

    @property
    def _list(self) -> WarningList:
        return self.query_one(WarningList)

    @on(Listing.Moved, "#warnings")
    def _warning_chosen(self) -> None:
        """Show the whole warning, which the list may have cut, and its fix."""
        row = self._list.current
        whole = warning_in_full(row, self.host.clock()) if row else ""
        self.query_one("#whole", Static).update(whole, layout=False)

    def action_fix(self) -> None:
        row = self._list.current
        if row is not None and row.warning.fix is not None:
            self.mend(row.warning.fix)
