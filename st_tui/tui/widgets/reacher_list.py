"""The tokens that can reach something: each with the scope that does it, its end and its ifs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from st_tui.core.reach import ReachingToken
from st_tui.core.wording import caveats
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Listing, Piece
from st_tui.tui.widgets.token_list import EXPIRES, expiry_piece
from st_tui.tui.widgets.token_name import name_column


class ReacherList(Listing[ReachingToken]):
    """Tokens that can, and with `says_where` at which path."""

    def __init__(self, now: Callable[[], int]) -> None:
        super().__init__(id="reachers")
        self._now = now
        self._found: Sequence[ReachingToken] = ()
        self._says_where = False
        self.empty = ""

    def show(self, found: Sequence[ReachingToken], *, says_where: bool, top: bool) -> None:
        """Show who was found, with the cursor on top or on the same token as before."""
        self.empty = "No token can."
        self._show(found, says_where=says_where, top=top)

    def show_nothing(self) -> None:
        """Show nobody, for who can is not known."""
        self.empty = "Not known."
        self._show((), says_where=False, top=True)

    def _show(self, found: Sequence[ReachingToken], *, says_where: bool, top: bool) -> None:
        self._found = found
        self._says_where = says_where
        self.reload(len(found), top=top)

    def load(self, offset: int, limit: int) -> Sequence[ReachingToken]:
        return self._found[offset : offset + limit]

    def identity(self, item: ReachingToken) -> str:
        return item.token.id

    def draw_header(self, width: int) -> str:
        name, scope, where, note = self._widths(width - 1)
        return (
            " "
            + column("Name", name)
            + column("By scope", scope)
            + column("At", where)
            + column("Expires", EXPIRES)
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
        rest = max(width - EXPIRES, 40)
        name, scope, where = (22, 30, 18) if self._says_where else (28, 39, 0)
        parts = [rest * part // 100 for part in (name, scope, where)]
        return parts[0], parts[1], parts[2], rest - sum(parts)
