"""The lint warnings about every token of the project."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from st_tui.core import lint
from st_tui.core.lint.names import Names
from st_tui.core.model import Project, ServiceToken, Use
from st_tui.core.plain_text import shown
from st_tui.core.vault.audit import NO_USES
from st_tui.core.wording import counted
from st_tui.tui.actions import Action, bindings
from st_tui.tui.screens.overview import Overview
from st_tui.tui.screens.token_actions import TokenActions
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.warning_list import TokenWarning, WarningList, warning_in_full

_AT_ONCE = 200
"""Tokens that are linted between two messages about the progress."""


class Warnings(Overview, TokenActions):
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

    def __init__(self) -> None:
        super().__init__()
        self._uses = NO_USES
        self._linted: object = None
        """The `lint_inputs` of the warnings shown; None if these are out of date."""

    def body(self) -> ComposeResult:
        yield Static(id="found")
        yield WarningList(self.host.clock)
        yield Static(id="whole")

    async def read_tokens(self, project: Project) -> None:
        is_first = not self._list.empty
        # Until all is done: where the vault refuses, the next read has to lint all tokens again.
        linted, self._linted = self._linted, None
        if is_first:
            self.say((f"Reading the tokens of {shown(project.name)}…", "$text-muted"))
        tokens, folders, self._uses = await self.host.read(
            lambda vault: (
                vault.tokens.page(project),
                lint.FolderPaths(vault.folders.of_each(project)),
                vault.audit.uses_of_all(project, self._uses),
            )
        )
        uses = self._uses.by_token
        inputs = await asyncio.to_thread(lint_inputs, tokens, folders, uses)
        if inputs == linted:
            self._linted = linted
            return  # a server logs uses all the time, which seldom changes a warning
        writers = lint.writers_of(tokens)
        names = Names(token.name for token in tokens if not token.is_replaced)
        found: list[TokenWarning] = []
        for start in range(0, len(tokens), _AT_ONCE):
            some = tokens[start : start + _AT_ONCE]
            found += await asyncio.to_thread(warnings_about, some, folders, writers, uses, names)
            done = min(start + _AT_ONCE, len(tokens))
            self.say((f"Looked at {done} of {counted(len(tokens), 'token')}…", "$text-muted"))
            if is_first:
                self._list.show_rows(by_weight(found))
        self._list.show_rows(by_weight(found))
        self._list.empty = "Nothing to warn about."
        about = len({row.token.id for row in found})
        self.say(
            (counted(len(found), "warning"), "bold"),
            f" about {about} of {counted(len(tokens), 'token')}",
        )
        self._linted = inputs

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


def by_weight(warnings: Sequence[TokenWarning]) -> list[TokenWarning]:
    """The weightiest first, of one weight in their order."""
    return sorted(warnings, key=lambda row: row.warning.weight)


def warnings_about(
    tokens: Sequence[ServiceToken],
    folders: Mapping[str, Sequence[str]],
    writers: Counter[str],
    uses: Mapping[str, Sequence[Use]],
    names: Names,
) -> list[TokenWarning]:
    """All warnings about these tokens, in their order. `writers` and `names` are of all tokens."""
    return [TokenWarning(*each) for each in lint.lint_each(tokens, folders, writers, uses, names)]


def lint_inputs(
    tokens: Sequence[ServiceToken],
    folders: Mapping[str, Sequence[str]],
    uses: Mapping[str, Sequence[Use]],
) -> object:
    """All that the warnings depend on: where it is equal, they are too.

    A token's count of uses is left out but for whether it is high, and so is its last use.
    """
    judged = [
        token._replace(last_used=None, use_count=int(token.use_count >= lint.MANY_USES))
        for token in tokens
    ]
    touched = {
        token_id: {(use.environment, use.path) for use in its} for token_id, its in uses.items()
    }
    return judged, folders, touched
