"""Whether a server's reply fits what `decide` says, and the cause that is named if not."""

from __future__ import annotations

import pytest

from st_tui.core.addresses import parse_address, parse_ranges
from st_tui.core.model import (
    AccessRequest,
    Endpoint,
    Permission,
    Reason,
    Scope,
    ServiceToken,
)
from st_tui.tui.try_it.agreement import possible_reasons, why_it_differs
from st_tui.tui.try_it.real_call import Reply

NOW = 1_800_000_000_000
HOUR = 3_600_000
TOKEN = ServiceToken(
    "id", "ci", (Scope("dev", "/a"),), frozenset({Permission.READ}), expires_at=NOW + HOUR
)
ASKED = AccessRequest("dev", "/a", Permission.READ, NOW)


def reply(status: int, error: str = "", message: str = "", here: str = "127.0.0.1") -> Reply:
    return Reply(status, error, message, None, 1, here)


ALLOWED = reply(200)
FORBIDDEN = reply(403, "PermissionDenied", "You are not allowed to read on secrets")
UNKNOWN = reply(401, "UnauthorizedError", "Invalid service token")
UNTRUSTED = reply(401, "UnauthorizedError", "Failed to authenticate")
EXPIRED = reply(403, "ForbiddenError", "Service token has expired")
RAW_E2EE = reply(400, "bot_not_found_error", "failed to find bot key")


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (ASKED, ALLOWED),
        (ASKED, reply(404, "SecretPathNotFound")),
        (ASKED._replace(path="/b"), FORBIDDEN),
        (ASKED._replace(environment="prod"), FORBIDDEN),
        (ASKED._replace(operation=Permission.WRITE), FORBIDDEN),
        (ASKED._replace(endpoint=Endpoint.RAW, e2ee=True), RAW_E2EE),
        (ASKED._replace(now=NOW + HOUR), EXPIRED),
        (ASKED._replace(now=NOW + HOUR), UNKNOWN),
    ],
)
def test_it_agrees(request_: AccessRequest, told: Reply) -> None:
    assert why_it_differs(TOKEN, request_, told, NOW) == ""


@pytest.mark.parametrize(
    "undecided", [reply(429), reply(422), reply(500), reply(503), reply(400, "BadRequest")]
)
def test_some_answers_decide_nothing(undecided: Reply) -> None:
    assert possible_reasons(undecided) == frozenset()


def test_the_address_is_named_if_it_is_the_cause() -> None:
    trusting = TOKEN._replace(version=3, trusted_ips=parse_ranges(["127.0.0.0/8"]))
    assert why_it_differs(trusting, ASKED, UNTRUSTED, NOW) == ""
    said = why_it_differs(trusting, ASKED, ALLOWED, NOW)
    assert said == "the server sees 127.0.0.1, not any address"
    far = parse_ranges(["10.0.0.0/8", "2001:db8::/32"])
    asked = ASKED._replace(ip=parse_address("10.0.0.7"))
    said = why_it_differs(TOKEN._replace(version=3, trusted_ips=far), asked, UNTRUSTED, NOW)
    assert said == "the server sees 127.0.0.1, not 10.0.0.7"
    asked = ASKED._replace(ip=parse_address("2001:db8::7"))
    told = UNTRUSTED._replace(own_address="fe80::1%eth0")
    said = why_it_differs(TOKEN._replace(version=3, trusted_ips=far), asked, told, NOW)
    assert said == "the server sees fe80::1%eth0, not 2001:db8::7"


def test_the_time_is_named_if_it_is_the_cause() -> None:
    later = ASKED._replace(now=NOW + HOUR)
    assert why_it_differs(TOKEN, later, ALLOWED, NOW) == (
        "the server decides now, not at 2027-01-15 09:00 UTC"
    )
    trusting = TOKEN._replace(version=3, trusted_ips=parse_ranges(["127.0.0.0/8"]))
    assert why_it_differs(trusting, later, ALLOWED, NOW) == (
        "the server sees 127.0.0.1, not any address, and decides now, not at 2027-01-15 09:00 UTC"
    )


def test_what_has_no_such_cause_is_said_too() -> None:
    assert "does not know this token" in why_it_differs(TOKEN, ASKED, UNKNOWN, NOW)
    assert "another vault" in why_it_differs(TOKEN, ASKED, FORBIDDEN, NOW)


def test_two_denials_for_other_reasons_differ() -> None:
    assert Reason.PATH not in possible_reasons(UNTRUSTED)
    assert why_it_differs(TOKEN, ASKED._replace(path="/b"), UNTRUSTED, NOW) != ""
