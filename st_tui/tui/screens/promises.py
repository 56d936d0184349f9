"""Promises about all tokens, from a file: which hold, and which tokens break the others."""

from __future__ import annotations

from collections.abc import Callable, Collection

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from st_tui.core.errors import Refusal
from st_tui.core.model import Environment, Project
from st_tui.core.plain_text import shown
from st_tui.core.reach import promises
from st_tui.core.reach.promises import Promise, PromiseError
from st_tui.core.vault.overviews import PromiseRow, PromisesOverview
from st_tui.core.wording import counted
from st_tui.tui.screens.named_files import typed_path
from st_tui.tui.screens.overview import Overview
from st_tui.tui.widgets.asked_listing import AskedListing, Fetch
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Listing, Piece
from st_tui.tui.widgets.token_name import name_column, token_name

OFFERED = "promises.txt"
"""The name of a file beside the vault that is offered where a file of promises is asked for."""


class PromiseList(AskedListing[PromiseRow]):
    """Promises, each with the tokens below it that are to be looked at."""

    def __init__(self, fetch: Fetch[PromiseRow], now: Callable[[], int]) -> None:
        super().__init__(fetch, id="promises")
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


class Promises(Overview[PromisesOverview]):
    """The promises of a file, proved one by one, and again whenever the vault changed."""

    NAME = "Promises"
    DEFAULT_CSS = """
    Promises {
        #found { margin-top: 1; }
        #whole { height: 4; padding: 0 1; border-top: solid $panel; }
    }
    """

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file = file

    def overview(self) -> PromisesOverview:
        return PromisesOverview()

    def body(self) -> ComposeResult:
        yield Static(id="found")
        yield PromiseList(self._fetch, self.host.clock)
        yield Static(id="whole", markup=False)

    async def _fetch(self, offset: int, limit: int) -> list[PromiseRow]:
        return await self.ask(PromisesOverview.page, offset, limit)

    async def read_tokens(self, project: Project) -> None:
        try:
            await self._prove(project)
        except Refusal:
            self._list.clear()  # what was proved before may be wrong by now
            raise

    async def _prove(self, project: Project) -> None:
        promised = await self.host.read(
            lambda vault: promises_in(self._file, vault.environments.every(project))
        )
        with self.at_work(f"Reading the tokens of {shown(project.name)}…"):
            now = self.host.clock()
            proved = await self.ask(PromisesOverview.begin, project, promised, now)
            while not proved.progress.is_all:
                proved = await self.ask(PromisesOverview.look_on)
                self.is_at(proved.progress)
        await self._list.show_found(proved.rows)
        living, scopes = counted(proved.tokens, "living token"), counted(proved.scopes, "scope")
        self.say(
            (f"{proved.holding} of {len(promised)} hold.", "bold"),
            f" Looked at {living} and {scopes}",
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
