"""Promises about all tokens, from a file: which hold, and which tokens break the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from st_tui.core import reach
from st_tui.core.errors import Refusal
from st_tui.core.model import Environment, Project, ServiceToken
from st_tui.core.plain_text import shown
from st_tui.core.reach import ReachIndex, promises
from st_tui.core.reach.promises import Promise, PromiseError, Verdict
from st_tui.core.wording import counted
from st_tui.tui.screens.named_files import typed_path
from st_tui.tui.screens.overview import Overview
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Listing, Piece, RowListing
from st_tui.tui.widgets.token_name import name_column, token_name

if TYPE_CHECKING:
    from st_tui.core.vault import Vault


OFFERED = "promises.txt"
"""The name of a file beside the vault that is offered where a file of promises is asked for."""


class PromiseRow(NamedTuple):
    """A promise; or, below it, a token that breaks it or has a name that it mentions, and how."""

    promise: Promise
    holds: bool
    token: ServiceToken | None = None
    how: str = ""


class PromiseList(RowListing[PromiseRow]):
    """Promises, each with the tokens below it that are to be looked at."""

    def __init__(self, now: Callable[[], int]) -> None:
        super().__init__(id="promises")
        self._now = now
        self.empty = ""

    def identity(self, item: PromiseRow) -> tuple[int, str]:
        return item.promise.line, item.token.id if item.token else ""

    def draw(self, item: PromiseRow, width: int) -> list[Piece]:
        if item.token is not None:
            name = width * 26 // 100
            by = f"    {name_column(item.token, self._now(), name - 5)} "
            return [(by, ""), (column(item.how, width - name), "warning")]
        verdict, style = ("✔ holds   ", "good") if item.holds else ("✖ broken  ", "bad")
        return [(verdict, style), (column(item.promise.text, width - len(verdict)), "")]


class Promises(Overview):
    """The promises of a file, proved one by one, and again whenever the vault changed."""

    NAME = "Promises"
    DEFAULT_CSS = """
    Promises {
        #found { margin-top: 1; }
        #whole { height: 4; padding: 0 1; border-top: hkey $border; }
    }
    """

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file = file

    def body(self) -> ComposeResult:
        yield Static(id="found")
        yield PromiseList(self.host.clock)
        yield Static(id="whole", markup=False)

    async def read_tokens(self, project: Project) -> None:
        if not self._list.rows:
            self.say((f"Reading the tokens of {shown(project.name)}…", "$text-muted"))
        try:
            await self._prove(project)
        except Refusal:
            self._list.show_rows(())  # what was proved before may be wrong by now
            raise

    async def _prove(self, project: Project) -> None:
        def read(vault: Vault) -> tuple[list[Promise], dict[str, list[str]], ReachIndex]:
            return (
                promises_in(self._file, vault.environments.every(project)),
                vault.folders.of_each(project),
                reach.build_index(vault.tokens.page(project), vault.now()),
            )

        promised, folders, known = await self.host.read(read)
        rows: list[PromiseRow] = []
        holding = 0
        for number, promise in enumerate(promised, start=1):
            self.say((f"Proving {number} of {counted(len(promised), 'promise')}…", "$text-muted"))
            [verdict] = await asyncio.to_thread(promises.prove, [promise], known, folders)
            rows += promise_rows(verdict, known.now)
            holding += verdict.holds
        self._list.show_rows(rows)
        scopes = sum(len(token.scopes) for token in known.tokens)
        living = counted(len(known.tokens), "living token")
        self.say(
            (f"{holding} of {len(promised)} hold.", "bold"),
            f" Looked at {living} and {counted(scopes, 'scope')}",
        )

    @property
    def _list(self) -> PromiseList:
        return self.query_one(PromiseList)

    @on(Listing.Moved, "#promises")
    def _line_chosen(self) -> None:
        """Show the whole line, which the list may have cut."""
        row = self._list.current
        whole = row.promise.text if row else ""
        if row and row.token:
            whole = f"{token_name(row.token, self.host.clock())} ({row.token.id}) {row.how}"
        self.query_one("#whole", Static).update(shown(whole), layout=False)


def promises_in(name: str, environments: Collection[Environment]) -> list[Promise]:
    """The promises in the file of a typed name. Raises Refusal."""
    file = typed_path(name)
    try:
        is_other = file.exists() and not file.is_file() and not file.is_dir()
    except OSError:
        is_other = False  # reading it says why
    if is_other:  # reading a device or a pipe might never end
        raise PromiseError(f"{file} is no ordinary file. Name a file of promises.")
    return promises.parse(promises.read(file), environments)


def promise_rows(verdict: Verdict, now: int) -> list[PromiseRow]:
    """The lines of a verdict: its promise, and the tokens to look at."""
    promise, holds = verdict.promise, verdict.holds
    about = [PromiseRow(promise, holds, token, how) for token, how in promises.told(verdict, now)]
    return [PromiseRow(promise, holds), *about]
