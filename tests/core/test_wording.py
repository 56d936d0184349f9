"""Decisions in words: every reason by its name, and where a scope stopped."""

from __future__ import annotations

import pytest

from st_tui.core.access import decide, explain
from st_tui.core.addresses import parse_address, parse_ranges
from st_tui.core.model import (
    AccessRequest,
    Decision,
    Endpoint,
    Permission,
    Reason,
    Scope,
    ServiceToken,
)
from st_tui.core.wording import access_letters, caveats, counted, how_far, why

TOKEN = ServiceToken(
    "id",
    "name",
    (Scope("dev", "/a/*"), Scope("prod", "/x\x1b")),
    frozenset({Permission.READ}),
    expires_at=60_000,
    version=3,
    trusted_ips=parse_ranges(["10.0.0.0/8"]),
)
ASKED = AccessRequest("dev", "/a/b", Permission.READ, now=0, ip=parse_address("10.1.2.3"))


@pytest.mark.parametrize(
    ("token", "request_", "words"),
    [
        (TOKEN, ASKED, "by scope 1  dev:/a/*"),
        (TOKEN, ASKED._replace(now=60_000), "expired: it ended 1970-01-01 00:01 UTC"),
        (TOKEN._replace(is_active=False), ASKED, "inactive: it must be activated first"),
        (TOKEN, ASKED._replace(ip=None), "ip: it trusts 10.0.0.0/8, not every address"),
        (TOKEN, ASKED._replace(ip=0), "ip: it trusts 10.0.0.0/8, not this address"),
        (TOKEN, ASKED._replace(environment="\x1b"), "environment: no scope names \\x1b"),
        (TOKEN, ASKED._replace(path="/\x07"), "path: no scope in dev matches /\\x07"),
        (
            TOKEN,
            ASKED._replace(operation=Permission.WRITE),
            "permission: the token may not write",
        ),
        (
            TOKEN,
            ASKED._replace(endpoint=Endpoint.RAW, e2ee=True),
            "raw_e2ee: E2EE is on, so a raw endpoint cannot open the values",
        ),
        (
            TOKEN,
            ASKED._replace(path="/b", ip=0, operation=Permission.WRITE),
            "ip: it trusts 10.0.0.0/8, not this address; no scope in dev matches /b; "
            "the token may not write",
        ),
        (
            TOKEN._replace(
                is_active=False, trusted_ips=parse_ranges(["1.1.1.1", "::1", "10.0.0.1", "2.2.2.2"])
            ),
            AccessRequest("test", "/b", Permission.WRITE, 60_000, Endpoint.RAW, True, None),
            "expired: it ended 1970-01-01 00:01 UTC; it must be activated first; "
            "it trusts 1.1.1.1/32 ::1/128 +2, not every address; no scope names test; "
            "the token may not write; E2EE is on, so a raw endpoint cannot open the values",
        ),
    ],
)
def test_why(token: ServiceToken, request_: AccessRequest, words: str) -> None:
    assert why(token, request_, decide(token, request_)) == words


def test_why_of_a_token_that_is_not_there() -> None:
    unknown = Decision(False, Reason.UNKNOWN, None)
    assert why(None, ASKED, unknown).startswith("unknown: ")
    expired = Decision(False, Reason.EXPIRED, None)
    assert why(None, ASKED, expired, 60_000) == (
        "expired: it ended 1970-01-01 00:01 UTC and was deleted"
    )


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/a/b", "matches"),
        ("/a", "wants a longer path"),
        ("/", "wants a longer path"),
        ("/b/c", "stops at “b”, segment 1"),
        ("/a/b/\x1b", "stops at “\\x1b”, segment 3"),
    ],
)
def test_how_far(path: str, words: str) -> None:
    request = ASKED._replace(path=path)
    here, elsewhere = explain(TOKEN, request)
    assert how_far(here, path) == words
    assert how_far(elsewhere, path) == "other environment"


def test_access_letters() -> None:
    both = frozenset(Permission)
    assert access_letters(both) == "RW"
    assert access_letters(both - {Permission.READ}) == "·W"
    assert access_letters(both - {Permission.WRITE}) == "R·"


def test_what_a_token_needs_beside_its_scopes() -> None:
    assert caveats(TOKEN) == "only from 10.0.0.0/8"
    assert caveats(TOKEN._replace(is_active=False)) == "inactive, only from 10.0.0.0/8"
    assert caveats(TOKEN._replace(trusted_ips=parse_ranges(["0.0.0.0/0", "::/0"]))) == ""
    assert caveats(TOKEN._replace(version=2, trusted_ips=None)) == ""


def test_counts_have_the_right_words() -> None:
    assert [counted(number, "token") for number in (0, 1, 2)] == ["0 tokens", "1 token", "2 tokens"]
    assert [counted(number, "entry", "entries") for number in (1, 2)] == ["1 entry", "2 entries"]
