"""A ready project made of the documentation's own examples; the tour through it is in `tour`."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from st_tui.core.access import UNKNOWN, decide
from st_tui.core.addresses import parse_address, parse_ranges
from st_tui.core.errors import Refusal
from st_tui.core.expiry import DAY, HOUR
from st_tui.core.files.vault_layout import has_database
from st_tui.core.model import (
    AccessRequest,
    Permission,
    Project,
    Scope,
    ServiceToken,
    TokenDraft,
)
from st_tui.core.secrets.model import Place
from st_tui.core.token_text import RandomBytes
from st_tui.core.vault import Access, Vault, system_clock
from st_tui.demo.content import (
    FOLDERS,
    IMPORTS,
    SECRETS,
    STRANGER,
    TOKENS,
    Call,
    Client,
    Planned,
)
from st_tui.demo.tour import ONE_MINUTE_TOKEN, TOUR, Step, one_minute_draft

__all__ = [
    "NAME",
    "ONE_MINUTE_TOKEN",
    "SLUG",
    "TOUR",
    "NotEmpty",
    "Step",
    "is_demo",
    "make",
    "one_minute_draft",
]

NAME = "Demo"
SLUG = "demo"

_FORTNIGHT = 14
_PROJECT_AGE = 320 * DAY
_THURSDAY = 3
"""The first day of 1970, counted from Monday."""
_SATURDAY = 5


class NotEmpty(Refusal):
    """A demo is asked for where a vault is."""


def is_demo(directory: Path) -> bool:
    """Whether the vault in this directory holds the demo project and no other."""
    try:
        with Vault.open(directory, actor="") as vault:
            return [(project.slug, project.name) for project in vault.projects.every()] == [
                (SLUG, NAME)
            ]
    except Refusal:
        return False


def make(
    directory: Path,
    *,
    actor: str,
    clock: Callable[[], int] = system_clock,
    randbytes: RandomBytes = secrets.token_bytes,
) -> None:
    """Make a vault with the demo project: folders, some secrets, tokens of all ages, and a
    fortnight of use.

    Everything happens at its own time in the past, in order, in one transaction. Raises NotEmpty
    where a vault with a project is, and Refusal as `Vault.create` does.
    """
    _require_no_project(directory, actor)
    now = moment = clock()

    def pretended_clock() -> int:
        return moment

    happened = sorted(
        [(now - planned.age, planned) for planned in TOKENS]
        + [(end, None) for planned in TOKENS if (end := _end(planned, now)) and end <= now],
        key=lambda pair: pair[0],
    )
    uses = sorted(_uses(now, randbytes), key=lambda use: use.time, reverse=True)
    known: dict[str, ServiceToken] = {}
    vault = Vault.create(directory, actor=actor, clock=pretended_clock, randbytes=randbytes)
    with vault, vault.together():
        moment = now - _PROJECT_AGE
        project = vault.projects.create(NAME)
        for environment, paths in FOLDERS.items():
            for path in paths:
                moment += 7_000
                vault.folders.create(project, environment, path)
        for kept in SECRETS:
            moment += 7_000
            place = Place(kept.environment, kept.path)
            vault.secrets.create(project, place, kept.name, kept.value, kept.comment)
        for environment, path, source in IMPORTS:
            vault.secrets.add_import(project, Place(environment, path), Place(environment, source))
        for moment, planned in [*happened, (now, None)]:
            accesses = []
            while uses and uses[-1].time < moment:
                accesses.append(_access(project, known, uses.pop()))
            vault.audit.record(accesses)
            if planned is None:
                vault.tokens.sweep()
                continue
            token = vault.tokens.create(project, _draft(planned, now)).token
            if planned.trusted_ips and planned.active:
                token = vault.tokens.set_active(token, True)
            known[planned.name] = token


def _require_no_project(directory: Path, actor: str) -> None:
    """Raise NotEmpty where a vault with a project is: in one without, a demo was killed as it was
    made."""
    if not has_database(directory):
        return
    with Vault.open(directory, actor=actor) as there:
        if there.projects.every():
            raise NotEmpty(
                f"{directory} holds a vault already: choose an empty or a new directory."
            )


class _Use(NamedTuple):
    """One call at its time; `token` is a name, None for a stranger's made-up token."""

    time: int
    token: str | None
    client: Client
    call: Call
    number: int


def _uses(now: int, randbytes: RandomBytes) -> list[_Use]:
    """Who called when in the last fortnight: most in office hours, little at weekends."""
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
                    made.append(_Use(time, name, client, call, 1 + luck % 12))
    return made


def _access(project: Project, known: dict[str, ServiceToken], use: _Use) -> Access:
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
        details={"numberOfSecrets": use.number} if counted else None,
    )


def _end(planned: Planned, now: int) -> int | None:
    return None if planned.life is None else now - planned.age + planned.life


def _draft(planned: Planned, now: int) -> TokenDraft:
    third = bool(planned.trusted_ips)
    return TokenDraft(
        name=planned.name,
        scopes=tuple(Scope(*text.split(":", 1)) for text in planned.scopes),
        permissions=planned.permissions,
        expires_at=_end(planned, now),
        version=3 if third else 2,
        is_active=not third,
        trusted_ips=parse_ranges(planned.trusted_ips) if third else None,
    )
