"""Near misses and ranges in words.

They are not in `core.wording`, because the app's first frame waits for that.
"""

from __future__ import annotations

from st_tui.core.access import failing
from st_tui.core.addresses import interval_texts
from st_tui.core.expiry import DAY, in_utc
from st_tui.core.model import AccessRequest, Reason, ServiceToken
from st_tui.core.nearest.changes import Change, NearMiss
from st_tui.core.nearest.ranges import over_both
from st_tui.core.plain_text import shown
from st_tui.core.wording import counted, failures, listed_briefly


def how_near(miss: NearMiss) -> str:
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


def when_and_from_where(token: ServiceToken, request: AccessRequest) -> str:
    """When and from where it is allowed, as a sentence, whatever the request says of either.

    If the request itself is denied, the sentence begins "Allowed only": nobody may take it for the
    answer. What `wording.why` already says of a denial that always holds is not said again.
    """
    ranges = over_both(token, request)
    failed = failing(token, request)
    if not ranges.decision.allowed:
        lasting = tuple(r for r in failed if r not in (Reason.EXPIRED, Reason.IP))
        which = "" if lasting == failed else f": {failures(lasting, token, request)}"
        return f"Denied whenever and from wherever it is asked{which}."
    texts = [text for first, last in ranges.addresses for text in interval_texts(first, last)]
    from_where = f"from {listed_briefly(texts) or 'anywhere'}"
    end = None if ranges.until is None else in_utc(ranges.until)
    if not failed:
        ending = f" until {end}, when the token expires" if end else "; the token never expires"
        return f"Allowed {from_where}{ending}."
    conditions = [from_where] * bool(texts) + [f"before {end}"] * bool(end)
    return f"Allowed only {' and '.join(conditions)}."


def until_and_from(token: ServiceToken, request: AccessRequest) -> str:
    """When and from where an allowed request holds, in a few words.

    `until 2027-05-14, from anywhere`, or with the time where the day is near.
    """
    ranges = over_both(token, request)
    texts = [text for first, last in ranges.addresses for text in interval_texts(first, last)]
    from_where = f"from {listed_briefly(texts) or 'anywhere'}"
    if ranges.until is None:
        return f"for ever, {from_where}"
    near = ranges.until - request.now < 2 * DAY
    end = in_utc(ranges.until)
    return f"until {end if near else end[:10]}, {from_where}"


def _block_of(miss: NearMiss) -> str:
    """The trusted block in which the miss's address lies."""
    ip = miss.request.ip or 0
    blocks = miss.token.trusted_ips or ()
    return next((text for text, first, last in blocks if first <= ip <= last), "")


def _listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
