"""What goes out: the contract's JSON shapes, and plain text in columns.

Text from the vault passes through `shown` here, so that no name can act on the terminal; JSON is
ASCII for the same reason.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from st_tui.core import expiry
from st_tui.core.json_text import read_object
from st_tui.core.model import (
    AuditEntry,
    Environment,
    NewToken,
    Permission,
    Project,
    ServiceToken,
)
from st_tui.core.plain_text import shown, shown_lines

if TYPE_CHECKING:
    from st_tui.core.secrets.model import Secret
    from st_tui.core.secrets.used_by import UsedBy

MOST_LOST = 20
"""How many links and references are named that lead to what is deleted."""


def say(text: str = "") -> None:
    """One line of the answer."""
    print(shown(text))


def say_lost(used_by: UsedBy) -> None:
    """What led to something that was deleted."""
    for line in used_by.told(MOST_LOST):
        say(line)


def note(text: str) -> None:
    """One line beside the answer, on stderr."""
    print(shown(text), file=sys.stderr)


def say_json(value: dict[str, Any]) -> None:
    """The answer as one line of JSON."""
    print(json.dumps(value))


def say_text(text: str) -> None:
    """A secret's text: as it is, in UTF-8, for a program; harmless, by lines, for a terminal."""
    if sys.stdout.isatty():
        print(shown_lines(text), end="")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())


def say_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows in aligned columns under their titles."""
    cells = [list(titles), *([shown(cell) for cell in row] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        print("  ".join(padded).rstrip())


def say_fields(fields: Sequence[tuple[str, str]]) -> None:
    """Names and values, one pair a line."""
    width = max(len(name) for name, _ in fields)
    for name, value in fields:
        print(f"{name:{width}}  {shown(value)}")


def token_name(token: ServiceToken) -> str:
    """A token's name where it stands for the token: marked where a rotation replaced that."""
    from st_tui.core.wording import told_apart

    return told_apart(token, expiry.in_utc)


def token_fields(
    token: ServiceToken, environments: Collection[Environment], now: int
) -> list[tuple[str, str]]:
    """A token's fields as a person reads them."""
    from st_tui.core.wording import times

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
    return ", ".join(_permissions(token)) or "none"


def status(token: ServiceToken, environments: Collection[Environment], now: int) -> str:
    """`active`, or what keeps the token from working; orphaned: a scope's environment is gone."""
    if token.expires_at is not None and token.expires_at <= now:
        return "expired"
    known = {environment.slug for environment in environments}
    faults = [] if token.is_active else ["inactive"]
    if any(scope.environment not in known for scope in token.scopes):
        faults.append("orphaned")
    return ", ".join(faults) or "active"


def token_data(token: ServiceToken) -> dict[str, Any]:
    """A token under Infisical's field names."""
    ips = token.trusted_ips
    return {
        "id": token.id,
        "name": token.name,
        "scopes": [scope.data for scope in token.scopes],
        "permissions": _permissions(token),
        "expiresAt": _time(token.expires_at),
        "lastUsed": _time(token.last_used),
        "createdAt": _time(token.created_at),
        "projectId": token.project_id,
        "version": token.version,
        "isActive": token.is_active,
        "trustedIps": None if ips is None else [block.text for block in ips],
        "createdBy": token.created_by,
    }


def new_token_data(new: NewToken) -> dict[str, Any]:
    """A token just made, its text with it."""
    return {
        "serviceToken": new.text.full,
        "accessToken": new.text.access_token,
        "serviceTokenData": token_data(new.token),
    }


def project_data(project: Project) -> dict[str, Any]:
    """A project for JSON."""
    return {
        "id": project.id,
        "slug": project.slug,
        "name": project.name,
        "e2ee": project.e2ee,
        "createdAt": _time(project.created_at),
    }


def secret_data(secret: Secret) -> dict[str, Any]:
    """An opened secret under Infisical's field names."""
    sealed = secret.sealed
    return {
        "id": sealed.id,
        "secretKey": secret.name,
        "secretValue": secret.value,
        "secretComment": secret.comment,
        "version": sealed.version,
        "type": "shared",
        "environment": sealed.place.environment,
        "secretPath": sealed.place.path,
        "createdAt": _time(sealed.created_at),
        "updatedAt": _time(sealed.updated_at),
    }


def audit_data(entry: AuditEntry) -> dict[str, Any]:
    """An audit entry for JSON."""
    return {
        "seq": entry.seq,
        "time": _time(entry.time),
        "actor": entry.actor,
        "ip": entry.ip,
        "userAgent": entry.user_agent,
        "event": entry.event,
        "projectId": entry.project_id,
        "target": entry.target,
        "environment": entry.environment,
        "path": entry.path,
        "operation": entry.operation,
        "verdict": entry.verdict,
        "reason": entry.reason,
        "details": _details(entry),
        "hash": entry.hash,
    }


def _details(entry: AuditEntry) -> Any:
    said = read_object(entry.details)
    return entry.details if said is None else said  # a text was tampered with


def _permissions(token: ServiceToken) -> list[str]:
    return [permission.value for permission in Permission if permission in token.permissions]


def _time(time: int | None) -> str | None:
    return None if time is None else expiry.iso(time)


def _width(text: str) -> int:
    """Columns of a terminal that the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
