"""Near misses and ranges in words, beside `core.wording`, which the first frame waits for."""

from __future__ import annotations

from st_tui.core.addresses import interval_texts
from st_tui.core.expiry import in_utc
from st_tui.core.model import AccessRequest, ServiceToken
from st_tui.core.nearest import Change, Miss
from st_tui.core.plain_text import shown
from st_tui.core.ranges import Ranges, over_both
from st_tui.core.wording import counted


def how_near(miss: Miss) -> str:
    """What would be allowed, as half a sentence: `allowed if asked for /common/db to read`."""
    token, request = miss.token, miss.request
    path = shown(request.path)
    characters = counted(miss.distance, "character")
    words = {
        Change.TIME: f"before {in_utc(token.expires_at or 0)}",
        Change.IP: f"from {shown(_block_of(miss))}",
        Change.ENVIRONMENT: f"in {shown(request.environment)}",
        Change.PATH: f"for {path}" if miss.exists else f"for {path} ({characters} away)",
        Change.OPERATION: f"to {request.operation}",
        Change.ENDPOINT: "at an E2EE endpoint",
    }
    asked = [words[change] for change in miss.changes if change is not Change.ACTIVE]
    parts = ["activated"] if Change.ACTIVE in miss.changes else []
    if asked:
        parts.append(f"asked {_listed(asked)}")
    return f"allowed if {' and '.join(parts)}"


def when_and_whence(token: ServiceToken, request: AccessRequest) -> str:
    """One verdict over all times and addresses, whatever the request says of either.

    `allowed until 2026-12-03 12:00 UTC from 10.0.0.0/8; then expired`, or `was allowed until` of a
    request made later, lest they contradict its own answer.
    """
    ranges = over_both(token, request)
    if not ranges.decision.allowed:
        return f"denied at any time from anywhere: {ranges.decision.reason}"
    whence = _whence(ranges)
    if ranges.until is None:
        return f"allowed for ever {whence}"
    until = f"allowed until {in_utc(ranges.until)} {whence}"
    return f"was {until}" if request.now >= ranges.until else f"{until}; then expired"


def _whence(ranges: Ranges) -> str:
    texts = [text for first, last in ranges.addresses for text in interval_texts(first, last)]
    if not texts:
        return "from anywhere"
    more = f" +{len(texts) - 2}" if len(texts) > 2 else ""
    return f"from {' '.join(texts[:2])}{more}"


def _block_of(miss: Miss) -> str:
    """The trusted block in which the miss's address lies."""
    ip = miss.request.ip or 0
    blocks = miss.token.trusted_ips or ()
    return next((text for text, first, last in blocks if first <= ip <= last), "")


def _listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
