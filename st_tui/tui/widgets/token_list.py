"""The project's service tokens as a list: what each is for, what it may do, and when it ends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from st_tui.core.expiry import DAY, remaining
from st_tui.core.model import Permission, ServiceToken
from st_tui.core.wording import access_letters
from st_tui.tui.widgets.listing import Listing, Piece, column

ENDS_SOON = 7 * DAY
"""From when on a coming end is marked."""

_ACCESS, _EXPIRES, _STATE = 7, 14, 7


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

    def load(self, offset: int, limit: int) -> Sequence[ServiceToken]:
        return self._fetch(offset, limit)

    def identity(self, item: ServiceToken) -> str:
        return item.id

    def draw_header(self, width: int) -> str:
        name, scopes = _widths(width - 1)
        marks = {label: f"{label} ▾" if label == self.sorted_by else label for label in _LABELS}
        return (
            " "
            + column(marks["Name"], name)
            + column("Scopes", scopes)
            + column("Access", _ACCESS)
            + column(marks["Expires"], _EXPIRES)
            + column("", _STATE)
        )

    def draw(self, item: ServiceToken, width: int) -> list[Piece]:
        now = self._now()
        name, scopes = _widths(width)
        first = str(item.scopes[0]) if item.scopes else "none"
        more = f" +{len(item.scopes) - 1}" if len(item.scopes) > 1 else ""
        soon = item.expires_at is not None and item.expires_at - now < ENDS_SOON
        end = remaining(item.expires_at, now)
        if soon:
            end += "  !" if len(end) + 3 < _EXPIRES else " !"
        state, style = _state(item, self.environments)
        return [
            (column(item.name, name - 1) + " ", ""),
            (column(first, scopes - 1 - len(more)) + more + " ", "dim"),
            (column(access_letters(item.permissions), _ACCESS), _access_style(item)),
            (column(end, _EXPIRES), "warning" if soon else "dim"),
            (column(state, _STATE), style),
        ]


_LABELS = ("Name", "Expires")


def _widths(width: int) -> tuple[int, int]:
    rest = max(width - _ACCESS - _EXPIRES - _STATE, 12)
    name = rest * 48 // 100
    return name, rest - name


def _access_style(token: ServiceToken) -> str:
    return "warning" if Permission.WRITE in token.permissions else "good"


def _state(token: ServiceToken, environments: Collection[str]) -> tuple[str, str]:
    if any(scope.environment not in environments for scope in token.scopes):
        return "orphan", "bad"
    if not token.is_active:
        return "V3 off", "warning"
    return ("V3", "dim") if token.version == 3 else ("", "")
