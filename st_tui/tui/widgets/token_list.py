"""The project's service tokens as a list: what each is for, what it may do, and when it ends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from rich.cells import cell_len

from st_tui.core.expiry import DAY, remaining
from st_tui.core.model import Permission, ServiceToken
from st_tui.core.wording import access_letters
from st_tui.tui.widgets.listing import Listing, Piece, column
from st_tui.tui.widgets.token_name import name_column, token_name

ENDS_SOON = 7 * DAY
"""From when on a coming end is marked."""

EXPIRES = 14
"""Columns for an end."""

_ACCESS, _STATE = 7, 7
_LEAST_SCOPES = 16


class TokenList(Listing[ServiceToken]):
    """Service tokens, loaded page by page."""

    def __init__(
        self,
        fetch: Callable[[int, int], Sequence[ServiceToken]],
        now: Callable[[], int],
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._fetch = fetch
        self._now = now
        self.environments: Collection[str] = ()
        self.sorted_by = ""
        self._longest_old = 0

    def load(self, offset: int, limit: int) -> Sequence[ServiceToken]:
        tokens, now = self._fetch(offset, limit), self._now()
        longest = max((cell_len(token_name(t, now)) for t in tokens if t.is_replaced), default=0)
        if longest > self._longest_old:
            self._longest_old = longest
            self.refresh()
        return tokens

    def reload(self, count: int, *, top: bool = False) -> None:
        self._longest_old = 0
        super().reload(count, top=top)

    def identity(self, item: ServiceToken) -> str:
        return item.id

    def draw_header(self, width: int) -> str:
        name, scopes = self._widths(width - 1)
        marks = {label: f"{label} ▾" if label == self.sorted_by else label for label in _LABELS}
        return (
            " "
            + column(marks["Name"], name)
            + column("Scopes", scopes)
            + column("Access", _ACCESS)
            + column(marks["Expires"], EXPIRES)
            + column("", _STATE)
        )

    def draw(self, item: ServiceToken, width: int) -> list[Piece]:
        name, scopes = self._widths(width)
        first = str(item.scopes[0]) if item.scopes else "none"
        more = f" +{len(item.scopes) - 1}" if len(item.scopes) > 1 else ""
        state, style = _state(item, self.environments)
        return [
            (name_column(item, self._now(), name - 1) + " ", ""),
            (column(first, scopes - 1 - len(more)) + more + " ", "dim"),
            (column(access_letters(item.permissions), _ACCESS), _access_style(item)),
            expiry_piece(item, self._now()),
            (column(state, _STATE), style),
        ]

    def _widths(self, width: int) -> tuple[int, int]:
        """Columns for names and scopes. A replaced token's name gets more, where that is enough."""
        rest = max(width - _ACCESS - EXPIRES - _STATE, 12)
        name = rest * 48 // 100
        if name <= self._longest_old < rest - _LEAST_SCOPES:
            name = self._longest_old + 1
        return name, rest - name


def expiry_piece(token: ServiceToken, now: int) -> Piece:
    """How long until a token's end, marked if that is soon."""
    soon = token.expires_at is not None and token.expires_at - now < ENDS_SOON
    end = remaining(token.expires_at, now)
    if soon:
        end += "  !" if len(end) + 3 < EXPIRES else " !"
    return column(end, EXPIRES), "warning" if soon else "dim"


_LABELS = ("Name", "Expires")


def _access_style(token: ServiceToken) -> str:
    return "warning" if Permission.WRITE in token.permissions else "good"


def _state(token: ServiceToken, environments: Collection[str]) -> tuple[str, str]:
    if any(scope.environment not in environments for scope in token.scopes):
        return "orphan", "bad"
    if not token.is_active:
        return "V3 off", "warning"
    return ("V3", "dim") if token.version == 3 else ("", "")
