"""Who used the demo's tokens in the last fortnight, and what each call was answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from st_tui.core.access import UNKNOWN, decide
from st_tui.core.addresses import parse_address
from st_tui.core.expiry import DAY, HOUR
from st_tui.core.model import (
    AccessRequest,
    Permission,
    Project,
    RandomBytes,
    ServiceToken,
)
from st_tui.core.vault import Access
from st_tui.demo.content import (
    STRANGER,
    TOKENS,
    Call,
    Client,
)

_FORTNIGHT = 14
_THURSDAY = 3
"""1970-01-01 was a Thursday, counted from Monday as 0."""
_SATURDAY = 5


class DemoUse(NamedTuple):
    """One call of a client.

    `time` is in milliseconds since 1970. `token` is a token's name, None for a stranger whose token
    is made up. `secrets` is how many secrets a list holds, if it is allowed.
    """

    time: int
    token: str | None
    client: Client
    call: Call
    secrets: int


def made_up_uses(now: int, randbytes: RandomBytes) -> list[DemoUse]:
    """The calls of the last fortnight, up to `now`, in no order.

    A client without an `hour` calls in office hours, and seldom at weekends.
    """
    made = []
    today = now // DAY
    users = [(planned.name, client) for planned in TOKENS for client in planned.clients]
    born = {planned.name: now - planned.age for planned in TOKENS}
    for name, client in [*users, (None, STRANGER)]:
        for day in range(today - _FORTNIGHT, today + 1):
            weekend = (day + _THURSDAY) % 7 >= _SATURDAY
            calls = client.a_day
            if client.hour is None:
                luck = randbytes(1)[0]
                calls = luck % 2 if weekend else calls + luck % calls
            for turn in range(calls):
                luck = int.from_bytes(randbytes(8))
                early, late = divmod(luck, 2**32)
                if client.hour is None:
                    time = day * DAY + 7 * HOUR + early % (6 * HOUR) + late % (6 * HOUR)
                else:
                    time = day * DAY + client.hour * HOUR + turn * 40_000 + late % 9_000
                call = client.calls[turn % len(client.calls)]
                if born.get(name or "", 0) < time < now:
                    made.append(DemoUse(time, name, client, call, 1 + luck % 12))
    return made


def as_access(project: Project, known: Mapping[str, ServiceToken], use: DemoUse) -> Access:
    """The use with its verdict, as the audit log records it. `known` has the tokens by name."""
    token = None if use.token is None else known[use.token]
    call, client = use.call, use.client
    reads = call.event.startswith("get-")
    request = AccessRequest(
        environment=call.environment,
        path=call.path,
        operation=Permission.READ if reads else Permission.WRITE,
        now=use.time,
        endpoint=call.endpoint,
        e2ee=project.e2ee,
        ip=parse_address(client.ip),
    )
    decision = UNKNOWN if token is None else decide(token, request)
    counted = decision.allowed and call.event == "get-secrets"
    return Access(
        event=call.event,
        project=project,
        token=token,
        request=request,
        decision=decision,
        ip=client.ip,
        user_agent=client.user_agent,
        details={"numberOfSecrets": use.secrets} if counted else None,
    )
