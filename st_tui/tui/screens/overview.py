"""The base of the screens about all tokens: a heading, what was found, and a list of it.

What is found is worked out beside the screen (`tui.analysis`), as long as it is open, and anew
whenever the vault changed. Work that takes long says how far it is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, TypeVarTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from st_tui.core.errors import Refusal
from st_tui.core.model import Project, ServiceToken
from st_tui.core.plain_text import shown
from st_tui.tui.actions import BACK, FIELDS, HELP, PALETTE, Action, bindings
from st_tui.tui.analysis.analysis import Analysis
from st_tui.tui.host import ShowsVault
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.leaving import Leavable
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.title import Title

if TYPE_CHECKING:
    from st_tui.core.vault.overviews import Desk, Progress

Works = TypeVar("Works")
Args = TypeVarTuple("Args")
Answer = TypeVar("Answer")

_AT_ONCE = 0.3
"""Seconds of work about which nothing is said."""


class Overview(ShowsVault, Leavable[None], Generic[Works]):
    """A screen over the page. Subclasses give `NAME`, `overview`, `body` and `read_tokens`."""

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
        #found { height: auto; min-height: 1; max-height: 4; padding: 0 1; }
        Listing { height: 1fr; margin-top: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._reading = LatestWins(self, self._read_project)
        self._doing = ""
        self._analysis: Analysis[Works] | None = None
        """From when the screen has its host until it is closed."""

    def compose(self) -> ComposeResult:
        yield Title()
        yield from self.body()
        yield KeyHints(self.ACTIONS)

    def overview(self) -> Works:
        """What works out what the screen shows."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """The widgets between the title and the hints.

        Among them are `#found`, a Static, and one Listing. Its rows have their token as `token`.
        """
        raise NotImplementedError

    async def read_tokens(self, project: Project) -> None:
        """Let all tokens be looked at, and show what is to be known of them. Raises Refusal."""
        raise NotImplementedError

    async def ask(self, job: Callable[[Works, Desk, *Args], Answer], *args: *Args) -> Answer:
        """Let the overview do a job. Raises Refusal and Superseded."""
        if self._analysis is None:
            raise asyncio.CancelledError
        return await self._analysis.ask(job, *args)

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

    def is_at(self, progress: Progress) -> None:
        """Note how far the work is; it is said once a second, if the work takes long."""
        self._doing = f"Reading {progress.done:,} of {progress.tokens:,} tokens…"

    @contextmanager
    def at_work(self, doing: str) -> Iterator[None]:
        """Say what is being done while this lasts: once it takes long, and then each second."""
        self._doing = doing
        timers: list[Timer] = []

        def say_it() -> None:
            if len(timers) == 1:
                timers.append(self.set_interval(1, say_it))
            self.say((self._doing, "$text-muted"))

        timers.append(self.set_timer(_AT_ONCE, say_it))
        try:
            yield
        finally:
            for timer in timers:
                timer.stop()

    def on_mount(self) -> None:
        self._analysis = Analysis(self.host, self.overview())
        self.show()

    def on_unmount(self) -> None:
        if self._analysis is not None:
            self._analysis.close()

    def show(self) -> None:
        self._reading.request()

    async def _read_project(self) -> None:
        project = self.host.project
        if project is None:
            self.dismiss()
            return
        self.query_one(Title).show(project.name, self.NAME)
        began = time.monotonic()
        try:
            if self._analysis is not None:
                await self._analysis.open(project)
            await self.read_tokens(project)
        except Refusal as refusal:
            self.refuse(refusal)
        if (took := time.monotonic() - began) > _AT_ONCE:
            await asyncio.sleep(took)  # in a vault that changes all the time, half of the time

    def action_open(self) -> None:
        from st_tui.tui.screens.token import open_token

        open_token(self, self.chosen_token())

    def on_listing_chosen(self) -> None:
        self.action_open()
