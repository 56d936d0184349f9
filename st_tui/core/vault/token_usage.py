"""How a token was used: in which folders and when last, and how often on each day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from st_tui.core.expiry import DAY, MINUTE
from st_tui.core.model import Permission, Use
from st_tui.core.store import audit
from st_tui.core.store.database import Database

_STEP = 15 * MINUTE
"""Every zone of the world begins its days at a multiple of this."""


class FolderUse(NamedTuple):
    """A folder in which a token was allowed something: what, how often, and when last."""

    environment: str
    path: str
    operations: frozenset[Permission]
    times: int
    last: int


class DayUse(NamedTuple):
    """How many requests of a day were allowed and denied."""

    allowed: int = 0
    denied: int = 0


class TokenUsage(NamedTuple):
    """How a token was used: its folders, the latest first, and its last days up to today."""

    uses: Sequence[Use]
    folders: Sequence[FolderUse]
    days: Sequence[DayUse]


def token_usage(database: Database, token_id: str, now: int, days: int) -> TokenUsage:
    """Read how a token was used. The log of a busy one is long."""
    found = audit.last_uses(database, token_id)
    since = (now // DAY - days - 1) * DAY
    steps = audit.requests_over_time(database, token_id, since, _STEP)
    return TokenUsage([use for use, _ in found], _by_folder(found), _by_day(steps, now, days))


def _by_folder(found: Iterable[tuple[Use, int]]) -> list[FolderUse]:
    folders: dict[tuple[str, str], FolderUse] = {}
    for use, last in found:
        one = frozenset({use.operation})
        key = use.environment, use.path
        known = folders.get(key, FolderUse(*key, one, 0, last))
        folders[key] = known._replace(
            operations=known.operations | one,
            times=known.times + use.times,
            last=max(known.last, last),
        )
    return sorted(folders.values(), key=lambda folder: (-folder.last, folder[:2]))


def _by_day(steps: Iterable[tuple[int, int, int]], now: int, days: int) -> list[DayUse]:
    """The requests of each of the last days, in the machine's zone, the oldest day first."""
    today = _local_day(now)
    known: dict[date, DayUse] = {}
    for step, allowed, denied in steps:
        day = _local_day(step * _STEP)
        before = known.get(day, DayUse())
        known[day] = DayUse(before.allowed + allowed, before.denied + denied)
    return [known.get(today - timedelta(days=ago), DayUse()) for ago in reversed(range(days))]


def _local_day(time: int) -> date:
    return datetime.fromtimestamp(time / 1000, UTC).astimezone().date()
