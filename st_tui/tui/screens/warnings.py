"""The lint warnings about every token of the project."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from st_tui.core import lint
from st_tui.core.lint.names import Names
from st_tui.core.model import Project, ServiceToken, Use
from st_tui.core.plain_text import shown
from st_tui.core.vault.audit import NO_USES
from st_tui.core.wording import counted
from st_tui.tui.screens.overview import Overview
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Listing, Piece, RowListing
from st_tui.tui.widgets.token_name import name_column, token_name

_AT_ONCE = 200
"""Tokens that are linted between two messages about the progress."""


class TokenWarning(NamedTuple):
    """A token and one warning about it."""

    token: ServiceToken
    warning: lint.LintWarning


class WarningList(RowListing[TokenWarning]):
    """Warnings, each with its token's name."""

    def __init__(self, now: Callable[[], int]) -> None:
        super().__init__(id="warnings")
        self._now = now
        self.empty = ""

    def identity(self, item: TokenWarning) -> tuple[str, str]:
        return item.token.id, item.warning.text

    def draw_header(self, width: int) -> str:
        return " " + column("Name", _name_width(width - 1)) + "Warning"

    def draw(self, item: TokenWarning, width: int) -> list[Piece]:
        name = _name_width(width)
        return [
            (name_column(item.token, self._now(), name - 1) + " ", ""),
            (column(f"! {item.warning.text}", width - name), "warning"),
        ]


class Warnings(Overview):
    """The warnings about all tokens, found one by one, and again whenever the vault changed."""

    NAME = "Warnings"
    DEFAULT_CSS = """
    Warnings {
        #found { margin-top: 1; }
        #whole { height: 4; padding: 0 1; border-top: hkey $border; }
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
        yield Static(id="whole", markup=False)

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
                self._list.show_rows(found)
        self._list.show_rows(found)
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
        """Show the whole warning, which the list may have cut."""
        row = self._list.current
        whole = f"{token_name(row.token, self.host.clock())}: {row.warning.text}" if row else ""
        self.query_one("#whole", Static).update(shown(whole), layout=False)


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


def _name_width(width: int) -> int:
    return width * 26 // 100
