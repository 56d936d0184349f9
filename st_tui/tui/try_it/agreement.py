"""Whether a server decided as st-tui says it would, and if not, why not."""

from __future__ import annotations

from st_tui.core import access
from st_tui.core.addresses import AddressError, address_text, parse_address
from st_tui.core.expiry import in_utc
from st_tui.core.model import AccessRequest, Reason, ServiceToken
from st_tui.tui.try_it.real_call import Reply

_NO_REASON: frozenset[Reason] = frozenset()


def possible_reasons(reply: Reply) -> frozenset[Reason]:
    """The reasons that a reply may stand for: a server tells its callers no more than it must.

    An empty set if the server decided nothing, because it throttled the call or failed.
    """
    match reply.status, reply.error:
        case (200, _) | (404, _):
            # 404 too: only inside the scope a server says that something is missing.
            return frozenset({Reason.ALLOWED})
        case (401, _) if reply.message == "Failed to authenticate":
            return frozenset({Reason.INACTIVE, Reason.IP})
        case (401, _):
            return frozenset({Reason.UNKNOWN, Reason.EXPIRED})  # expired: swept before the call
        case (403, "PermissionDenied"):
            return frozenset({Reason.ENVIRONMENT, Reason.PATH, Reason.PERMISSION})
        case (403, _):
            return frozenset({Reason.EXPIRED})
        case (400, "bot_not_found_error"):
            return frozenset({Reason.RAW_E2EE})
        case _:
            return _NO_REASON


def why_it_differs(token: ServiceToken, request: AccessRequest, reply: Reply, now: int) -> str:
    """Why the server decided otherwise than `decide` does; empty if it did not.

    A cause (the address, the time) is named only if `decide` comes to the server's answer with it.
    """
    told = possible_reasons(reply)
    here = _as_number(reply.own_address)

    def would_agree(request: AccessRequest) -> bool:
        return access.decide(token, request).reason in told

    if would_agree(request):
        return ""
    asked_from = "any address" if request.ip is None else address_text(request.ip)
    elsewhere = f"the server sees {reply.own_address}, not {asked_from}"
    another_time = f"the server decides now, not at {in_utc(request.now)}"
    if would_agree(request._replace(ip=here)):
        return elsewhere
    if would_agree(request._replace(now=now)):
        return another_time
    if would_agree(request._replace(ip=here, now=now)):
        return f"{elsewhere}, and {another_time.removeprefix('the server ')}"
    if Reason.UNKNOWN in told:
        return "the server does not know this token: it is wrong, revoked, or of another vault"
    return "the server has another vault or sees another address, or the token was just changed"


def _as_number(address: str) -> int | None:
    try:
        return parse_address(address.partition("%")[0])
    except AddressError:
        return None
