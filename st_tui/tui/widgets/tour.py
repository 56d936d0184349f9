"""The tour of the demo, for a presenter: `demo.tour` has its steps, this shows them one by one."""

from __future__ import annotations

from typing import Protocol

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from st_tui.core.errors import Refusal
from st_tui.core.expiry import remaining
from st_tui.core.model import ServiceToken
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
    """The page that shows a step's token and request."""

    async def demonstrate(self, token: ServiceToken, step: Step) -> None:
        """Show a token and the request of a step."""

    def leave_test(self) -> None:
        """Go from the test-access pane back to the list."""

    async def action_end_tour(self) -> None:
        """Take the tour off the page."""


class Tour(Hosted, Vertical):
    """Which step of the tour this is, and what is to be seen, above the hints."""

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
        """The index of the step; one more than the last is the closing word."""
        self._one_minute: ServiceToken | None = None
        """The token that ends during the tour, once it was made."""

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
        """Go on by `amount`, or back. After the last step comes a closing word, then the end."""
        self.app.clear_notifications()  # they are about the step before
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
        """Show which step this is, how long the one-minute token has left, and the keys."""
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
        token = await self._token_of(step)
        if token is None:
            self._say(f"The token “{step.token}” of this step is gone. F6 goes on.")
        else:
            await self._page.demonstrate(token, step)

    async def _token_of(self, step: Step) -> ServiceToken | None:
        host = self.host
        if host.project is None:
            return None
        project = host.project
        if step.make_one_minute_token and not self._one_minute_lives():
            new = await host.change(
                "Making a one-minute token",
                lambda vault: vault.tokens.create(project, one_minute_draft(host.clock())),
            )
            self._one_minute = new.token if new else None
        if step.token == ONE_MINUTE_TOKEN and self._one_minute is not None:
            return self._one_minute  # even after it ended and is gone from the vault
        try:
            found = await host.read(lambda vault: vault.tokens.page(project, text=step.token))
        except Refusal as refusal:
            host.notify(str(refusal), severity="error", timeout=8)
            return None
        return next((token for token in found if token.name == step.token), None)

    def _one_minute_lives(self) -> bool:
        token = self._one_minute
        return token is not None and self.host.clock() < (token.expires_at or 0)


_KEYS = (("F6", "next"), ("F5", "back"), ("F8", "end"))
