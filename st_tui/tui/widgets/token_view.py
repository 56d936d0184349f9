"""Views of the list of tokens: all, those that end soon, and those that lie unused for long."""

from __future__ import annotations

from typing import NamedTuple

from st_tui.core.expiry import DAY
from st_tui.core.model import Limits, Order, ServiceToken
from st_tui.core.wording import counted

ENDS_SOON = 7 * DAY
"""An end that is nearer than this is soon."""

UNUSED_FOR_LONG = 30 * DAY


class View(NamedTuple):
    """Some of a project's tokens, told by the clock."""

    title: str
    """What the title line says of it; empty for all tokens."""
    empty: str
    """What is said where it has no token."""
    ends_within: int | None = None
    unused_for: int | None = None
    order: tuple[Order, bool] | None = None
    """The order that it begins with, and whether that is read backwards; None for the person's."""

    def limits(self, now: int) -> Limits:
        """The limits to list its tokens by."""
        return Limits(
            ends_by=None if self.ends_within is None else now + self.ends_within,
            unused_since=None if self.unused_for is None else now - self.unused_for,
        )

    def has(self, token: ServiceToken, now: int) -> bool:
        """Whether a token is in it."""
        ends_by, unused_since, _ = self.limits(now)
        end, last = token.expires_at, max(token.created_at, token.last_used or 0)
        return (ends_by is None or (end is not None and end <= ends_by)) and (
            unused_since is None or last < unused_since
        )


ALL = View("", "No tokens yet: press n.")
ENDING = View(
    "expiring soon",
    "No token ends within 7 days: press u for those that lie unused.",
    ends_within=ENDS_SOON,
    order=(Order.EXPIRES, False),
)
# The oldest first: to sort 200,000 tokens by their last use would hold up each page.
UNUSED = View(
    "long unused",
    "No token lies unused for 30 days: press u for all tokens.",
    unused_for=UNUSED_FOR_LONG,
    order=(Order.CREATED, True),
)
VIEWS = (ALL, ENDING, UNUSED)


def notice(ending: int, unused: int) -> str:
    """How many tokens there are to look at, in a sentence; empty for none."""
    said = []
    if ending:
        said.append(f"{counted(ending, 'token')} {'ends' if ending == 1 else 'end'} within 7 days")
    if unused:
        several = str(unused) if ending else counted(unused, "token")
        said.append(f"{several} {'lies' if unused == 1 else 'lie'} unused for 30 days")
    shows = "u shows it." if ending + unused == 1 else "u shows them."
    return f"{', '.join(said)}: {shows}" if said else ""
