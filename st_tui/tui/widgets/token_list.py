"""A project's service tokens: each one's name, scopes, access, last use and end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from textual import events
from textual.message import Message

from st_tui.core.expiry import ago, in_one_unit, until_in_short
from st_tui.core.model import NO_LIMITS, Limits, Order, Permission, Project, ServiceToken
from st_tui.core.wording import access_letters
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Piece
from st_tui.tui.widgets.paged_listing import PagedListing
from st_tui.tui.widgets.token_name import short_name
from st_tui.tui.widgets.token_view import ENDS_SOON

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

EXPIRY_COLUMNS = 9

_STATE_COLUMNS = 7
_LEAST_REST = 24
"""Columns that name and scopes keep together."""
_ROOMY, _WITH_USE = 74, 60
"""Columns from which on the access has its whole title, and the last use is shown."""


@dataclass(frozen=True)
class Tokens:
    """A project's tokens with a text in their name or a scope, within limits, in an order."""

    project: Project
    text: str
    order: Order
    backwards: bool = False
    limits: Limits = NO_LIMITS

    def count(self, vault: Vault) -> int:
        return vault.tokens.count(self.project, self.text, self.limits)

    def page(self, vault: Vault, offset: int, limit: int) -> Sequence[ServiceToken]:
        return vault.tokens.page(
            self.project,
            text=self.text,
            limits=self.limits,
            order=self.order,
            backwards=self.backwards,
            limit=limit,
            offset=offset,
        )

    def position(self, vault: Vault, token: ServiceToken) -> int | None:
        """Where a token stands among them; None if it is not one of them."""
        return vault.tokens.position(
            self.project,
            token,
            text=self.text,
            limits=self.limits,
            order=self.order,
            backwards=self.backwards,
        )

    def ids(self, vault: Vault, limit: int) -> list[str]:
        """The ids of at most `limit` of them."""
        return vault.tokens.ids(self.project, self.text, self.limits, limit)


class TokenList(PagedListing[ServiceToken]):
    """Service tokens, read page by page. A click on a column's head asks to sort by it."""

    class SortAsked(Message):
        """A column's head was clicked: the list is to be sorted by it."""

        def __init__(self, order: Order) -> None:
            self.order = order
            super().__init__()

    class Seen(Message):
        """Another part of the list is on the screen."""

    def __init__(self, now: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = now
        self.environments: Collection[str] = ()
        self.marked: Collection[str] = ()
        """The ids of the tokens that have a mark."""
        self.sorted_by: Order | None = None
        self.judge: Callable[[ServiceToken], bool | None] = lambda token: None
        """Whether a token may do what is asked; None while nothing is asked."""

    def identity(self, item: ServiceToken) -> str:
        return item.id

    @property
    def below(self) -> int:
        """How many tokens are below the last one on the screen."""
        shown = self.size.height - self.header_lines + self.scroll_offset.y
        return max(self.count - shown, 0)

    def draw_header(self, width: int) -> str:
        return " " + "".join(
            column(
                f"{one.title} ▾" if one.order and one.order is self.sorted_by else one.title, cells
            )
            for one, cells in _widths(width - 1)
        )

    def draw(self, item: ServiceToken, width: int) -> list[Piece]:
        marked = item.id in self.marked
        shown = _Shown(item, self._now(), self.environments, self.judge(item), marked)
        return [piece for one, cells in _widths(width) for piece in one.pieces(shown, cells)]

    def order_at(self, x: int) -> Order | None:
        """What the column at this cell can be sorted by, if by anything."""
        left = 1
        for one, cells in _widths(self.scrollable_content_region.width - 1):
            if left <= x < left + cells:
                return one.order
            left += cells
        return None

    def on_resize(self) -> None:
        self.post_message(self.Seen())

    def watch_scroll_y(self, before: float, now: float) -> None:
        super().watch_scroll_y(before, now)
        self.post_message(self.Seen())

    def on_click(self, event: events.Click) -> None:
        order = self.order_at(event.x) if event.y < self.header_lines else None
        if order is not None:
            self.post_message(self.SortAsked(order))


class _Shown(NamedTuple):
    """A token, and what a line says of it besides: when, where, and what came out of the test."""

    token: ServiceToken
    now: int
    environments: Collection[str]
    allowed: bool | None
    marked: bool


def expiry_piece(token: ServiceToken, now: int) -> Piece:
    """The time left until a token's end, marked if that is soon."""
    end = token.expires_at
    if end is None:
        return column("never", EXPIRY_COLUMNS), "dim"
    if end <= now:
        return column("expired", EXPIRY_COLUMNS), "warning"
    soon = end - now < ENDS_SOON
    text = f"{in_one_unit(end - now)} !" if soon else in_one_unit(end - now)
    return column(text, EXPIRY_COLUMNS), "warning" if soon else "dim"


def _mark(shown: _Shown, width: int) -> list[Piece]:
    return [(column("●" if shown.marked else "", width), "mark")]


def _verdict(shown: _Shown, width: int) -> list[Piece]:
    if shown.allowed is None:
        return [(" " * width, "")]
    return [(column("✔" if shown.allowed else "✖", width), "good" if shown.allowed else "dim")]


def _name(shown: _Shown, width: int) -> list[Piece]:
    return [(short_name(shown.token, width - 1) + " ", "")]


def _scopes(shown: _Shown, width: int) -> list[Piece]:
    scopes = shown.token.scopes
    more = f" +{len(scopes) - 1}" if len(scopes) > 1 else ""
    return [
        (column(str(scopes[0]) if scopes else "none", width - 1 - len(more)) + more + " ", "dim")
    ]


def _access(shown: _Shown, width: int) -> list[Piece]:
    may_write = Permission.WRITE in shown.token.permissions
    letters = access_letters(shown.token.permissions)
    return [(column(letters, width), "warning" if may_write else "dim")]


def _used(shown: _Shown, width: int) -> list[Piece]:
    used = shown.token.last_used
    return [(column("never" if used is None else ago(used, shown.now), width), "dim")]


def _end(shown: _Shown, width: int) -> list[Piece]:
    """The end, and the state behind it; a replaced token's end in words if there is no state."""
    token, state = shown.token, _state(shown)
    if token.is_replaced and token.expires_at is not None and not state[0]:
        until = until_in_short(token.expires_at, shown.now)
        if len(until) <= width:
            return [(column(until, width), "warning")]
    return [expiry_piece(token, shown.now), (column(state[0], width - EXPIRY_COLUMNS), state[1])]


def _state(shown: _Shown) -> Piece:
    if any(scope.environment not in shown.environments for scope in shown.token.scopes):
        return "orphan", "bad"
    if not shown.token.is_active:
        return "V3 off", "warning"
    return ("V3", "dim") if shown.token.version == 3 else ("", "")


class _Column(NamedTuple):
    """A column: its title, its width in cells, what it says of a token, and what it is sorted by.

    A width of 0 shares what the others leave.
    """

    title: str
    width: int
    pieces: Callable[[_Shown, int], list[Piece]]
    order: Order | None = None


_SHORT_ACCESS = _Column("R/W", 4, _access)
_COLUMNS = (
    _Column("", 1, _mark),
    _Column("", 2, _verdict),
    _Column("Name", 0, _name, Order.NAME),
    _Column("Scopes", 0, _scopes),
    _Column("Access", 7, _access),
    _Column("Used", 7, _used),
    _Column("Expires", EXPIRY_COLUMNS + _STATE_COLUMNS, _end, Order.EXPIRES),
)


def _widths(width: int) -> Iterator[tuple[_Column, int]]:
    """The columns that are shown, and how wide each is. Name and scopes share what others leave."""
    roomy = width >= _ROOMY
    shown = [_SHORT_ACCESS if one.title == "Access" and not roomy else one for one in _COLUMNS]
    if width < _WITH_USE:
        shown = [one for one in shown if one.title != "Used"]
    rest = max(width - sum(one.width for one in shown), _LEAST_REST)
    name = rest * (46 if roomy else 54) // 100
    for one in shown:
        yield one, one.width or (name if one.order is Order.NAME else rest - name)
