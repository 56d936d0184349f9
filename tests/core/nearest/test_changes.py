"""The nearest miss, held against every short path there is and against `decide` itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.access import decide
from st_tui.core.addresses import parse_address, parse_ranges
from st_tui.core.model import (
    AccessRequest,
    Endpoint,
    Permission,
    Reason,
    Scope,
    ServiceToken,
)
from st_tui.core.nearest import Change, NearMiss, nearest_misses
from tests.core.nearest.test_path import PATHS, asked, patterns
from tests.core.vaults import NOON, READ

TOKEN = ServiceToken(
    "t",
    "t",
    (Scope("dev", "/common/**"), Scope("prod", "/[!a]"), Scope("prod", "/folder1/*")),
    READ,
    expires_at=NOON + 1,
    version=3,
    trusted_ips=parse_ranges(["10.0.0.0/8", "2001:db8::/32"]),
)


ASKED = AccessRequest("dev", "/common/db", Permission.READ, NOON, ip=parse_address("10.1.2.3"))


FOLDERS = {"dev": ["/", "/common", "/common/db", "/other"], "prod": ["/"]}


def told(token: ServiceToken, request: AccessRequest) -> list[tuple[tuple[Change, ...], str]]:
    return [(miss.changes, miss.request.path) for miss in nearest_misses(token, request, FOLDERS)]


def test_nothing_misses_where_nothing_is_denied() -> None:
    assert nearest_misses(TOKEN, ASKED) == ()


def test_one_change_where_one_thing_is_wrong() -> None:
    (late,) = nearest_misses(TOKEN, ASKED._replace(now=NOON + 99))
    assert (late.changes, late.request.now) == ((Change.TIME,), NOON)
    (off,) = nearest_misses(TOKEN._replace(is_active=False), ASKED)
    assert (off.changes, off.token, off.request) == ((Change.ACTIVE,), TOKEN, ASKED)
    (write,) = nearest_misses(TOKEN, ASKED._replace(operation=Permission.WRITE))
    assert write.request == ASKED
    (raw,) = nearest_misses(TOKEN, ASKED._replace(endpoint=Endpoint.RAW, e2ee=True))
    assert raw.request == ASKED._replace(e2ee=True)


@pytest.mark.parametrize(
    ("ip", "near"),
    [
        ("9.9.9.9", "10.0.0.0"),
        ("11.0.0.1", "10.255.255.255"),
        ("255.0.0.0", "10.255.255.255"),  # an IPv6 address is nearer on the line
        ("::1", "2001:db8::"),
        (None, "10.0.0.0"),
    ],
)
def test_the_nearest_trusted_address(ip: str | None, near: str) -> None:
    (miss,) = nearest_misses(TOKEN, ASKED._replace(ip=None if ip is None else parse_address(ip)))
    assert miss.changes == (Change.IP,)
    assert miss.request.ip == parse_address(near)


def test_a_folder_is_preferred_where_it_is_as_near() -> None:
    assert told(TOKEN, ASKED._replace(path="/comon/dx")) == [
        ((Change.PATH,), "/common/dx"),
        ((Change.PATH,), "/common/db"),
    ]
    assert told(TOKEN, ASKED._replace(path="/common1")) == [((Change.PATH,), "/common")]


def test_another_environment_may_have_the_path() -> None:
    assert told(TOKEN, ASKED._replace(environment="test")) == [
        ((Change.ENVIRONMENT,), "/common/db")
    ]
    assert told(TOKEN, ASKED._replace(path="/folder1/y")) == [
        ((Change.ENVIRONMENT,), "/folder1/y"),
        ((Change.PATH,), "/common/y"),
        ((Change.PATH,), "/common"),
    ]


def test_several_things_wrong_are_mended_together_in_order() -> None:
    everything = AccessRequest(
        "test", "/folder1", Permission.WRITE, NOON + 1, Endpoint.RAW, True, parse_address("9.9.9.9")
    )
    (miss,) = nearest_misses(TOKEN._replace(is_active=False), everything)
    assert miss.changes == tuple(Change)
    assert miss.request.environment == "prod"


def test_nothing_helps_a_token_that_opens_nothing() -> None:
    nothing = TOKEN._replace(scopes=(Scope("dev", "/a.b"), Scope("prod", "/[!a]")))
    assert nearest_misses(nothing, ASKED) == ()
    assert nearest_misses(nothing, ASKED._replace(environment="test")) == ()
    assert nearest_misses(TOKEN._replace(permissions=frozenset()), ASKED) == ()
    assert nearest_misses(TOKEN._replace(trusted_ips=()), ASKED) == ()
    assert nearest_misses(TOKEN, ASKED._replace(path="/elsewhere"), cap=3) == ()


environments = st.sampled_from(["dev", "prod"])


tokens = st.builds(
    ServiceToken,
    st.just("t"),
    st.just("t"),
    st.lists(st.builds(Scope, environments, patterns), min_size=1, max_size=3).map(tuple),
    st.frozensets(st.sampled_from(Permission), min_size=1),
    st.none() | st.integers(NOON - 1, NOON + 1),
    is_active=st.booleans(),
    trusted_ips=st.sampled_from([None, TOKEN.trusted_ips, parse_ranges(["0.0.0.0/0", "::/0"])]),
)


requests = st.builds(
    AccessRequest,
    environments | st.just("test"),
    asked,
    st.sampled_from(Permission),
    st.just(NOON),
    st.sampled_from(Endpoint),
    st.booleans(),
    st.none() | st.sampled_from([0, 2**32 + 1, parse_address("10.1.2.3")]),
)


FIELDS = {
    Change.TIME: "now",
    Change.IP: "ip",
    Change.ENVIRONMENT: "environment",
    Change.PATH: "path",
    Change.OPERATION: "operation",
    Change.ENDPOINT: "endpoint",
}


def undone(miss: NearMiss, change: Change, token: ServiceToken, request: AccessRequest) -> NearMiss:
    """The miss without one of its changes."""
    if change is Change.ACTIVE:
        return miss._replace(token=token)
    field = FIELDS[change]
    return miss._replace(request=miss.request._replace(**{field: getattr(request, field)}))


@given(tokens, requests)
def test_each_miss_is_allowed_and_changes_nothing_in_vain(
    token: ServiceToken, request: AccessRequest
) -> None:
    for miss in nearest_misses(token, request, {"dev": PATHS[:20], "prod": []}):
        assert decide(miss.token, miss.request).reason is Reason.ALLOWED
        back = miss
        for change in miss.changes:
            assert not decide(*undone(miss, change, token, request)[:2]).allowed
            back = undone(back, change, token, request)
        assert back[:2] == (token, request)


@given(tokens, requests)
def test_where_one_change_is_enough_one_is_told(
    token: ServiceToken, request: AccessRequest
) -> None:
    if decide(token, request).allowed:
        return
    mends = [
        (Change.TIME, [request._replace(now=(token.expires_at or NOON) - 1)]),
        (Change.ENVIRONMENT, [request._replace(environment=one) for one in ("dev", "prod")]),
        (Change.PATH, [request._replace(path=path) for path in PATHS]),
        (Change.OPERATION, [request._replace(operation=one) for one in Permission]),
        (Change.ENDPOINT, [request._replace(endpoint=Endpoint.E2EE)]),
        (Change.IP, [request._replace(ip=block.first) for block in token.trusted_ips or ()]),
    ]
    enough = {change for change, tried in mends if any(decide(token, one).allowed for one in tried)}
    if decide(token._replace(is_active=True), request).allowed:
        enough.add(Change.ACTIVE)
    alone = {miss.changes[0] for miss in nearest_misses(token, request) if len(miss.changes) == 1}
    assert enough <= alone
