"""What lies beyond a verdict: how near a denial missed, when and from where a yes holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from st_tui.core.model import AccessRequest, ServiceToken
from st_tui.core.nearest import nearest_misses
from st_tui.core.nearest.ranges import over_both
from st_tui.core.nearest.wording import how_near, when_and_from_where

MOST_LINES = 2

# Together they keep what a key press waits for within some milliseconds, whatever the project.
_MOST_FOLDERS = 300
_MOST_SCOPES = 100
_MOST_PLACES = 2_000


def near_misses(
    token: ServiceToken,
    request: AccessRequest,
    folders: Mapping[str, Sequence[str]],
    *,
    at_once: bool = False,
) -> list[str] | None:
    """How near a denial came, in words; nothing if its time or address is all that denies it.

    Without the paths of no folder where a folder is offered. With `at_once`, None if it takes more
    than a key press to know.
    """
    if over_both(token, request).decision.allowed:
        return []
    if not at_once:
        misses = nearest_misses(token, request, folders)
    elif len(token.scopes) > _MOST_SCOPES or max(map(len, folders.values()), default=0) > (
        _MOST_FOLDERS
    ):
        return None
    elif not (misses := nearest_misses(token, request, folders, cap=_MOST_PLACES)):
        return None  # a longer search may find some
    known = {miss.changes for miss in misses if miss.exists}
    return [how_near(miss) for miss in misses if miss.exists or miss.changes not in known]


def lines_below_verdict(
    token: ServiceToken, request: AccessRequest, misses: Sequence[str], width: int, room: int
) -> list[Content]:
    """The most telling lines that there is room for, the nearest miss first.

    Each is whole: half of one would leave out a condition.
    """
    ranges = Content.styled(when_and_from_where(token, request), "$text-muted")
    lines = [*(Content.assemble(("→ ", "$text-primary"), miss) for miss in misses), ranges]
    fitting = []
    for line in lines:
        height = line.get_height({}, max(width, 1))
        if height <= room:
            fitting.append(line)
            room -= height
    return fitting
