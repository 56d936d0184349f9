"""What the rooms of an open vault share: database, keys, clock, and how a change is made."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from st_tui.core import crypto, drafts, vault_files
from st_tui.core.errors import Refusal
from st_tui.core.model import Project, ServiceToken
from st_tui.core.store import audit, projects
from st_tui.core.store.audit import Event
from st_tui.core.store.connection import explained, is_read_only, transaction
from st_tui.core.token_text import RandomBytes


class VaultError(Refusal):
    """Something that the vault does not have, or that its present state does not allow."""


class Recorder(Protocol):
    """Adds an audit entry to the change under way."""

    def __call__(
        self,
        event: str,
        project: Project,
        *,
        target: str | None = None,
        environment: str | None = None,
        path: str | None = None,
        reason: str | None = None,
        details: dict[str, Any] | None = None,
        actor: str | None = None,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Session:
    """One connection to one vault's database, and who uses it."""

    directory: Path
    connection: sqlite3.Connection
    actor: str
    clock: Callable[[], int]
    randbytes: RandomBytes

    @property
    def is_read_only(self) -> bool:
        """Whether the vault's files may only be read."""
        return is_read_only(self.connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, with SQLite's errors turned into sentences."""
        with explained():
            yield self.connection

    @contextmanager
    def change(self) -> Iterator[Recorder]:
        """One transaction that holds a change together with its audit entries."""
        events: list[Event] = []

        def record(event: str, project: Project, *, actor: str | None = None, **rest: Any) -> None:
            events.append(Event(now, actor or self.actor, event, project.id, **rest))

        with transaction(self.connection):
            # Looked at only when it is our turn, so that the log's times follow its order.
            now = self.clock()
            yield record
            audit.append(self.connection, events)

    def wrap(self, project_key: str, key_file: str, project_id: str) -> bytes:
        """The project key as one of the vault's own keys wraps it."""
        key = vault_files.read_key(self.directory, key_file)
        return crypto.wrap(project_key, key, f"{key_file} {project_id}", self.randbytes)

    def project_key(self, project_id: str) -> str:
        """The project key, opened with the operator's key. Raises Refusal."""
        key = vault_files.read_key(self.directory, vault_files.OPERATOR_KEY)
        wrapped = projects.operator_copy(self.connection, project_id)
        try:
            return crypto.unwrap(wrapped, key, f"{vault_files.OPERATOR_KEY} {project_id}")
        except crypto.SealError:
            raise VaultError(
                "operator.key does not open this project's key: it belongs to another vault; "
                "restore the right one from your backup."
            ) from None

    def project_of(self, token: ServiceToken) -> Project:
        """The project that a token belongs to. Raises VaultError."""
        project = projects.by_id(self.connection, token.project_id)
        if project is None:
            raise VaultError(f"The project of {token.name!r} is gone.")
        return project

    def require_project(self, project: Project) -> Project:
        """The project as it is stored now. Raises VaultError if it was deleted meanwhile."""
        stored = projects.by_id(self.connection, project.id)
        if stored is None:
            raise VaultError(
                f"The project {project.name!r} is gone: somebody deleted it meanwhile."
            )
        return stored

    def require_environment(self, project: Project, slug: str) -> None:
        """Raise Refusal unless the project is there and has this environment."""
        self.require_project(project)
        drafts.check_environment(slug, projects.environments(self.connection, project.id))
