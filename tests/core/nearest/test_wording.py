"""Near misses and ranges in words."""

from __future__ import annotations

import pytest

from st_tui.core.addresses import parse_address, parse_ranges
from st_tui.core.expiry import DAY
from st_tui.core.model import AccessRequest, Endpoint, Permission, Scope, ServiceToken
from st_tui.core.nearest import nearest_misses
from st_tui.core.nearest.wording import how_near, until_and_from, when_and_from_where

TOKEN = ServiceToken(
    "id",
    "name",
    (Scope("dev", "/a/*"), Scope("prod", "/x")),
    frozenset({Permission.READ}),
    expires_at=60_000,
    version=3,
    trusted_ips=parse_ranges(["10.0.0.0/8"]),
)
FOR_EVER = TOKEN._replace(expires_at=None)
ASKED = AccessRequest("dev", "/a/b", Permission.READ, now=0, ip=parse_address("10.1.2.3"))


@pytest.mark.parametrize(
    ("token", "request_", "words"),
    [
        (TOKEN, ASKED._replace(now=60_000), "asked before 1970-01-01 00:01 UTC"),
        (TOKEN._replace(is_active=False), ASKED, "activated"),
        (TOKEN, ASKED._replace(ip=0), "asked from 10.0.0.0/8"),
        (TOKEN, ASKED._replace(environment="test"), "asked in dev"),
        (TOKEN, ASKED._replace(path="/b/b"), "asked for /a/b (1 character away)"),
        (TOKEN, ASKED._replace(path="/common"), "asked for /a/mmon (2 characters away)"),
        (TOKEN, ASKED._replace(operation=Permission.WRITE), "asked to read"),
        (TOKEN, ASKED._replace(endpoint=Endpoint.RAW, e2ee=True), "asked at an E2EE endpoint"),
        (
            TOKEN._replace(is_active=False),
            AccessRequest("x", "/a/b", Permission.WRITE, 60_000, Endpoint.RAW, True, 0),
            "activated and asked before 1970-01-01 00:01 UTC, from 10.0.0.0/8, in dev, to read "
            "and at an E2EE endpoint",
        ),
    ],
)
def test_how_near(token: ServiceToken, request_: AccessRequest, words: str) -> None:
    assert how_near(nearest_misses(token, request_)[0]) == f"allowed if {words}"


def test_a_folder_that_exists_is_near_whatever_its_distance() -> None:
    *_, known = nearest_misses(TOKEN, ASKED._replace(path="/common"), {"dev": ["/a/db"]})
    assert how_near(known) == "allowed if asked for /a/db"


@pytest.mark.parametrize(
    ("token", "request_", "words"),
    [
        (TOKEN, ASKED,
         "Allowed from 10.0.0.0/8 until 1970-01-01 00:01 UTC, when the token expires."),
        (FOR_EVER, ASKED, "Allowed from 10.0.0.0/8; the token never expires."),
        (FOR_EVER._replace(trusted_ips=None), ASKED,
         "Allowed from anywhere; the token never expires."),
        (FOR_EVER._replace(trusted_ips=parse_ranges(["0.0.0.0/0"])), ASKED,
         "Allowed from 0.0.0.0/0; the token never expires."),
        (FOR_EVER._replace(trusted_ips=parse_ranges(["::/0", "10.0.0.0/8"])), ASKED,
         "Allowed from 10.0.0.0/8 ::/0; the token never expires."),
        (FOR_EVER._replace(trusted_ips=parse_ranges(["1.1.1.1", "::1", "10.0.0.1"])),
         ASKED._replace(ip=parse_address("1.1.1.1")),
         "Allowed from 1.1.1.1/32 10.0.0.1/32 +1; the token never expires."),
        # Denied for its time or address alone: what would be allowed, with the condition.
        (TOKEN, ASKED._replace(now=60_000),
         "Allowed only from 10.0.0.0/8 and before 1970-01-01 00:01 UTC."),
        (TOKEN._replace(trusted_ips=None), ASKED._replace(now=60_000),
         "Allowed only before 1970-01-01 00:01 UTC."),
        (TOKEN, ASKED._replace(ip=0),
         "Allowed only from 10.0.0.0/8 and before 1970-01-01 00:01 UTC."),
        (FOR_EVER, ASKED._replace(ip=None), "Allowed only from 10.0.0.0/8."),
        # Denied for more than that.
        (TOKEN, ASKED._replace(now=60_000, ip=0, path="/b"),
         "Denied whenever and from wherever it is asked: no scope in dev matches /b."),
        (TOKEN._replace(is_active=False), ASKED._replace(operation=Permission.WRITE),
         "Denied whenever and from wherever it is asked."),
        (TOKEN._replace(is_active=False), ASKED._replace(operation=Permission.WRITE, ip=0),
         "Denied whenever and from wherever it is asked: it must be activated first; "
         "the token may not write."),
    ],
)  # fmt: skip
def test_when_and_from_where(token: ServiceToken, request_: AccessRequest, words: str) -> None:
    assert when_and_from_where(token, request_) == words


@pytest.mark.parametrize(
    ("token", "request_", "words"),
    [
        (TOKEN, ASKED, "until 1970-01-01 00:01 UTC, from 10.0.0.0/8"),
        (TOKEN._replace(expires_at=10 * DAY), ASKED, "until 1970-01-11, from 10.0.0.0/8"),
        (FOR_EVER, ASKED, "for ever, from 10.0.0.0/8"),
        (FOR_EVER._replace(trusted_ips=None), ASKED, "for ever, from anywhere"),
    ],
)
def test_until_and_from(token: ServiceToken, request_: AccessRequest, words: str) -> None:
    assert until_and_from(token, request_) == words
