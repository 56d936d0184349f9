"""When a token ends: Infisical's presets, durations and dates that people type, and their words.

A month is 30 days and a year 360, as in Infisical. Times are milliseconds since 1970 UTC, durations
are milliseconds.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import time_ns
from typing import NamedTuple

from st_tui.core.errors import Refusal
from st_tui.core.model import Replaced, ServiceToken

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONTH = 30 * DAY

LAST_TIME = 253_402_300_799_999
"""9999-12-31T23:59:59.999Z: the last time that Python's dates can hold."""


class Preset(NamedTuple):
    """A choice of the expiry selector: a duration in seconds, or None for never.

    `short` is its name where there is little room. It can be typed as well, as `parse_end` reads.
    """

    label: str
    seconds: int | None
    short: str


PRESETS = (
    Preset("1 Day", 86_400, "1 d"),
    Preset("7 Days", 604_800, "7 d"),
    Preset("1 Month", 2_592_000, "1 mo"),
    Preset("6 Months", 15_552_000, "6 mo"),
    Preset("12 Months", 31_104_000, "12 mo"),
    Preset("Never", None, "never"),
)
"""Infisical's own list, in its own seconds; the first is the default."""

_UNITS = {
    "s": SECOND, "second": SECOND, "seconds": SECOND, "sec": SECOND,
    "m": MINUTE, "min": MINUTE, "minute": MINUTE, "minutes": MINUTE,
    "h": HOUR, "hour": HOUR, "hours": HOUR,
    "d": DAY, "day": DAY, "days": DAY,
    "w": 7 * DAY, "week": 7 * DAY, "weeks": 7 * DAY,
    "mo": MONTH, "month": MONTH, "months": MONTH,
    "y": 12 * MONTH, "year": 12 * MONTH, "years": 12 * MONTH,
}  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DURATION = re.compile(r"(\d{1,12})\s*([a-z]+)")


def system_clock() -> int:
    """Now, in milliseconds since 1970 UTC."""
    return time_ns() // 1_000_000


class ExpiryError(Refusal):
    """An end that a token cannot have: unreadable, in the past, or beyond the year 9999."""


def parse_duration(text: str) -> int:
    """Milliseconds of `45d`, `6months`, `12 h`, `1h30m`. Raises ExpiryError."""
    rest = text.strip().lower()
    pieces = _DURATION.findall(rest)
    if not pieces or _DURATION.sub("", rest).strip():
        raise ExpiryError(
            f"{text[:40]!r} is no duration: write one like 30m, 12h, 45d, 6months or 1year."
        )
    total = 0
    for amount, unit in pieces:
        if unit not in _UNITS:
            raise ExpiryError(
                f"{unit[:20]!r} is no unit of time: use s, m (minutes), h, d, w, months or years."
            )
        total += int(amount) * _UNITS[unit]
    return total


def parse_time(text: str) -> int:
    """A time in ISO 8601. Without a zone it is UTC; a date alone is its midnight.

    Raises ExpiryError.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ExpiryError(
            f"{text[:40]!r} is no date: write one like 2027-01-31 or 2027-01-31T18:00:00Z."
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def parse_past(text: str, now: int) -> int:
    """A time in the past as typed: in ISO 8601, or how long ago it was, as `7d`.

    Any time before 1970 is 1970: nothing is recorded before, and SQLite's integers have a limit.
    Raises ExpiryError.
    """
    try:
        if re.match(r"\s*\d{4}-", text):
            return parse_time(text)
        return max(now - parse_duration(text), 0)
    except ExpiryError:
        raise ExpiryError(
            f"{text[:40]!r} is no time: write one like 2027-01-31 or 2027-01-31T18:00:00Z, or how "
            "long ago it was, like 90m or 7d."
        ) from None


def expires_after(duration: int, now: int) -> int:
    """The end `duration` milliseconds from now. Raises ExpiryError beyond the year 9999."""
    return checked_end(now + duration, now)


def checked_end(end: int, now: int) -> int:
    """The same end, if it is in the future and not beyond the year 9999. Raises ExpiryError."""
    if end > LAST_TIME:
        raise ExpiryError("That expiry lies beyond the year 9999: choose an earlier one, or never.")
    if end <= now:
        raise ExpiryError("That expiry is not in the future: choose a later one.")
    return end


def replaced(token: ServiceToken, overlap: int, now: int) -> Replaced:
    """Until when a token still works after a rotation with this overlap, in milliseconds.

    Raises ExpiryError if that is beyond the year 9999.
    """
    if overlap == 0:
        return Replaced(None)
    ends_at = expires_after(overlap, now)
    if token.expires_at is not None and token.expires_at < ends_at:
        return Replaced(token.expires_at, is_cut=True)
    return Replaced(ends_at)


def parse_end(text: str, now: int) -> int | None:
    """An end as typed in the expiry selector: a duration, a date, or `never` (None).

    Raises ExpiryError.
    """
    typed = text.strip()
    if not typed:
        raise ExpiryError("Type how long the token lives (45d, 6months) or a date (2027-01-31).")
    if typed.lower() == "never":
        return None
    if re.match(r"\d{4}-", typed):
        return checked_end(parse_time(typed), now)
    return expires_after(parse_duration(typed), now)


@lru_cache(maxsize=1024)
def iso(time: int) -> str:
    """A time as JSON answers have it: 2026-01-02T03:04:05.000Z."""
    return f"{_utc(time).isoformat(timespec='milliseconds')[:-6]}Z"


def in_utc(time: int) -> str:
    """A time for people, to the minute: 2026-01-02 03:04 UTC."""
    return f"{_utc(time):%Y-%m-%d %H:%M} UTC"


def in_local_time(time: int) -> str:
    """A time for people in the machine's zone, to the minute: 2026-01-02 04:04 CET."""
    try:
        return f"{_utc(time).astimezone():%Y-%m-%d %H:%M %Z}"
    except OverflowError:
        # East of Greenwich the last hours of the year 9999 are in the year 10000.
        return in_utc(time)


def in_short(time: int, now: int) -> str:
    """A time in the machine's zone where there is little room: 15:04 today, 24 Nov, 24 Nov 2028."""
    if not 0 <= time <= LAST_TIME - DAY:
        return in_utc(time)[:10]
    moment, today = _utc(time).astimezone(), _utc(now).astimezone()
    if moment.date() == today.date():
        return f"{moment:%H:%M}"
    year = "" if moment.year == today.year else f" {moment.year}"
    return f"{moment.day} {_MONTHS[moment.month - 1]}{year}"


def until_in_short(end: int, now: int) -> str:
    """Until when, in a few words: `until 15:04`, `until tomorrow`, `until 24 Nov`."""
    if end <= LAST_TIME - DAY:
        tomorrow = (_utc(now).astimezone() + timedelta(days=1)).date()
        if _utc(end).astimezone().date() == tomorrow:
            return "until tomorrow"
    return f"until {in_short(end, now)}"


def in_both_times(time: int) -> str:
    """A time in the machine's zone and in UTC; only once if the zone is UTC."""
    local, utc = in_local_time(time), in_utc(time)
    return utc if local == utc else f"{local} · {utc}"


def remaining(end: int | None, now: int) -> str:
    """How long until the end: `23 h`, `45 d`, `6 months`, `never`, or `expired`."""
    if end is None:
        return "never"
    return span(end - now) if end > now else "expired"


def span(milliseconds: int) -> str:
    """A duration in words, rounded to the units it names: `45 s`, `1 h 20 min`, `6 months`."""
    if milliseconds < 2 * MINUTE:
        return f"{max(milliseconds, 0) // SECOND} s"
    minutes = round(milliseconds / MINUTE)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return _two_units(minutes, 60, "h", "min")
    hours = round(milliseconds / HOUR)
    if hours < 48:
        return _two_units(hours, 24, "d", "h")
    days = round(milliseconds / DAY)
    return f"{days} d" if days < 60 else f"{round(milliseconds / MONTH)} months"


def in_one_unit(milliseconds: int) -> str:
    """A duration in at most six cells, rounded: `45 s`, `59 min`, `47 h`, `59 d`, `12 mo`."""
    if milliseconds < 2 * MINUTE:
        return f"{max(milliseconds, 0) // SECOND} s"
    for unit, name, below in ((MINUTE, "min", 60), (HOUR, "h", 48), (DAY, "d", 60)):
        amount = round(milliseconds / unit)
        if amount < below:
            return f"{amount} {name}"
    months = round(milliseconds / MONTH)
    return f"{months} mo" if months < 24 else f"{min(round(months / 12), 9999)} y"


def ago(time: int, now: int) -> str:
    """How long ago a time was, in six cells at most: `now` in its first minute, then `3 min`."""
    if now - time < 2 * MINUTE:
        return "now" if now - time < MINUTE else "1 min"
    return in_one_unit(now - time)


def _two_units(amount: int, size: int, large: str, small: str) -> str:
    whole, rest = divmod(amount, size)
    return f"{whole} {large} {rest} {small}" if rest else f"{whole} {large}"


def _utc(time: int) -> datetime:
    # A file made elsewhere may hold a time beyond all dates: the nearest date is shown.
    within = min(max(time, 0), LAST_TIME)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=within)


def end_text(end: int | None, now: int) -> str:
    """`in 6 months (2027-05-23)`, `never`, or `expired (2026-01-31)`."""
    if end is None:
        return "never"
    left = remaining(end, now)
    return f"{f'in {left}' if end > now else left} ({iso(end)[:10]})"
