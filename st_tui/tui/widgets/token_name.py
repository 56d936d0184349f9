"""A token in words: its name, marked if a rotation replaced it, its scopes and its last use."""

from __future__ import annotations

from rich.cells import cell_len

from st_tui.core.expiry import in_local_time, in_short, span
from st_tui.core.model import ServiceToken
from st_tui.core.plain_text import shown
from st_tui.core.wording import times, told_apart
from st_tui.tui.widgets.cells import column, cut

_MARK = " (old)"
_SCOPES, _CELLS = 3, 60
"""Scopes that a dialog shows, and cells of each: the rest of the dialog needs its room."""


def token_name(token: ServiceToken, now: int) -> str:
    """The name as screens show it: `ci-deploy`, or `ci-deploy (old, until 24 Nov)`."""
    return shown(told_apart(token, lambda end: in_short(end, now)))


def name_column(token: ServiceToken, now: int, width: int) -> str:
    """The name in a column of `width` cells. A short column keeps ` (old)` and cuts the name."""
    whole = token_name(token, now)
    if token.is_replaced and cell_len(whole) > width:
        return column(column(token.name, max(width - len(_MARK), 0)).rstrip() + _MARK, width)
    return column(whole, width)


def short_name(token: ServiceToken, width: int) -> str:
    """The name in a column of `width` cells, with ` (old)` behind it if a rotation replaced it."""
    mark = _MARK if token.is_replaced else ""
    return column(cut(token.name, max(width - len(mark), 0)) + mark, width)


def some_scopes(token: ServiceToken) -> str:
    """A token's scopes; of many, the first ones and how many more there are."""
    listed = [cut(str(scope), _CELLS) for scope in token.scopes[:_SCOPES]]
    more = len(token.scopes) - len(listed)
    return ", ".join(listed) + (f" and {more} more" if more else "")


def last_use(token: ServiceToken, now: int) -> str:
    """When a token was last used, and how often: `2026-11-23 11:00 UTC, 1 h ago; 25 times`."""
    if token.last_used is None:
        return "never"
    ago = span(now - token.last_used)
    return f"{in_local_time(token.last_used)}, {ago} ago; {times(token.use_count)}"
