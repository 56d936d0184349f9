"""A token's name, access and status in words, and all its fields as pairs."""

from __future__ import annotations

from collections.abc import Collection

from st_tui.core import expiry
from st_tui.core.model import Environment, ServiceToken, in_order
from st_tui.core.wording import times, told_apart


def token_name(token: ServiceToken) -> str:
    """The token's name. That of a token that a rotation replaced is marked as old."""
    return told_apart(token, expiry.in_utc)


def token_fields(
    token: ServiceToken, environments: Collection[Environment], now: int
) -> list[tuple[str, str]]:
    """The fields of a token and what to print of each."""
    fields = [
        ("Name", token_name(token)),
        ("ID", token.id),
        ("Version", f"V{token.version}"),
        ("Status", status(token, environments, now)),
        *((f"Scope {number}", str(scope)) for number, scope in enumerate(token.scopes, start=1)),
        ("Permissions", access_text(token)),
        ("Expires", expiry.end_text(token.expires_at, now)),
        ("Created", expiry.in_utc(token.created_at)),
        ("Last used", "never" if token.last_used is None else expiry.in_utc(token.last_used)),
        ("Used", times(token.use_count)),
    ]
    if token.trusted_ips is not None:
        fields.append(("Trusted IPs", ", ".join(block.text for block in token.trusted_ips)))
    return fields


def access_text(token: ServiceToken) -> str:
    """`read`, `write` or `read, write`."""
    return ", ".join(in_order(token.permissions)) or "none"


def status(token: ServiceToken, environments: Collection[Environment], now: int) -> str:
    """`active`, or why the token does not work.

    `orphaned` says that the environment of one of its scopes is gone.
    """
    if token.expires_at is not None and token.expires_at <= now:
        return "expired"
    known = {environment.slug for environment in environments}
    faults = [] if token.is_active else ["inactive"]
    if any(scope.environment not in known for scope in token.scopes):
        faults.append("orphaned")
    return ", ".join(faults) or "active"
