"""A project's service tokens: each one's name, scopes, access and end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from st_tui.core.expiry import DAY, remaining
from st_tui.core.model import Order, Permission, Project, ServiceToken
from st_tui.core.wording import access_letters
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Piece
from st_tui.tui.widgets.paged_listing import Look, PagedListing
from st_tui.tui.widgets.token_name import name_column, token_name

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

ENDS_SOON = 7 * DAY
"""An end that is nearer than this is marked."""

EXPIRY_COLUMNS = 14

_LEAST_SCOPES = 16
"""Columns that scopes keep where long names take more."""


@dataclass(frozen=True)
class Tokens:
    """A project's tokens with a text in their name or a scope, in an order."""

    project: Project
    text: str
    order: Order

    def count(self, vault: Vault) -> int:
        return vault.tokens.count(self.project, self.text)

    def page(self, vault: Vault, offset: int, limit: int) -> Sequence[ServiceToken]:
        return vault.tokens.page(
            self.project, text=self.text, order=self.order, limit=limit, offset=offset
        )

    def position(self, vault: Vault, token: ServiceToken) -> int | None:
        """Where a token stands among them; None if it is not one of them."""
        return vault.tokens.position(self.project, token, text=self.text, order=self.order)


class TokenList(PagedListing[ServiceToken]):
    """Service tokens, read page by page."""

    def __init__(self, now: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = now
        self.environments: Collection[str] = ()
        self.sorted_by = ""
        self._longest_replaced = 0
        """Columns of the longest name of a replaced token that was read."""

    def show_look(self, look: Look[ServiceToken]) -> None:
        self._longest_replaced = 0
        super().show_look(look)

    def arrived(self, items: Sequence[ServiceToken]) -> None:
        now = self._now()
        longest = max((cell_len(token_name(t, now)) for t in items if t.is_replaced), default=0)
        if longest > self._longest_replaced:
            self._longest_replaced = longest
            self.refresh()

    def identity(self, item: ServiceToken) -> str:
        return item.id

    def draw_header(self, width: int) -> str:
        name, scopes = self._widths(width - 1)
        titles = [("Name", name), ("Scopes", scopes)]
        titles += [(title, width) for title, width, _ in _COLUMNS]
        return " " + "".join(
            column(f"{title} ▾" if title and title == self.sorted_by else title, width)
            for title, width in titles
        )

    def draw(self, item: ServiceToken, width: int) -> list[Piece]:
        name, scopes = self._widths(width)
        first = str(item.scopes[0]) if item.scopes else "none"
        more = f" +{len(item.scopes) - 1}" if len(item.scopes) > 1 else ""
        now = self._now()
        pieces: list[Piece] = [
            (name_column(item, now, name - 1) + " ", ""),
            (column(first, scopes - 1 - len(more)) + more + " ", "dim"),
        ]
        for _, cells, piece in _COLUMNS:
            text, style = piece(item, now, self.environments)
            pieces.append((column(text, cells), style))
        return pieces

    def _widths(self, width: int) -> tuple[int, int]:
        """Columns for names and for scopes.

        The names get more where that is enough for the longest name of a replaced token.
        """
        rest = max(width - sum(cells for _, cells, _ in _COLUMNS), 12)
        name = rest * 48 // 100
        if name <= self._longest_replaced < rest - _LEAST_SCOPES:
            name = self._longest_replaced + 1
        return name, rest - name


def expiry_piece(token: ServiceToken, now: int) -> Piece:
    """The time left until a token's end, marked if that is soon."""
    soon = token.expires_at is not None and token.expires_at - now < ENDS_SOON
    end = remaining(token.expires_at, now)
    if soon:
        end += "  !" if len(end) + 3 < EXPIRY_COLUMNS else " !"
    return column(end, EXPIRY_COLUMNS), "warning" if soon else "dim"


def _access(token: ServiceToken) -> Piece:
    may_write = Permission.WRITE in token.permissions
    return access_letters(token.permissions), "warning" if may_write else "good"


def _state(token: ServiceToken, environments: Collection[str]) -> Piece:
    if any(scope.environment not in environments for scope in token.scopes):
        return "orphan", "bad"
    if not token.is_active:
        return "V3 off", "warning"
    return ("V3", "dim") if token.version == 3 else ("", "")


class _Column(NamedTuple):
    """A column: its title, its width in cells, and what it says of a token.

    `piece` takes the token, the time, and the slugs of the environments that are there.
    """

    title: str
    width: int
    piece: Callable[[ServiceToken, int, Collection[str]], Piece]


_COLUMNS = (
    _Column("Access", 7, lambda token, _now, _slugs: _access(token)),
    _Column("Expires", EXPIRY_COLUMNS, lambda token, now, _slugs: expiry_piece(token, now)),
    _Column("", 7, lambda token, _now, slugs: _state(token, slugs)),
)
"""The columns of a fixed width, in their order. Name and scopes stand before them and share the
rest of the line."""
