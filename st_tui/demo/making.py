"""Making the demo project: its folders and secrets, its tokens, and a fortnight of use."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from st_tui.core.addresses import parse_ranges
from st_tui.core.errors import Refusal
from st_tui.core.expiry import DAY
from st_tui.core.files import written_aside
from st_tui.core.files.vault_layout import has_database
from st_tui.core.model import (
    Project,
    RandomBytes,
    Scope,
    ServiceToken,
    TokenDraft,
)
from st_tui.core.secrets.files import FileSecret
from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault, system_clock
from st_tui.demo.content import FOLDERS, IMPORTS, PROMISES, SECRETS, TOKENS, DemoToken
from st_tui.demo.usage import DemoUse, as_access, made_up_uses

NAME = "Demo"
SLUG = "demo"

_PROJECT_AGE = 320 * DAY
_A_WHILE = 7_000
"""Milliseconds between one folder or secret and the next."""


class DirectoryTaken(Refusal):
    """The directory for the demo holds a vault with a project."""


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
    """Make a vault with the demo project, as if it had been used for months.

    Every change and every use gets its own time in the past. They are made in that order, in one
    transaction. A file of promises is put beside the vault. Raises DirectoryTaken where the
    directory holds a vault with a project, and Refusal as `Vault.create` does.
    """
    _require_no_project(directory, actor)
    now = clock()
    past = _Past(now)
    uses = sorted(made_up_uses(now, randbytes), key=lambda use: use.time, reverse=True)
    vault = Vault.create(directory, actor=actor, clock=lambda: past.moment, randbytes=randbytes)
    with vault, vault.together():
        project = _make_project(vault, past)
        _make_tokens(vault, project, past, uses)
    _write_promises(directory / "promises.txt")


class _Past:
    """The vault's clock while the demo is made: `moment` is the time that it tells."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.moment = now


def _make_project(vault: Vault, past: _Past) -> Project:
    """Make the project with its folders, secrets and imports."""
    past.moment = past.now - _PROJECT_AGE
    project = vault.projects.create(NAME)
    for environment, paths in FOLDERS.items():
        for path in paths:
            past.moment += _A_WHILE
            vault.folders.create(project, environment, path)
    for place, planned in groupby(SECRETS, key=lambda secret: Place(*secret[:2])):
        past.moment += _A_WHILE
        each = [FileSecret(secret.name, secret.value, secret.comment) for secret in planned]
        vault.secrets.load(project, place, each)  # together: each would read the vault's keys anew
    for environment, path, source in IMPORTS:
        vault.secrets.add_import(project, Place(environment, path), Place(environment, source))
    return project


def _make_tokens(vault: Vault, project: Project, past: _Past, uses: list[DemoUse]) -> None:
    """Make the tokens, record their uses, and delete those that end, each at its time.

    `uses` has the latest first, and is empty afterwards.
    """
    now = past.now
    made: list[tuple[int, DemoToken | None]] = [(now - token.age, token) for token in TOKENS]
    ended = [(end, None) for token in TOKENS if (end := _end(token, now)) and end <= now]
    known: dict[str, ServiceToken] = {}
    for past.moment, planned in [*sorted([*made, *ended], key=itemgetter(0)), (now, None)]:
        accesses = []
        while uses and uses[-1].time < past.moment:
            accesses.append(as_access(project, known, uses.pop()))
        vault.audit.record(accesses)
        if planned is None:
            vault.tokens.sweep()
            continue
        token = vault.tokens.create(project, _draft(planned, now)).token
        if planned.trusted_ips and planned.active:
            token = vault.tokens.set_active(token, True)
        known[planned.name] = token


def _write_promises(file: Path) -> None:
    # Without the file the demo is whole all the same, and one that is there is somebody's own.
    with suppress(OSError), written_aside.open_new(file) as opened:
        opened.write(PROMISES.encode())


def _require_no_project(directory: Path, actor: str) -> None:
    """Raise DirectoryTaken where the directory holds a vault with a project.

    A vault without one is what is left of a demo that was killed while it was made.
    """
    if not has_database(directory):
        return
    with Vault.open(directory, actor=actor) as there:
        if there.projects.every():
            raise DirectoryTaken(
                f"{directory} holds a vault already: choose an empty or a new directory."
            )


def _end(planned: DemoToken, now: int) -> int | None:
    return None if planned.life is None else now - planned.age + planned.life


def _draft(planned: DemoToken, now: int) -> TokenDraft:
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
