"""A walk through the demo for a presenter: one verdict after another, each with a sentence."""

from __future__ import annotations

from typing import Protocol

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from st_tui.core.expiry import remaining
from st_tui.core.model import Endpoint, Permission, ServiceToken
from st_tui.demo.tour import (
    END_TITLE,
    END_WORDS,
    ONE_MINUTE_TOKEN,
    TOUR,
    Step,
    one_minute_draft,
)
from st_tui.tui.host import Hosted
from st_tui.tui.widgets.toasts import stand_above


class Stage(Protocol):
    """The page that shows what the tour speaks of."""

    async def demonstrate(
        self,
        token: ServiceToken,
        environment: str,
        path: str,
        operation: Permission,
        endpoint: Endpoint,
        ip: str,
    ) -> None:
        """Show a token and a whole request."""

    def leave_test(self) -> None:
        """Go from the test-access pane back to the list."""

    async def action_end_tour(self) -> None:
        """Take the tour off the page."""


class Tour(Hosted, Vertical):
    """Where the walk is and what is to be seen there, above the hints."""

    DEFAULT_CSS = """
    Tour {
        dock: bottom; height: auto; margin-bottom: 1; padding: 0 1;
        background: $panel; border-top: hkey $primary;
        #step { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #words { height: auto; min-height: 2; }
    }
    """

    def __init__(self, page: Stage) -> None:
        super().__init__()
        self._page = page
        self._at = -1
        self._one_minute: ServiceToken | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="step")
        yield Static(id="words", markup=False)

    def on_mount(self) -> None:
        self.set_interval(1, self._count_down)

    def on_unmount(self) -> None:
        stand_above(0, self.screen)

    def on_resize(self, event: events.Resize) -> None:
        stand_above(self.outer_size.height, self.screen)
        if self._at >= 0:
            self._say_step()

    async def step(self, amount: int) -> None:
        """Go on, or back; after the last step and the closing word the walk is over."""
        self.app.clear_notifications()  # or one stands over the words
        self._at = max(self._at + amount, 0)
        if self._at > len(TOUR):
            await self._page.action_end_tour()
            return
        self._say_step()
        if self._at == len(TOUR):
            self._say(END_WORDS)
            self.workers.cancel_node(self)
            self._page.leave_test()
            return
        self._say(TOUR[self._at].words)
        self._show(TOUR[self._at])

    def _say(self, words: str) -> None:
        self.query_one("#words", Static).update(words)

    def _say_step(self) -> None:
        """Say which step this is, how long the one-minute token has, and the keys."""
        ended = self._at == len(TOUR)
        title = END_TITLE if ended else f"{self._at + 1}/{len(TOUR)}  {TOUR[self._at].title}"
        left = Content.assemble((title, "bold $text-primary"), (self._time_left(), "$text-warning"))
        keys = (("F6", "close"), ("F5", "back")) if ended else _KEYS
        right = Content("  ").join(
            Content.assemble((key, "bold $text-primary"), (f" {does}", "$text-muted"))
            for key, does in keys
        )
        line = self.query_one("#step", Static)
        gap = max(line.content_size.width - left.cell_length - right.cell_length, 2)
        line.update(Content.assemble(left, " " * gap, right), layout=False)

    def _time_left(self) -> str:
        if self._one_minute is None:
            return ""
        now, end = self.host.clock(), self._one_minute.expires_at or 0
        left = remaining(end, now) if now < end else "ended"
        return f"   {ONE_MINUTE_TOKEN}: {left}"

    def _count_down(self) -> None:
        if self._one_minute is not None:
            self._say_step()

    @work(exclusive=True)
    async def _show(self, step: Step) -> None:
        token = await self._token(step)
        if token is None:
            self._say(f"The token “{step.token}” of this step is gone. F6 goes on.")
        else:
            await self._page.demonstrate(token, step.environment, step.path, step.operation,
                                   step.endpoint, step.ip or "")  # fmt: skip

    async def _token(self, step: Step) -> ServiceToken | None:
        st = self.host
        if st.vault is None or st.project is None:
            return None
        project = st.project
        if step.make_one_minute_token and not self._one_minute_lives():
            new = await st.change(
                "Making a one-minute token",
                lambda vault: vault.tokens.create(project, one_minute_draft(st.clock())),
            )
            self._one_minute = new.token if new else None
        if step.token == ONE_MINUTE_TOKEN and self._one_minute is not None:
            return self._one_minute  # also when it has ended and is gone from the vault
        found = st.vault.tokens.page(project, text=step.token)
        return next((token for token in found if token.name == step.token), None)

    def _one_minute_lives(self) -> bool:
        token = self._one_minute
        return token is not None and self.host.clock() < (token.expires_at or 0)


_KEYS = (("F6", "next"), ("F5", "back"), ("F8", "end"))
