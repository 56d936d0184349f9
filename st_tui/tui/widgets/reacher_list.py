"""The tokens that can reach something: each with the scope that matches, its end and caveats."""

from __future__ import annotations

from collections.abc import Callable

from st_tui.core.reach import ReachingToken
from st_tui.core.wording import caveats
from st_tui.tui.widgets.asked_listing import AskedListing, Fetch
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Piece
from st_tui.tui.widgets.token_list import EXPIRY_COLUMNS, expiry_piece
from st_tui.tui.widgets.token_name import name_column


class ReacherList(AskedListing[ReachingToken]):
    """The tokens found, with the path that each can reach where a pattern was asked about."""

    def __init__(self, fetch: Fetch[ReachingToken], now: Callable[[], int]) -> None:
        super().__init__(fetch, id="reachers")
        self._now = now
        self._says_where = False
        self.empty = ""

    async def show_reaching(self, count: int, *, says_where: bool, top: bool) -> None:
        """Show the tokens found, with the cursor on the same one as before, or on `top`."""
        await self.show_found(count, top=top)
        self.empty = "No token can."
        self._says_where = says_where

    def show_nothing(self) -> None:
        """Show none, and that it is not known which can."""
        self.empty = "Not known."
        self._says_where = False
        self.clear()

    def identity(self, item: ReachingToken) -> str:
        return item.token.id

    def draw_header(self, width: int) -> str:
        name, scope, where, note = self._widths(width - 1)
        return (
            " "
            + column("Name", name)
            + column("By scope", scope)
            + column("At", where)
            + column("Expires", EXPIRY_COLUMNS)
            + column("Note", note)
        )

    def draw(self, item: ReachingToken, width: int) -> list[Piece]:
        name, scope, where, note = self._widths(width)
        token = item.token
        by = f"{item.scope + 1}  {token.scopes[item.scope]}"
        return [
            (name_column(token, self._now(), name - 1) + " ", ""),
            (column(by, scope - 1) + " ", "dim"),
            (column(item.path, where - 1) + " " if where else "", ""),
            expiry_piece(token, self._now()),
            (column(caveats(token), note), "warning"),
        ]

    def _widths(self, width: int) -> tuple[int, int, int, int]:
        rest = max(width - EXPIRY_COLUMNS, 40)
        name, scope, where = (22, 30, 18) if self._says_where else (28, 39, 0)
        parts = [rest * part // 100 for part in (name, scope, where)]
        return parts[0], parts[1], parts[2], rest - sum(parts)
