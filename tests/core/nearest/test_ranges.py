"""Verdicts over all times and addresses, held against `decide` on both sides of every border."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.access import decide
from st_tui.core.addresses import END, parse_address, parse_ranges
from st_tui.core.model import AccessRequest, Permission, Reason, Scope, ServiceToken
from st_tui.core.nearest.ranges import Span, over_addresses, over_both, over_time
from tests.core.vaults import NOON, READ

BLOCKS = ["0.0.0.0/0", "::/0", "10.0.0.0/8", "10.0.0.0/9", "11.0.0.0/8", "203.0.113.7", "::1",
          "2001:db8::/32", "255.0.0.0/8", "::/8"]  # fmt: skip

tokens = st.builds(
    ServiceToken,
    st.just("t"),
    st.just("t"),
    st.sampled_from([(Scope("dev", "/a"),), (Scope("dev", "/b"), Scope("dev", "/*"))]),
    st.frozensets(st.sampled_from(Permission), min_size=1),
    st.none() | st.sampled_from([0, 1, NOON]),
    is_active=st.booleans(),
    trusted_ips=st.none() | st.lists(st.sampled_from(BLOCKS), max_size=4).map(parse_ranges),
)
requests = st.builds(
    AccessRequest,
    st.sampled_from(["dev", "prod"]),
    st.sampled_from(["/a", "/c", "/c/d"]),
    st.sampled_from(Permission),
    st.sampled_from([NOON - 1, NOON]),
    ip=st.none() | st.sampled_from([0, END - 1]),
)


def holding(spans: tuple[Span, ...], place: int) -> Span:
    """The one span that a place lies in."""
    (found,) = (
        span
        for span in spans
        if (span.first is None or span.first <= place) and (span.end is None or place < span.end)
    )
    return found


@given(tokens, requests)
def test_time(token: ServiceToken, request: AccessRequest) -> None:
    spans = over_time(token, request)
    for now in {0, NOON - 1, NOON, NOON + 1, *near(token.expires_at)}:
        expected = decide(token, request._replace(now=now))
        assert holding(spans, now).decision == expected


@given(tokens, requests)
def test_addresses(token: ServiceToken, request: AccessRequest) -> None:
    spans = over_addresses(token, request)
    assert (spans[0].first, spans[-1].end) == (0, END)
    assert all(one.decision != other.decision for one, other in pairwise(spans))
    for ip in borders(token):
        assert holding(spans, ip).decision == decide(token, request._replace(ip=ip))


@given(tokens, requests)
def test_both(token: ServiceToken, request: AccessRequest) -> None:
    ranges = over_both(token, request)
    reasons = set()
    for now in {0, NOON - 1, NOON, NOON + 1, *near(token.expires_at)}:
        for ip in borders(token):
            decision = decide(token, request._replace(now=now, ip=ip))
            within = any(first <= ip <= last for first, last in ranges.addresses)
            assert decision.allowed == (within and (ranges.until is None or now < ranges.until))
            reasons.add(decision.reason)
    assert ranges.decision.reason == max(reasons, key=list(Reason).index)


def near(border: int | None) -> set[int]:
    return set() if border is None else {border - 1, border, border + 1}


def borders(token: ServiceToken) -> list[int]:
    """Every address at which anything can change, and those beside it."""
    found = near(0) | near(2**32) | near(END)
    for _, first, last in token.trusted_ips or ():
        found |= near(first) | near(last)
    return sorted(ip for ip in found if 0 <= ip < END)


def test_an_example() -> None:
    token = ServiceToken(
        "t", "t", (Scope("dev", "/a"),), READ, NOON, trusted_ips=parse_ranges(["10.0.0.0/8"])
    )
    request = AccessRequest("dev", "/a", Permission.READ, NOON - 1)
    block = parse_address("10.0.0.0"), parse_address("10.255.255.255")
    assert over_both(token, request) == ((True, Reason.ALLOWED, 0), NOON, (block,))
