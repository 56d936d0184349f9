"""Decisions, counts and rotations in words, the same on every screen and in the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from st_tui.core.addresses import covers_every_address
from st_tui.core.expiry import in_utc
from st_tui.core.model import (
    AccessRequest,
    Decision,
    Permission,
    Reason,
    Replaced,
    ScopeVerdict,
    ServiceToken,
)
from st_tui.core.plain_text import shown


def counted(number: int, one: str, more: str = "") -> str:
    """`1 token`, `2,000 tokens`; `more` is the plural where it is not formed by an s."""
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"


def access_letters(permissions: frozenset[Permission]) -> str:
    """A letter for each permission that is held, a dot for each other: `R·`, `·W` or `RW`."""
    return "".join(
        permission.letter if permission in permissions else "·" for permission in Permission
    )


def times(count: int) -> str:
    """How often something happened: `1 time`, `12,345 times`."""
    return "1 time" if count == 1 else f"{count:,} times"


def why(
    token: ServiceToken | None, request: AccessRequest, decision: Decision, end: int | None = None
) -> str:
    """Why a decision came out as it did: the words to follow ALLOWED or DENIED.

    A denial begins with the one reason that `check --json` and the audit log name; every condition
    that fails follows. `token` is None for a token that the vault no longer has, or never had;
    `end` is then the end in its tombstone, if it has one.
    """
    if token is None:
        if decision.reason is Reason.EXPIRED:
            return f"expired: it ended {in_utc(end or 0)} and was deleted"
        return "unknown: there is no such token, or its secret is wrong"
    if decision.scope is not None:
        return f"by scope {decision.scope + 1}  {shown(str(token.scopes[decision.scope]))}"
    from st_tui.core.access import failing  # not for the first frame

    return f"{decision.reason}: {failures(failing(token, request), token, request)}"


def failures(reasons: Iterable[Reason], token: ServiceToken, request: AccessRequest) -> str:
    """The conditions that fail, in words with semicolons between."""
    environment = shown(request.environment)
    trusted = shown(listed_briefly([block.text for block in token.trusted_ips or ()]))
    from_where = "not every address" if request.ip is None else "not this address"
    words = {
        Reason.EXPIRED: f"it ended {in_utc(token.expires_at or 0)}",
        Reason.INACTIVE: "it must be activated first",
        Reason.IP: f"it trusts {trusted}, {from_where}",
        Reason.ENVIRONMENT: f"no scope names {environment}",
        Reason.PATH: f"no scope in {environment} matches {shown(request.path)}",
        Reason.PERMISSION: f"the token may not {request.operation}",
        Reason.RAW_E2EE: "E2EE is on, so a raw endpoint cannot open the values",
    }
    return "; ".join(words[reason] for reason in reasons)


def listed_briefly(texts: Sequence[str]) -> str:
    """The first two texts, and how many more there are: `10.0.0.0/8 ::1/128 +1`."""
    more = f" +{len(texts) - 2}" if len(texts) > 2 else ""
    return f"{' '.join(texts[:2])}{more}"


def how_far(verdict: ScopeVerdict, path: str) -> str:
    """How far a path got in one scope: `matches`, or where it stopped."""
    if verdict.matched:
        return "matches"
    if not verdict.in_environment:
        return "other environment"
    segments = path[1:].split("/") if path != "/" else []
    stopped_at = verdict.stopped_at or 0
    if stopped_at < len(segments):
        return f"stops at “{shown(segments[stopped_at])}”, segment {stopped_at + 1}"
    return "wants a longer path"


def caveats(token: ServiceToken) -> str:
    """What limits a token besides its scopes: `inactive`, `only from 10.0.0.0/8`; else empty."""
    words = [] if token.is_active else ["inactive"]
    if token.trusted_ips is not None and not covers_every_address(token.trusted_ips):
        words.append(f"only from {' '.join(block.text for block in token.trusted_ips)}")
    return ", ".join(words)


def old_token_works(old: Replaced, in_words: Callable[[int], str]) -> str:
    """Until when a rotated token still works, as a sentence; `in_words` writes the time."""
    if old.ends_at is None:
        return "Whoever still uses the old token is refused from now on."
    until = f"The old token works until {in_words(old.ends_at)}"
    return f"{until}: the overlap is cut to the token's own end." if old.is_cut else f"{until}."


def told_apart(token: ServiceToken, in_words: Callable[[int], str]) -> str:
    """The token's name, marked if a rotation replaced it: its successor has the same name."""
    if not token.is_replaced or token.expires_at is None:
        return token.name
    return f"{token.name} (old, until {in_words(token.expires_at)})"
