"""How near a denial missed, in words, within the time that a key press may take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from st_tui.core.model import AccessRequest, ServiceToken
from st_tui.core.nearest import nearest_misses
from st_tui.core.nearest.ranges import over_both
from st_tui.core.nearest.wording import how_near

# Together these keep a key press within some milliseconds, whatever the project.
_MOST_FOLDERS = 300
_MOST_SCOPES = 100
_MOST_NODES = 2_000


def near_misses(
    token: ServiceToken,
    request: AccessRequest,
    folders: Mapping[str, Sequence[str]],
    *,
    at_once: bool = False,
) -> list[str] | None:
    """What would be allowed instead of a denied request, in words, the nearest first.

    Empty if another time or address alone would allow it. Where a change leads to a folder that
    exists, paths of folders that do not exist are left out. With `at_once`, None if the search
    would take longer than a key press may.
    """
    if over_both(token, request).decision.allowed:
        return []
    most_folders = max(map(len, folders.values()), default=0)
    if not at_once:
        misses = nearest_misses(token, request, folders)
    elif len(token.scopes) > _MOST_SCOPES or most_folders > _MOST_FOLDERS:
        return None
    elif not (misses := nearest_misses(token, request, folders, cap=_MOST_NODES)):
        return None  # a longer search may find some
    known = {miss.changes for miss in misses if miss.exists}
    return [how_near(miss) for miss in misses if miss.exists or miss.changes not in known]
