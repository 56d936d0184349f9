"""How many warnings there are about a project's tokens: said in the title line of its page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from st_tui.core.errors import Refusal
from st_tui.tui.host import Hosted
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from st_tui.core.vault.overviews import WarningsOverview
    from st_tui.tui.analysis.analysis import Analysis

_MOST = 1_000
"""Tokens. With more, only the screen with the warnings looks at them."""
_QUIET = 0.3
"""Seconds without work that the page has first, to be complete and to answer keys."""


class CountsWarnings(Hosted):
    """Mixed into the page with the tokens. It counts beside the app, whenever something changed."""

    def __init__(self) -> None:
        super().__init__()
        self._counting = LatestWins(self._page, self._count_warnings)
        self._warnings: Analysis[WarningsOverview] | None = None

    @property
    def _page(self) -> Screen[None]:
        return cast("Screen[None]", self)

    @property
    def _is_covered(self) -> bool:
        """Whether nobody sees the number: another screen is shown, and no mere dialog."""
        screens = self.app.screen_stack
        return self._page not in screens or not all(
            screen.is_modal for screen in screens[screens.index(self._page) + 1 :]
        )

    def tokens_known(self) -> int:
        """How many tokens the project has, as far as it is known."""
        raise NotImplementedError

    def count_warnings(self) -> None:
        """Count the warnings anew, and say their number."""
        self._counting.request()

    async def _count_warnings(self) -> None:
        from st_tui.core.vault.overviews import WarningsOverview
        from st_tui.tui.analysis.analysis import Analysis

        await asyncio.sleep(_QUIET)
        if self._is_covered:
            return  # it is counted when the page is shown again
        project, found = self.host.project, None
        if project is not None and self.tokens_known() <= _MOST:
            self._warnings = self._warnings or Analysis(self.host, WarningsOverview())
            try:
                await self._warnings.open(project)
                found = await self._warnings.ask(WarningsOverview.begin, project)
                while not found.progress.is_all:
                    found = await self._warnings.ask(WarningsOverview.look_on)
            except Refusal:
                return  # the app says what is wrong with the vault
        if self.host.project == project:
            self._page.query_one(TopBar).warn(found.warnings if found is not None else 0)

    def on_unmount(self) -> None:
        if self._warnings is not None:
            self._warnings.close()
