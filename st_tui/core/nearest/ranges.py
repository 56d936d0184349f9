"""One verdict over all of time and over all addresses.

Each condition of `decide` on time or address is an interval. So between two neighbouring borders
(the token's end, the edges of its trusted blocks) the decision is the same everywhere, and one
question in each piece answers for the whole piece, exactly.

    trusted 10.0.0.0/8     below it: denied ip     in it: allowed     above it: denied ip
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from st_tui.core.access import decide
from st_tui.core.addresses import END
from st_tui.core.model import AccessRequest, Decision, Reason, ServiceToken

_ORDER = {reason: number for number, reason in enumerate(Reason)}


class Span(NamedTuple):
    """A stretch with one decision, from `first` to just before `end`; None is without end."""

    first: int | None
    end: int | None
    decision: Decision


class Ranges(NamedTuple):
    """When and from where a token allows something, whatever the request says of either.

    `decision` is the best over all times and addresses: the one that gets furthest down the order
    of `Reason`. Where it is `allowed`, access is allowed from `addresses`, as intervals with their
    last address, `until` that time; None is for ever.
    """

    decision: Decision
    until: int | None
    addresses: tuple[tuple[int, int], ...]


def over_time(token: ServiceToken, request: AccessRequest) -> tuple[Span, ...]:
    """What `decide` says at each time, in order; the request's own time does not matter."""
    end = token.expires_at
    if end is None:
        return (Span(None, None, decide(token, request)),)
    before, after = (decide(token, request._replace(now=now)) for now in (end - 1, end))
    return (Span(None, end, before), Span(end, None, after))


def over_addresses(token: ServiceToken, request: AccessRequest) -> tuple[Span, ...]:
    """What `decide` says from each address, in order; the request's own does not matter."""
    borders = {0, END}
    for _, first, last in token.trusted_ips or ():
        borders |= {first, last + 1}
    spans: list[Span] = []
    for first, end in pairwise(sorted(borders)):
        decision = decide(token, request._replace(ip=first))
        if spans and spans[-1].decision == decision:
            spans[-1] = spans[-1]._replace(end=end)
        else:
            spans.append(Span(first, end, decision))
    return tuple(spans)


def over_both(token: ServiceToken, request: AccessRequest) -> Ranges:
    """Both at once. Time and address are independent: at each allowed time, each allowed address
    is allowed."""
    in_time = request if token.expires_at is None else request._replace(now=token.expires_at - 1)
    spans = over_addresses(token, in_time)
    allowed = [span for span in spans if span.decision.allowed]
    return Ranges(
        decision=max((span.decision for span in spans), key=lambda one: _ORDER[one.reason]),
        until=token.expires_at,
        addresses=tuple((span.first or 0, (span.end or 0) - 1) for span in allowed),
    )
