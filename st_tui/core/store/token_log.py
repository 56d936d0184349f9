"""The tokens of a database compared with what its audit log says of them.

Entries say what a token was made with, when a rotation lets it end, how its switches were set, and
that it was deleted. The first release did not log the version and switches of a new token. Of its
tokens they are known from the first entry that sets a switch, or from the token that a rotation
replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from st_tui.core import expiry
from st_tui.core.errors import Refusal
from st_tui.core.model import ServiceToken
from st_tui.core.store import audit, projects, token_listing
from st_tui.core.store.database import Database

_WORDS = {
    "name": "the name",
    "scopes": "the list of scopes",
    "permissions": "the access",
    "version": "the version",
    "isActive": "the active switch",
    "trustedIps": "the list of trusted IPs",
}
_SWITCHES = ("version", "isActive", "trustedIps")
"""What the first release did not log."""


class _Logged(NamedTuple):
    """What the log says of one token, each value as JSON has it."""

    project: str | None
    details: dict[str, Any]

    def change(self, details: dict[str, Any]) -> _Logged:
        return self._replace(details=self.details | details)


def described(token: ServiceToken) -> dict[str, Any]:
    """What the entries about a token's creation and about its end (its tombstone) say of it."""
    return {
        "name": token.name,
        "scopes": [scope.data for scope in token.scopes],
        "permissions": sorted(token.permissions),
        "expiresAt": None if token.expires_at is None else expiry.iso(token.expires_at),
    }


def switches(token: ServiceToken) -> dict[str, Any]:
    """What only the entry about a token's creation says of it, beyond `described`."""
    if token.version == 2:
        return {"version": 2}
    ips = [block.text for block in token.trusted_ips or ()]
    return {"version": token.version, "isActive": token.is_active, "trustedIps": ips}


def flaw(database: Database) -> str | None:
    """The first difference between tokens and log, as half a sentence; None if they agree."""
    living, deleted = _replay(database)
    for token in _every(database):
        logged = living.pop(token.id, None)
        if logged is None:
            known = "deleted" if token.id in deleted else "never made"
            return f"by its audit log {_named(token)} was {known}"
        difference = _difference(token, logged)
        if difference is not None:
            return f"{difference} of {_named(token)} is not what its audit log says"
    for token_id, logged in living.items():
        return f"by its audit log there is a token {logged.details.get('name')!r} ({token_id})"
    name = token_listing.misstated(database)
    return None if name is None else f"its list of tokens is wrong about {name!r}"


def _every(database: Database) -> Iterator[ServiceToken]:
    for project in projects.every(database):
        yield from token_listing.page(database, project.id)


def _replay(database: Database) -> tuple[dict[str, _Logged], set[str]]:
    """What the log says of each living token, by its id; and the ids of deleted tokens."""
    living: dict[str, _Logged] = {}
    deleted = set()
    for event, project, token_id, details in audit.of_tokens(database):
        logged = living.get(token_id)
        if event == "create-service-token":
            before = living.get(str(details.get("rotatedFrom")))
            old = before.details if before is not None else {}
            kept = {name: old[name] for name in _SWITCHES if name in old}
            living[token_id] = _Logged(project, kept | details)
        elif logged is None:
            continue
        elif event == "delete-service-token":
            del living[token_id]
            deleted.add(token_id)
        elif event == "rotate-service-token":
            living[token_id] = logged.change({"expiresAt": details.get("endsAt")})
        else:
            turned = {name: details[name] for name in _SWITCHES if name in details}
            living[token_id] = logged.change({"version": 3} | turned)
    return living, deleted


def _difference(token: ServiceToken, logged: _Logged) -> str | None:
    """What of a token differs from the log, in words; None if nothing does."""
    stated = logged.details
    if token.project_id != logged.project:
        return "the project"
    # As a number: what an edited row holds need not be a date.
    if token.expires_at != _time(stated.get("expiresAt")):
        return "the end"
    now = described(token._replace(expires_at=None)) | switches(token)
    for name, word in _WORDS.items():
        # A switch that the first release did not log may be anything.
        if_not_logged = now.get(name) if name in _SWITCHES else None
        if stated.get(name, if_not_logged) != now.get(name):
            return word
    return None


def _time(text: Any) -> int | None:
    if text is None:
        return None
    try:
        return expiry.parse_time(str(text))
    except Refusal:
        return -1  # no token ends then; only an edited log says this


def _named(token: ServiceToken) -> str:
    return f"the token {token.name!r} ({token.id})"
