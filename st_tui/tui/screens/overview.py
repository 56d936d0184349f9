"""The base of the screens about all tokens: it reads them in a thread, whenever they changed."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from st_tui.core.errors import Refusal
from st_tui.core.model import Project, ServiceToken
from st_tui.core.plain_text import shown
from st_tui.tui.actions import BACK, FIELDS, HELP, PALETTE, Action, bindings
from st_tui.tui.host import ShowsVault
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.leaving import Leavable
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.listing import Listing


class Overview(ShowsVault, Leavable[None]):
    """A screen over the page. Subclasses give `NAME`, `body` and `read_tokens`."""

    NAME: ClassVar[str]
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("open", "enter", "open", "Show all about this token", "service-token show ID",
               hint=True, at="Listing"),
        HELP,
        PALETTE,
        *FIELDS,
        BACK,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS[1:])
    DEFAULT_CSS = """
    Overview {
        #title { height: 1; padding: 0 1; background: $panel; dock: top; }
        #found { height: auto; min-height: 1; max-height: 4; padding: 0 1; }
        Listing { height: 1fr; margin-top: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._reading = LatestWins(self, self._read_project)

    def compose(self) -> ComposeResult:
        yield Static(id="title")
        yield from self.body()
        yield KeyHints(self.ACTIONS)

    def body(self) -> ComposeResult:
        """The widgets between the title and the hints.

        Among them are `#found`, a Static, and one Listing. Its rows have their token as `token`.
        """
        raise NotImplementedError

    async def read_tokens(self, project: Project) -> None:
        """Read the project's tokens and show what is to be known of them. Raises Refusal."""
        raise NotImplementedError

    def chosen_token(self) -> ServiceToken | None:
        """The token of the line under the cursor."""
        row = self.query_one(Listing).current
        token: ServiceToken | None = row.token if row is not None else None
        return token

    def say(self, *parts: str | tuple[str, str]) -> None:
        """Say in one line what was found, or what is being done."""
        found = self.query_one("#found", Static)
        # Only a refusal takes more than this one line.
        found.update(Content.assemble(*parts), layout=found.size.height > 1)

    def refuse(self, refusal: Refusal) -> None:
        """Say all of a refusal."""
        said = Content.styled(f"✖ {shown(str(refusal))}", "$text-error")
        self.query_one("#found", Static).update(said)

    def on_mount(self) -> None:
        self.show()

    def show(self) -> None:
        self._reading.request()

    async def _read_project(self) -> None:
        project = self.host.project
        if project is None:
            self.dismiss()
            return
        self.query_one("#title", Static).update(
            Content.assemble((self.NAME, "bold"), (f"  {shown(project.name)}", "$text-muted"))
        )
        try:
            await self.read_tokens(project)
        except Refusal as refusal:
            self.refuse(refusal)

    def action_open(self) -> None:
        from st_tui.tui.screens.token import open_token

        open_token(self, self.chosen_token())

    def on_listing_chosen(self) -> None:
        self.action_open()
