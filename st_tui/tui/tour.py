"""A walk through the demo for a presenter: one verdict after another, each with a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.widgets import Static

from st_tui.core.model import ServiceToken
from st_tui.demo.steps import TOUR, Step, one_minute_draft

if TYPE_CHECKING:
    from st_tui.tui.screens.tokens import TokensPage


class Tour(Static):
    """Where the walk is and what is to be seen there, above the hints."""

    DEFAULT_CSS = """
    Tour {
        dock: bottom; height: auto; margin-bottom: 1; padding: 0 1;
        background: $panel; border-top: hkey $primary;
    }
    """

    def __init__(self, page: TokensPage) -> None:
        super().__init__()
        self._page = page
        self._at = -1

    def step(self, amount: int) -> None:
        """Go on, or back; after the last step the walk is over."""
        self._at = max(self._at + amount, 0)
        if self._at >= len(TOUR):
            self.remove()
            return
        step = TOUR[self._at]
        self.update(
            Content.assemble(
                (f"{self._at + 1}/{len(TOUR)}  {step.title}\n", "bold $text-primary"),
                f"{step.words}\n",
                ("F6", "bold $text-primary"),
                (" next   ", "$text-muted"),
                ("F5", "bold $text-primary"),
                (" back   ", "$text-muted"),
                ("F8", "bold $text-primary"),
                (" end the tour", "$text-muted"),
            )
        )
        self._show(step)

    @work(exclusive=True)
    async def _show(self, step: Step) -> None:
        token = await self._token(step)
        if token is None:
            self.update(f"The token “{step.token}” of this step is gone. F6 goes on.")
        else:
            await self._page.demonstrate(token, step.environment, step.path, step.operation,
                                   step.endpoint, step.ip or "")  # fmt: skip

    async def _token(self, step: Step) -> ServiceToken | None:
        st = self._page.st
        if st.vault is None or st.project is None:
            return None
        project = st.project
        if step.make_one_minute_token:
            new = await st.change(
                "Making a one-minute token",
                lambda vault: vault.tokens.create(project, one_minute_draft(st.clock())),
            )
            return new.token if new else None
        found = st.vault.tokens.page(project, text=step.token)
        return next((token for token in found if token.name == step.token), None)
