"""The one decision, held against a slow and obvious one written here."""

from __future__ import annotations

import gc
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.access import admits, decide, explain, failing
from st_tui.core.addresses import parse_address, parse_ranges
from st_tui.core.model import (
    AccessRequest,
    Endpoint,
    Permission,
    Reason,
    Scope,
    ServiceToken,
)
from st_tui.core.patterns import Automaton
from tests.core.vaults import NOON, READ

BEFORE_ANY_REQUEST = (Reason.EXPIRED, Reason.INACTIVE, Reason.IP)
ENVIRONMENTS = ["dev", "prod", "staging"]
NAMES = ["a", "b", "common"]
BLOCKS = ["0.0.0.0/0", "::/0", "10.0.0.0/8", "203.0.113.7", "2001:db8::/32"]
ADDRESSES = ["10.1.2.3", "203.0.113.7", "203.0.113.8", "2001:db8::1", "::1"]


def obviously_matches(pattern: str, path: str) -> bool:
    """Patterns of names and `*` segments, or names with `/**` behind them, on ordinary paths."""
    if pattern == path:
        return True
    wanted, given_ = pattern.split("/")[1:], path.split("/")[1:]
    if wanted[-1] == "**":
        return wanted[:-1] == given_[: len(wanted) - 1]
    return (
        path != "/"
        and len(wanted) == len(given_)
        and all(w in ("*", g) for w, g in zip(wanted, given_, strict=True))
    )


def obvious_failures(
    token: ServiceToken, blocks: list[str] | None, request: AccessRequest, ip: str | None
) -> list[Reason]:
    """The design's list of reasons, checked one by one with nothing prepared."""
    failures = []
    if token.expires_at is not None and token.expires_at <= request.now:
        failures.append(Reason.EXPIRED)
    if not token.is_active:
        failures.append(Reason.INACTIVE)
    if blocks is not None:
        if ip is None:
            trusted = {"0.0.0.0/0", "::/0"} <= set(blocks)
        else:
            trusted = any(ip_address(ip) in ip_network(block) for block in blocks)
        if not trusted:
            failures.append(Reason.IP)
    if request.environment not in [scope.environment for scope in token.scopes]:
        failures.append(Reason.ENVIRONMENT)
    elif obvious_scope(token, request) is None:
        failures.append(Reason.PATH)
    if request.operation not in token.permissions:
        failures.append(Reason.PERMISSION)
    if request.e2ee and request.endpoint == Endpoint.RAW:
        failures.append(Reason.RAW_E2EE)
    return failures


def obvious_scope(token: ServiceToken, request: AccessRequest) -> int | None:
    matching = [
        index
        for index, scope in enumerate(token.scopes)
        if scope.environment == request.environment
        and obviously_matches(scope.secret_path, request.path)
    ]
    return matching[0] if matching else None


names = st.lists(st.sampled_from(NAMES), max_size=3)
paths = names.map(lambda parts: "/" + "/".join(parts))
stars = st.lists(st.sampled_from([*NAMES, "*"]), max_size=3).map(lambda p: "/" + "/".join(p))
trees = names.map(lambda parts: "/" + "/".join([*parts, "**"]))
scopes = st.builds(Scope, st.sampled_from(ENVIRONMENTS[:2]), stars | trees)


@given(
    st.lists(scopes, min_size=1, max_size=5),
    st.frozensets(st.sampled_from(Permission), min_size=1),
    st.none() | st.integers(NOON - 1, NOON + 1),
    st.booleans(),
    st.none() | st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=3),
    st.sampled_from(ENVIRONMENTS),
    paths,
    st.sampled_from(Permission),
    st.sampled_from(Endpoint),
    st.booleans(),
    st.none() | st.sampled_from(ADDRESSES),
)
def test_decide_is_the_obvious_decision_and_its_reason_the_first_of_all_that_fail(
    its_scopes: list[Scope],
    permissions: frozenset[Permission],
    expires_at: int | None,
    is_active: bool,
    blocks: list[str] | None,
    environment: str,
    path: str,
    operation: Permission,
    endpoint: Endpoint,
    e2ee: bool,
    ip: str | None,
) -> None:
    token = ServiceToken(
        id="t",
        name="t",
        scopes=tuple(its_scopes),
        permissions=permissions,
        expires_at=expires_at,
        is_active=is_active,
        trusted_ips=None if blocks is None else parse_ranges(blocks),
    )
    request = AccessRequest(
        environment,
        path,
        operation,
        NOON,
        endpoint,
        e2ee,
        None if ip is None else parse_address(ip),
    )
    failures = obvious_failures(token, blocks, request, ip)
    assert list(failing(token, request)) == failures
    assert tuple(decide(token, request)) == (
        (False, failures[0], None)
        if failures
        else (True, Reason.ALLOWED, obvious_scope(token, request))
    )
    whoever_asks = [reason for reason in failures if reason in BEFORE_ANY_REQUEST]
    assert tuple(admits(token, request.now, request.ip)) == (
        (False, whoever_asks[0], None) if whoever_asks else (True, Reason.ALLOWED, None)
    )


def test_the_first_reason_that_fails_is_told() -> None:
    """A request with everything wrong, mended one thing at a time, walks down the list."""
    token = ServiceToken(
        id="t",
        name="t",
        scopes=(Scope("dev", "/common/**"),),
        permissions=READ,
        expires_at=NOON,
        is_active=False,
        trusted_ips=parse_ranges(["10.0.0.0/8"]),
    )
    request = AccessRequest(
        "prod", "/elsewhere", Permission.WRITE, NOON, Endpoint.RAW, True, parse_address("192.0.2.1")
    )
    told = [decide(token, request).reason]
    assert failing(token, request) == (
        Reason.EXPIRED,
        Reason.INACTIVE,
        Reason.IP,
        Reason.ENVIRONMENT,  # so that no path is judged
        Reason.PERMISSION,
        Reason.RAW_E2EE,
    )
    token = token._replace(expires_at=NOON + 1)
    told.append(decide(token, request).reason)
    token = token._replace(is_active=True)
    told.append(decide(token, request).reason)
    mends: list[dict[str, object]] = [
        {"ip": parse_address("10.9.9.9")},
        {"environment": "dev"},
        {"path": "/common/db"},
        {"operation": Permission.READ},
        {"endpoint": Endpoint.E2EE},
    ]
    for mend in mends:
        request = request._replace(**mend)  # type: ignore[arg-type]
        told.append(decide(token, request).reason)
    assert told == [
        Reason.EXPIRED,
        Reason.INACTIVE,
        Reason.IP,
        Reason.ENVIRONMENT,
        Reason.PATH,
        Reason.PERMISSION,
        Reason.RAW_E2EE,
        Reason.ALLOWED,
    ]
    assert failing(token, request) == ()


@pytest.mark.parametrize(
    ("now", "allowed"), [(NOON - 1, True), (NOON, False), (NOON + 1, False)], ids=str
)
def test_an_end_is_reached_at_its_very_millisecond(now: int, allowed: bool) -> None:
    token = ServiceToken("t", "t", (Scope("dev", "/a"),), READ, expires_at=NOON)
    assert decide(token, AccessRequest("dev", "/a", Permission.READ, now)).allowed is allowed


def test_a_pattern_outside_the_language_grants_nothing() -> None:
    """Such a scope can only come from a file made elsewhere. `[!a]` would grant a in picomatch."""
    scopes_ = (Scope("dev", "/[!a]"), Scope("dev", "/a"))
    token = ServiceToken("t", "t", scopes_, READ)
    request = AccessRequest("dev", "/a", Permission.READ, NOON)
    assert decide(token, request) == (True, Reason.ALLOWED, 1)
    assert decide(token._replace(scopes=scopes_[:1]), request).reason is Reason.PATH
    assert [verdict.matched for verdict in explain(token, request)] == [False, True]


def test_every_scope_is_explained_in_order() -> None:
    token = ServiceToken(
        "t", "t", (Scope("prod", "/a"), Scope("dev", "/a"), Scope("dev", "/b/**")), READ
    )
    verdicts = explain(token, AccessRequest("dev", "/a", Permission.READ, NOON))
    assert [v.scope for v in verdicts] == list(token.scopes)
    assert [(v.in_environment, v.matched, v.stopped_at) for v in verdicts] == [
        (False, False, None),
        (True, True, None),
        (True, False, 0),
    ]


def test_tokens_of_the_longest_patterns_do_not_fill_memory() -> None:
    for number in range(100):
        text = "".join(chr(0x4E00 + place + number) for place in range(998))
        token = ServiceToken(str(number), "x", (Scope("dev", f"/{text}"),), frozenset(Permission))
        decide(token, AccessRequest("dev", "/a", Permission.READ, 0))
    gc.collect()
    kept = [one for one in gc.get_objects() if isinstance(one, Automaton) and len(one.steps) > 900]
    assert 0 < len(kept) <= 50  # a quarter of a MiB each
