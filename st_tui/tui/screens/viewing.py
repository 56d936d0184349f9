"""Views of the page with the tokens: `u` goes from one to the next. A notice tells of them once."""

from __future__ import annotations

from itertools import cycle, islice
from time import monotonic
from typing import cast

from textual import work
from textual.screen import Screen

from st_tui.core.errors import Refusal
from st_tui.core.model import Order, ServiceToken
from st_tui.tui.actions import Action
from st_tui.tui.host import PLAIN_OPENING, Hosted
from st_tui.tui.widgets.token_view import ALL, ENDING, UNUSED, VIEWS, View, notice

VIEW_ACTIONS = (
    Action("view", "u", "view", "Show the tokens that end soon, then those unused for long, then "
           "all", "service-token list --expiring-within 7d"),
)  # fmt: skip

_NOTICE_SECONDS = 6


class Viewing(Hosted):
    """Mixed into the page with the tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.view: View = ALL
        self.view_order: tuple[Order, bool] | None = None
        """The view's own order; None once the person chose one."""
        self._is_noticed = False
        """Whether the notice was asked for."""
        self._notice_ends = 0.0
        """When the notice goes by itself, on the monotonic clock."""

    def apply_filter(self) -> None:
        """Load the list for the view and the filter."""
        raise NotImplementedError

    def action_view(self) -> None:
        self.end_notice()
        self.view = next(islice(cycle(VIEWS), VIEWS.index(self.view) + 1, None))
        self.view_order = self.view.order
        self.apply_filter()

    def show_all_unless_in_view(self, token: ServiceToken) -> None:
        """Go to all tokens, unless the view has this one."""
        if not self.view.has(token, self.host.clock()):
            self.view, self.view_order = ALL, None

    @work(group="notice")
    async def say_notice(self) -> None:
        """Say once how many tokens end soon or lie unused, if any do."""
        project, now = self.host.project, self.host.clock()
        if self._is_noticed or project is None or self.host.opening != PLAIN_OPENING:
            return
        self._is_noticed = True
        try:
            said = await self.host.read_apart(
                lambda vault: notice(
                    *(
                        vault.tokens.count(project, limits=view.limits(now))
                        for view in (ENDING, UNUSED)
                    )
                )
            )
        except Refusal:
            return  # the app says what is wrong with the vault
        if said and self.app.screen is cast("Screen[None]", self):
            self._notice_ends = monotonic() + _NOTICE_SECONDS
            self.host.notify(said, timeout=_NOTICE_SECONDS)

    def end_notice(self) -> None:
        """Take the notice away, unless it is gone."""
        if monotonic() < self._notice_ends:
            self._notice_ends = 0.0
            self.app.clear_notifications()

    def on_screen_suspend(self) -> None:
        self.end_notice()
