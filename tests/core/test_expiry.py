"""Ends: Infisical's presets, what people type, and what is shown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core import expiry
from st_tui.core.expiry import (
    DAY,
    HOUR,
    LAST_TIME,
    MINUTE,
    SECOND,
    ExpiryError,
    in_short,
    parse_past,
)
from tests.core.vaults import NOON

zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30))


def test_the_presets_are_infisicals_in_its_seconds() -> None:
    assert [preset.seconds for preset in expiry.PRESETS] == [
        86400, 604800, 2592000, 15552000, 31104000, None,
    ]  # fmt: skip


@given(moments, zones)
def test_a_time_is_read_as_the_moment_it_names(moment: datetime, zone: timezone) -> None:
    expected = moment.replace(tzinfo=zone).timestamp() * 1000
    parsed = expiry.parse_time(moment.replace(tzinfo=zone).isoformat())
    assert parsed == pytest.approx(expected, abs=1)
    assert expiry.parse_time(moment.isoformat()) == expiry.parse_time(
        moment.replace(tzinfo=UTC).isoformat()
    )


@given(st.integers(0, LAST_TIME))
def test_iso_is_read_back_to_the_millisecond(at: int) -> None:
    text = expiry.iso(at)
    assert len(text) == len("2026-01-02T03:04:05.000Z")
    assert expiry.parse_time(text) == at


def test_iso_is_what_the_contract_shows() -> None:
    at = int(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()) * 1000
    assert expiry.iso(at) == "2026-01-02T03:04:05.000Z"
    assert expiry.iso(LAST_TIME) == "9999-12-31T23:59:59.999Z"


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("45d", 45 * DAY),
        ("6months", 15_552_000 * SECOND),
        ("12 h", 12 * HOUR),
        ("1h30m", 90 * MINUTE),
        (" 1 Year ", 31_104_000 * SECOND),
        ("2w", 14 * DAY),
        ("2y", 720 * DAY),
        ("90s", 90 * SECOND),
        ("1mo", 30 * DAY),
        ("5 minutes 10 sec", 310 * SECOND),
    ],
)
def test_durations_that_people_type(text: str, milliseconds: int) -> None:
    assert expiry.parse_duration(text) == milliseconds
    assert expiry.parse_end(text, NOON) == NOON + milliseconds


@given(st.integers(1, 400), st.sampled_from("smhdw"))
def test_a_duration_says_what_it_says(amount: int, unit: str) -> None:
    size = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[unit]
    assert expiry.parse_duration(f"{amount}{unit}") == amount * size * 1000


@pytest.mark.parametrize(
    "text", ["", " ", "soon", "5", "d5", "5x", "5d,", "-5d", "1.5h", "0d", "0s", "2020-01-01",
             "2027-02-30", "2027-01-15T12:00:00Z", "2027-13-01", "99999 years", "99999999999999d"]
)  # fmt: skip
def test_an_end_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ExpiryError):
        expiry.parse_end(text, NOON)


def test_never_and_dates() -> None:
    assert expiry.parse_end("Never", NOON) is None
    assert expiry.parse_end("2027-01-16", NOON) == NOON + 12 * HOUR
    assert expiry.parse_end("2027-01-15T14:00:00+01:00", NOON) == NOON + HOUR


@given(st.text())
def test_any_text_is_an_end_ahead_or_refused(text: str) -> None:
    try:
        end = expiry.parse_end(text, NOON)
        assert end is None or NOON < end <= LAST_TIME
    except ExpiryError:
        pass


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (0, "expired"),
        (-1, "expired"),
        (1, "0 s"),
        (45 * SECOND, "45 s"),
        (2 * MINUTE, "2 min"),
        (59 * MINUTE + 40 * SECOND, "1 h"),
        (80 * MINUTE, "1 h 20 min"),
        (23 * HOUR, "23 h"),
        (DAY, "1 d"),
        (47 * HOUR, "1 d 23 h"),
        (45 * DAY, "45 d"),
        (180 * DAY, "6 months"),
        (360 * DAY, "12 months"),
    ],
)
def test_what_is_left_in_words(left: int, said: str) -> None:
    assert expiry.remaining(NOON + left, NOON) == said


def test_never_has_nothing_left_to_say() -> None:
    assert expiry.remaining(None, NOON) == "never"


@pytest.fixture(params=["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine stands in this time zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
def test_the_last_moment_can_be_shown_everywhere() -> None:
    assert expiry.in_local_time(LAST_TIME).startswith("9999-12-31")
    assert expiry.in_utc(LAST_TIME) == "9999-12-31 23:59 UTC"


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(("time", "year"), [(10**18, "9999"), (-(10**18), "1970")])
def test_a_time_that_no_date_can_say_is_shown_as_the_nearest(time: int, year: str) -> None:
    assert expiry.iso(time).startswith(year)
    assert expiry.in_utc(time).startswith(year)
    assert expiry.in_local_time(time)[:4] in (year, "1969")  # in Los Angeles


@pytest.mark.usefixtures("zone")
def test_a_time_without_a_zone_is_utc_everywhere() -> None:
    assert expiry.parse_time("2027-01-15T12:00") == NOON
    assert expiry.parse_time("2027-01-15") == NOON - 12 * HOUR


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-01-15", NOON - 12 * HOUR),
        (" 2027-01-15T12:00Z ", NOON),
        ("2027-01-15T13:00:00.001+01:00", NOON + 1),
        ("7d", NOON - 7 * DAY),
        ("1h30m", NOON - 90 * MINUTE),
        ("0s", NOON),
        ("999999999999 years", 0),
    ],
)
def test_a_moment_to_look_back_to(text: str, expected: int) -> None:
    assert parse_past(text, NOON) == expected


@pytest.mark.parametrize("text", ["", "soon", "7", "-7d", "2027", "2027-13-01", "12:00"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ExpiryError, match="is no time: write one like 2027-01-31"):
        parse_past(text, NOON)


def test_a_time_where_there_is_little_room() -> None:
    assert in_short(NOON + 3 * HOUR, NOON) == "15:00"
    assert in_short(NOON + DAY, NOON) == "16 Jan"
    assert in_short(NOON - 31 * DAY, NOON) == "15 Dec 2026"
    assert in_short(NOON + 400 * DAY, NOON) == "19 Feb 2028"
    assert in_short(LAST_TIME, NOON) == "9999-12-31"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (-1, "0 s"),
        (119 * SECOND, "119 s"),
        (2 * MINUTE, "2 min"),
        (59 * MINUTE, "59 min"),
        (59 * MINUTE + 40 * SECOND, "1 h"),
        (80 * MINUTE, "1 h"),
        (47 * HOUR, "47 h"),
        (2 * DAY, "2 d"),
        (59 * DAY, "59 d"),
        (180 * DAY, "6 mo"),
        (360 * DAY, "12 mo"),
        (720 * DAY, "2 y"),
        (LAST_TIME, "8147 y"),
    ],
)
def test_a_duration_where_there_is_little_room(left: int, said: str) -> None:
    assert expiry.in_one_unit(left) == said
    assert len(said) <= 6


def test_how_long_ago() -> None:
    said = [expiry.ago(NOON - ago, NOON) for ago in (-SECOND, 59 * SECOND, 110 * SECOND, 3 * HOUR)]
    assert said == ["now", "now", "1 min", "3 h"]


def test_until_when_in_a_few_words() -> None:
    ends = (3 * HOUR, 20 * HOUR, 30 * HOUR, 3 * DAY)
    assert [expiry.until_in_short(NOON + end, NOON) for end in ends] == [
        "until 15:00", "until tomorrow", "until tomorrow", "until 18 Jan",
    ]  # fmt: skip
    assert expiry.until_in_short(LAST_TIME, NOON) == "until 9999-12-31"
