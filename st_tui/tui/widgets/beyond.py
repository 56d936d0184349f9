"""What lies beyond a verdict: how near a denial missed, when and from where a yes holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from st_tui.core.model import AccessRequest, ServiceToken
from st_tui.core.nearest import nearest
from st_tui.core.nearest_wording import how_near, when_and_whence
from st_tui.core.ranges import over_both

MOST_LINES = 2

# Together they keep what a key press waits for within some milliseconds, whatever the project.
MOST_FOLDERS = 300
"""Folders of an environment that are searched for the nearest."""
_MOST_SCOPES = 20
_MOST_PLACES = 2_000


def beyond_lines(
    token: ServiceToken,
    request: AccessRequest,
    folders: Mapping[str, Sequence[str]],
    width: int,
) -> list[Content]:
    """The most telling lines that there is room for, the nearest miss first.

    `folders` are the paths of those environments that have no more than MOST_FOLDERS.
    """
    ranges = Content.styled(when_and_whence(token, request), "$text-muted")
    if over_both(token, request).decision.allowed:
        # If it is denied, then for its time or address alone: this says what would do.
        return [ranges]
    misses = _misses(token, request, folders)
    lines = [*(Content.assemble(("→ ", "$text-primary"), miss) for miss in misses), ranges]
    room = MOST_LINES
    for index, line in enumerate(lines):
        room -= -(-line.cell_length // max(width, 1))
        if room < 0:
            return lines[: max(index, 1)]
    return lines


def _misses(
    token: ServiceToken, request: AccessRequest, folders: Mapping[str, Sequence[str]]
) -> list[str]:
    """The near misses in words, without the paths of no folder where a folder is offered."""
    if len(token.scopes) > _MOST_SCOPES:
        return []
    misses = nearest(token, request, folders, cap=_MOST_PLACES)
    known = {miss.changes for miss in misses if miss.exists}
    return [how_near(miss) for miss in misses if miss.exists or miss.changes not in known]
