"""The matrix: what each token may do in each folder of one environment, and why."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from st_tui.core import access
from st_tui.core.errors import Refusal
from st_tui.core.matrix import column
from st_tui.core.model import AccessRequest, Order, Permission, Project, ServiceToken
from st_tui.core.patterns.cache import BoundedCache
from st_tui.core.plain_text import shown
from st_tui.tui.actions import BACK, HELP, PALETTE, Action, bindings
from st_tui.tui.host import ShowsVault
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.leaving import Leavable
from st_tui.tui.screens.links import show_test
from st_tui.tui.widgets.cell_reason import cell_reason
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.matrix_grid import MatrixGrid
from st_tui.tui.widgets.matrix_layout import layout
from st_tui.tui.widgets.matrix_sheet import Sheet
from st_tui.tui.widgets.title import Title
from st_tui.tui.widgets.token_name import name_column

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

_CELLS_KEPT = 500_000
"""Cells that are kept, so that going back to tokens decides nothing anew: 4 MB."""
_FIRST_SHEET = 0.1
"""Seconds that the first frame waits for what it shows, so that it is painted once."""
_NAME = 36
"""Cells of a token's name beside its folder, at most."""
_TALL, _SHORT = 40, 20
"""Lines from which on more of the scopes are shown, and below which less is."""


class _Wish(NamedTuple):
    """What the next sheet has to have: the place of the cursor, and how wide the screen is."""

    environment: str
    at: int
    token: ServiceToken | None
    """The token to be found again, where tokens may have been made or deleted since."""
    first: int
    width: int


class _Column(NamedTuple):
    """What the cells of a token depend on. `admitted` changes when it comes to its end."""

    token: ServiceToken
    environment: str
    paths: tuple[str, ...]
    admitted: bool


class MatrixScreen(ShowsVault, Leavable[None]):
    """Folders × tokens with a cursor, and the verdict and reason for the cell under it.

    Every cell is `decide`'s answer for the E2EE endpoint, now and from anywhere. A test of the cell
    opens over it.
    """

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("test", "t", "test", "Test what this token may do in this folder",
               "check --token-id ID", hint=True),
        Action("next_environment(1)", "e", "environment", "Show the next environment", hint=True),
        Action("next_environment(-1)", "E", "environment: back", "Show the environment before"),
        HELP,
        PALETTE._replace(hint=False),
        BACK,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    MatrixScreen {
        #place { height: 1; padding: 0 1; background: $panel; }
        #cell { padding: 0 1; }
    }
    """

    def __init__(
        self,
        *,
        text: str = "",
        order: Order = Order.CREATED,
        token: ServiceToken | None = None,
        environment: str = "",
        path: str = "/",
    ) -> None:
        """Shows the tokens that match the filter `text`, with the cursor on one in a folder."""
        super().__init__()
        self._text = text
        self._order = order
        self._token = token
        self._path = path
        self._wanted = environment
        self._reading = LatestWins(self, self._read)
        self._is_changed = True
        """Whether the vault changed since the sheet was read."""
        self._read_once = asyncio.Event()
        self._columns = BoundedCache(self._cells, lambda key: len(key.paths), _CELLS_KEPT)

    def compose(self) -> ComposeResult:
        yield Title()
        yield MatrixGrid(self.host.clock)
        yield Static(id="place")
        cell = Static(id="cell")
        cell.styles.height = self._room
        yield cell
        open_token, *others = MatrixGrid.ACTIONS
        yield KeyHints((open_token, *self.ACTIONS[:3], *others, *self.ACTIONS[3:]))

    def on_resize(self) -> None:
        self.query_one("#cell").styles.height = self._room
        self._say_where()
        self._say_cell()

    @property
    def _room(self) -> int:
        """Lines for the verdicts and the scopes."""
        height = self.app.size.height
        return 6 if height >= _TALL else 2 if height < _SHORT else 4

    async def on_mount(self) -> None:
        grid = self.query_one(MatrixGrid)
        grid.focus()
        # Not by a message: it would be handled behind the frame that shows the cursor.
        self.watch(grid, "cursor", self._say_cell, init=False)
        self.watch(grid, "column", self._say_cell, init=False)
        self.set_interval(30, self.show)  # some tokens may have ended
        self.show()
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_SHEET):
                await self._read_once.wait()

    def show(self) -> None:
        self._is_changed = True
        self._reading.request()

    @on(MatrixGrid.Turned)
    def _turn(self) -> None:
        self._reading.request()

    async def _read(self) -> None:
        """Read what is to be shown now: the tokens there is room for, and every folder."""
        grid, project = self.query_one(MatrixGrid), self.host.project
        changed, self._is_changed = self._is_changed, False
        token = grid.token or self._token if changed else None
        wish = _Wish(self._wanted, grid.column, token, grid.sheet.first, self.app.size.width)
        sheet, index, empty = Sheet(), 0, "There is no project."
        if project is not None:
            try:
                sheet, index = await self.host.read(lambda vault: self._sheet(vault, project, wish))
                empty = self._why_empty(sheet)
            except Refusal as refusal:
                empty = str(refusal)
        if self._wanted == wish.environment and sheet.environment is not None:
            self._wanted = sheet.environment.slug
        # The cursor may have gone on meanwhile; then it is followed.
        self._show_sheet(sheet, index if grid.column == wish.at else grid.column, empty)
        self._read_once.set()
        if grid.token is None and grid.sheet.total and not self._reading.is_requested:
            self._reading.request()

    def _why_empty(self, sheet: Sheet) -> str:
        if sheet.environment is None:
            return "There is no environment."
        return "No token matches the filter." if self._text else "No tokens yet."

    def _sheet(self, vault: Vault, project: Project, wish: _Wish) -> tuple[Sheet, int]:
        """What the screen shows for a wish, and where the token under the cursor stands now."""
        environments = vault.environments.every(project)
        known = {environment.slug: environment for environment in environments}
        environment = known.get(wish.environment) or next(iter(known.values()), None)
        if environment is None:
            return Sheet(), 0
        paths = ("/", *vault.folders.every(project, environment.slug))
        count = vault.tokens.count(project, self._text)
        index = wish.at
        if wish.token is not None:
            found = vault.tokens.position(project, wish.token, text=self._text, order=self._order)
            index = index if found is None else found
        index = max(min(index, count - 1), 0)
        fit = layout(wish.width - 1, paths, count).fit
        first = max(index - fit + 1, min(wish.first, index, max(count - fit, 0)))
        tokens = vault.tokens.page(
            project, text=self._text, order=self._order, limit=fit, offset=first
        )
        now = self.host.clock()
        columns = [
            self._columns[_Column(token, environment.slug, paths, _admits(token, now))]
            for token in tokens
        ]
        cells = tuple(zip(*columns, strict=True))
        return Sheet(tuple(environments), environment, paths, count, first, tokens, cells), index

    def _cells(self, key: _Column) -> tuple[str, ...]:
        return column(
            key.token,
            key.paths,
            lambda path, operation: self._request(key.environment, path, operation),
        )

    def _request(self, environment: str, path: str, operation: Permission) -> AccessRequest:
        project = self.host.project
        e2ee = project is not None and project.e2ee
        return AccessRequest(environment, path, operation, self.host.clock(), e2ee=e2ee)

    def _show_sheet(self, sheet: Sheet, index: int, empty: str) -> None:
        grid = self.query_one(MatrixGrid)
        grid.empty = empty
        grid.show_sheet(sheet, index)
        if self._path and sheet.paths:
            grid.point_at(self._path)
            self._token, self._path = None, ""
        self._say_where()
        self._say_cell()

    def _say_where(self) -> None:
        """Say on top what is shown: the environment among the others, and which tokens."""
        sheet, project = self.query_one(MatrixGrid).sheet, self.host.project
        if project is None:
            return
        several = f"{sheet.first + 1}–{sheet.first + len(sheet.tokens)} of "
        several = several if len(sheet.tokens) < sheet.total else ""
        tokens = f"{several}{sheet.total:,} {'token' if sheet.total == 1 else 'tokens'}"
        found = f"filter {shown(self._text)}  " if self._text else ""
        found += "= differing  " if self.query_one(MatrixGrid).only_differing else ""
        slugs = [
            (
                f" {shown(each.slug)} ",
                "bold reverse" if each == sheet.environment else "$text-muted",
            )
            for each in sheet.environments
        ]
        room = self.app.size.width - len(f" st-tui  {project.name} › Matrix    {found}{tokens} ")
        if sum(len(slug) for slug, _ in slugs) > room:
            slugs = [slug for slug in slugs if slug[1] == "bold reverse"]
        facts = Content.assemble(*slugs, "  ", (found, "$text-warning"), (tokens, "$text-muted"))
        self.query_one(Title).show(project.name, "Matrix", facts=facts)

    @on(MatrixGrid.Folded)
    def _say_folded(self) -> None:
        self._say_where()
        self._say_cell()

    def _say_cell(self) -> None:
        grid, cell = self.query_one(MatrixGrid), self.query_one("#cell", Static)
        token, line = grid.token, grid.current
        place, lines = Content(), [Content()]
        if token is not None and line is not None:
            place = Content.assemble(
                # As wide for every token, so that the folder is not sent anew for each.
                (name_column(token, self.host.clock(), min(grid.name_width, _NAME)), "bold"),
                (" › ", "$text-muted"),
                (
                    f"{shown(grid.environment)}:{shown(line.fold or grid.path)}",
                    "bold $text-primary",
                ),
                (f"  {line.folders} folders alike" if line.fold else "", "$text-muted"),
            )
            requests = [self._request(grid.environment, grid.path, each) for each in Permission]
            lines = cell_reason(token, requests, self._room)
        elif grid.only_differing and grid.sheet.tokens:
            lines = [Content("These tokens answer alike in every folder: press = again.")]
        self.query_one("#place", Static).update(place, layout=False)
        cell.update(Content("\n").join(lines), layout=False)

    @on(Listing.Chosen, "#matrix")
    def _token_opened(self) -> None:
        from st_tui.tui.screens.token import open_token

        open_token(self, self.query_one(MatrixGrid).token)

    def action_next_environment(self, amount: int) -> None:
        slugs = [each.slug for each in self.query_one(MatrixGrid).sheet.environments]
        if self._wanted in slugs:
            self._wanted = slugs[(slugs.index(self._wanted) + amount) % len(slugs)]
            self._reading.request()

    @work
    async def action_test(self) -> None:
        grid = self.query_one(MatrixGrid)
        if grid.token is not None:
            await show_test(self, grid.token, grid.environment, grid.path)


def _admits(token: ServiceToken, now: int) -> bool:
    return access.admits(token, now, None).allowed
