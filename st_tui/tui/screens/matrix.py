"""The matrix: what each token may do in each folder of one environment, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from st_tui.core import access
from st_tui.core.model import AccessRequest, Environment, Order, Permission, ServiceToken
from st_tui.core.plain_text import shown
from st_tui.core.wording import how_far, why
from st_tui.tui.actions import BACK, HELP, PALETTE, Action, bindings
from st_tui.tui.host import ShowsVault
from st_tui.tui.leaving import Leavable
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.matrix_grid import MatrixGrid
from st_tui.tui.widgets.token_name import token_name


class MatrixScreen(ShowsVault, Leavable[None]):
    """Tokens × folders with a cursor, and the verdict and reason for the cell under it.

    Every cell is `decide`'s answer for the E2EE endpoint, now and from anywhere.
    """

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("next_environment(1)", "e", "environment", "Show the next environment", hint=True),
        Action("next_environment(-1)", "E", "environment: back", "Show the environment before"),
        HELP,
        PALETTE,
        BACK,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    MatrixScreen {
        #title { height: 1; padding: 0 1; background: $panel; dock: top; }
        #cell { height: 7; padding: 0 1; border-top: hkey $border; }
    }
    """

    def __init__(self, *, text: str, order: Order, cursor: int) -> None:
        """Shows the tokens that match the filter `text`, with the cursor on one of them."""
        super().__init__()
        self._text = text
        self._order = order
        self._begin = cursor
        self._environments: Sequence[Environment] = ()
        self._chosen = ""

    def compose(self) -> ComposeResult:
        yield Static(id="title")
        yield MatrixGrid(self._fetch, self._request, self.host.clock)
        yield Static(id="cell")
        open_token = next(a for a in MatrixGrid.ACTIONS if a.name == "choose")
        yield KeyHints((open_token, *self.ACTIONS))

    def on_mount(self) -> None:
        grid = self.query_one(MatrixGrid)
        grid.focus()
        grid.set_reactive(MatrixGrid.cursor, self._begin)
        self.set_interval(30, self._tell_time)

    def on_screen_resume(self) -> None:
        self.show()

    def show(self) -> None:
        vault, project = self.host.vault, self.host.project
        grid = self.query_one(MatrixGrid)
        if vault is None or project is None:
            self._environments = ()
            grid.empty = "There is no project."
            grid.reload(0)
            return
        self._environments = vault.environments.every(project)
        environment = self._environment
        self._chosen = environment.slug if environment else ""
        folders = ["/", *vault.folders.every(project, environment.slug)] if environment else []
        grid.show_folders(environment.name if environment else "", folders)
        grid.empty = "No token matches the filter." if self._text else "No tokens yet."
        if not environment:
            grid.empty = "There is no environment."
        grid.reload(vault.tokens.count(project, self._text) if environment else 0)
        names = [
            (f" {shown(e.slug)} ", "bold reverse" if e == environment else "$text-muted")
            for e in self._environments
        ]
        found = f"   filter: {shown(self._text)}" if self._text else ""
        self.query_one("#title", Static).update(
            Content.assemble(
                ("Matrix", "bold $text-primary"), f"  {shown(project.name)}  ", *names, found
            )
        )

    @property
    def _environment(self) -> Environment | None:
        """The environment that is shown: the chosen one, or the first if that is gone."""
        known = {environment.slug: environment for environment in self._environments}
        return known.get(self._chosen) or next(iter(known.values()), None)

    def _fetch(self, offset: int, limit: int) -> Sequence[ServiceToken]:
        vault, project = self.host.vault, self.host.project
        if vault is None or project is None:
            return ()
        return vault.tokens.page(
            project, text=self._text, order=self._order, limit=limit, offset=offset
        )

    def _request(self, path: str, operation: Permission) -> AccessRequest:
        project = self.host.project
        e2ee = project is not None and project.e2ee
        return AccessRequest(self._chosen, path, operation, self.host.clock(), e2ee=e2ee)

    def _tell_time(self) -> None:
        """Draw again: some tokens may have ended."""
        self.query_one(MatrixGrid).refresh()
        self._say_cell()

    @on(Listing.Moved, "#matrix")
    def _say_cell(self) -> None:
        grid = self.query_one(MatrixGrid)
        token = grid.current
        lines = self._about(token, grid.path) if token is not None else []
        self.query_one("#cell", Static).update(Content("\n").join(lines), layout=False)

    def _about(self, token: ServiceToken, path: str) -> list[Content]:
        """The cell's token and folder, both verdicts and why, and what became of each scope."""
        requests = [self._request(path, permission) for permission in Permission]
        folder = f"  ›  {shown(self._chosen)}:{shown(path)}"
        scopes = [
            f"{number} {shown(str(verdict.scope))} {how_far(verdict, path)}"
            for number, verdict in enumerate(access.explain(token, requests[0]), start=1)
        ]
        return [
            Content.assemble(
                (token_name(token, self.host.clock()), "bold"), (folder, "bold $text-primary")
            ),
            *(_verdict(token, request) for request in requests),
            Content.styled(f"scopes {'  │  '.join(scopes)}", "$text-muted"),
        ]

    @on(Listing.Chosen, "#matrix")
    def _token_opened(self) -> None:
        from st_tui.tui.screens.token import open_token

        open_token(self, self.query_one(MatrixGrid).current)

    def action_next_environment(self, amount: int) -> None:
        slugs = [environment.slug for environment in self._environments]
        if slugs:
            self._chosen = slugs[(slugs.index(self._chosen) + amount) % len(slugs)]
            self.show()


def _verdict(token: ServiceToken, request: AccessRequest) -> Content:
    decision = access.decide(token, request)
    mark, style = (
        ("✔ ALLOWED", "$text-success") if decision.allowed else ("✖ DENIED ", "$text-error")
    )
    return Content.assemble(
        (f"{request.operation:<7}", "$text-muted"),
        (mark, f"bold {style}"),
        f"  {why(token, request, decision)}",
    )
