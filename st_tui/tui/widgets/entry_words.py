"""An entry of the audit log as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from st_tui.core.json_text import read_object
from st_tui.core.model import AuditEntry

_REQUESTS: Final = {
    "get-secrets": ("read", "read"),
    "get-secret": ("read", "read"),
    "create-secret": ("created", "create"),
    "update-secret": ("changed", "change"),
    "delete-secret": ("deleted", "delete"),
    "get-folders": ("listed the folders in", "list the folders in"),
    "create-folder": ("made the folder", "make the folder"),
    "delete-folder": ("deleted the folder", "delete the folder"),
    "get-secret-imports": ("listed the imports of", "list the imports of"),
    "create-secret-import": ("made an import in", "make an import in"),
    "delete-secret-import": ("took an import out of", "take an import out of"),
    "get-service-token": ("asked what it is", "ask what it is"),
}
"""What somebody did in a folder, and what somebody wanted to do."""

_REASONS: Final = {
    "unknown": "no such token, or a wrong secret",
    "expired": "it had ended",
    "inactive": "it was not active",
    "ip": "it does not trust this address",
    "environment": "no scope names {environment}",
    "path": "no scope in {environment} matches",
    "permission": "it may not {operation}",
    "raw_e2ee": "E2EE is on, and it asked for plain values",
}

_ENDS: Final = {
    "revoked": "revoked the service token {name}",
    "rotated": "ended the service token {name}: a rotation replaced it",
    "expired": "deleted the service token {name}: it reached its end",
}

_CHANGES: Final = {
    "create-service-token": "made the service token {name}",
    "rotate-service-token": "replaced the service token {name}, which works until {endsAt}",
    "create-environment": "made the environment {environment}",
    "update-environment": "renamed the environment {environment} to {name}",
    "delete-environment": "deleted the environment {environment}",
    "create-project": "made the project {name}",
    "delete-project": "deleted the project {name}",
    "restore-backup": "restored a backup",
    "failed-authentications": "failed to authenticate {failures} more times in the minute {minute}",
}


def entry_in_words(
    entry: AuditEntry, who: str, secret_name: str = "", scope: int | None = None
) -> str:
    """What an entry says, as a sentence.

    `who` is the name of its actor, `secret_name` that of the secret it is about, and `scope` the
    0-based index of the scope that allowed it, where that is known.

    >>> read = AuditEntry(
    ...     7, 0, "1b2c", "10.0.0.7", "cli", "get-secrets", "p", None, "dev", "/common/db", "read",
    ...     "allowed", "allowed", "{}", "",
    ... )
    >>> entry_in_words(read, "ci-deploy", scope=0)
    'ci-deploy read dev:/common/db from 10.0.0.7 with cli: allowed by scope 1.'
    >>> entry_in_words(read._replace(verdict="denied", reason="expired"), "ci-deploy")
    'ci-deploy wanted to read dev:/common/db from 10.0.0.7 with cli: denied, it had ended.'
    """
    details = read_object(entry.details) or {}
    done = _change(entry, details) or _request(entry, secret_name)
    where = f" from {entry.ip}" if entry.ip else ""
    how = f" with {entry.user_agent}" if entry.user_agent else ""
    return f"{who} {done}{where}{how}{_verdict(entry, scope)}."


def _request(entry: AuditEntry, secret_name: str) -> str:
    """What somebody did or wanted to do with secrets, folders and imports."""
    did, do = _REQUESTS.get(entry.event, (f"did {entry.event} in", f"do {entry.event} in"))
    verb = f"wanted to {do}" if entry.verdict == "denied" else did
    place = f"{entry.environment}:{entry.path or ''}" if entry.environment else ""
    secret = f"{secret_name} in" if secret_name and place else secret_name
    return " ".join(part for part in (verb, secret, place) if part).removesuffix(" in")


def _change(entry: AuditEntry, details: Mapping[str, Any]) -> str:
    """What the operator or the system changed; empty for what a holder does."""
    event = entry.event
    if event == "delete-service-token":
        words = _ENDS.get(entry.reason or "", "deleted the service token {name}")
    elif event == "update-service-token-v3":
        words = f"{_switched(details)} the service token {{name}}"
    elif event == "update-project":
        words = f"turned E2EE {'on' if details.get('e2ee') else 'off'}"
    else:
        words = _CHANGES.get(event, "")
    known = {key: str(value) for key, value in details.items()}
    return words.format_map(_Known(known | {"environment": entry.environment or "?"}))


def _switched(details: Mapping[str, Any]) -> str:
    if "isActive" in details:
        return "activated" if details["isActive"] else "deactivated"
    return "changed the trusted IPs of"


def _verdict(entry: AuditEntry, scope: int | None) -> str:
    if entry.verdict == "allowed":
        return ": allowed" if scope is None else f": allowed by scope {scope + 1}"
    if entry.verdict != "denied":
        return ""
    reason = _REASONS.get(entry.reason or "", entry.reason or "")
    said = reason.format(environment=entry.environment, operation=entry.operation)
    return f": denied, {said}" if said else ": denied"


class _Known(dict[str, str]):
    """What an entry's details say; a question mark for what somebody took out of them."""

    def __missing__(self, key: str) -> str:
        return "?"
