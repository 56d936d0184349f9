"""What the parts of an open vault share: its database, keys and clock, and how a change is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from st_tui.core import crypto, drafts
from st_tui.core.errors import Refusal
from st_tui.core.files import vault_files
from st_tui.core.files.vault_layout import DATABASE, OPERATOR_KEY, SERVER_KEY
from st_tui.core.model import Project, RandomBytes, ServiceToken
from st_tui.core.store import audit, projects
from st_tui.core.store.audit import NewEntry
from st_tui.core.store.database import Database
from st_tui.core.store.sqlite import open_database


class VaultError(Refusal):
    """Something that the vault does not have, or that its state does not allow now."""


class WrongKey(VaultError):
    """`operator.key` or `server.key` does not open what it should."""


class NoServerCopy(VaultError):
    """The server needs a project key, but has none while E2EE is on."""


class Recorder(Protocol):
    """Adds an audit entry to the change that is being made."""

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
    """One connection to one vault's database, who uses it, and the keys that open what is in it.

    The vault's own keys are `operator.key` and `server.key`. They open (unwrap) the projects' keys.
    """

    directory: Path
    database: Database
    actor: str
    clock: Callable[[], int]
    randbytes: RandomBytes
    key_file: str = OPERATOR_KEY
    """The own key that opens project keys: the operator's, or in `st-tui serve` the server's."""
    own_keys: dict[str, bytes] | None = field(default=None, repr=False)
    """The own keys that were read, by file. None: a key is read anew whenever it is needed."""
    opened: dict[str, str] | None = field(default=None, repr=False)
    """The projects' keys that were opened.

    None: a key is opened anew whenever it is needed, so that none outlives its erasure.
    """

    def remembering(self) -> Session:
        """This session, but each key is read and opened only once; itself, if it does so already.

        It is for the length of one transaction, or for a caller that empties `opened` after each.
        """
        return self if self.opened is not None else replace(self, opened={}, own_keys={})

    @property
    def is_read_only(self) -> bool:
        """Whether the vault's files may only be read."""
        return self.database.is_read_only

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """The database, for reading; its errors become StoreError."""
        with self.database.explained():
            yield self.database

    @contextmanager
    def change(self) -> Iterator[Recorder]:
        """One transaction for a change. It yields a function that adds an audit entry to it."""
        entries: list[NewEntry] = []

        def record(event: str, project: Project, *, actor: str | None = None, **rest: Any) -> None:
            entries.append(NewEntry(now, actor or self.actor, event, project.id, **rest))

        with self.database.transaction():
            # Read only now, when nobody else can write: so the log's times are in its order.
            now = self.clock()
            yield record
            audit.append(self.database, entries)

    def require_keys(self) -> None:
        """Raise Refusal unless both of the vault's own keys open all that they wrapped in it.

        Where E2EE is off, the server's copy of the project key must be there, too.
        """
        operator = replace(self, key_file=OPERATOR_KEY, opened=None)
        server = replace(self, key_file=SERVER_KEY, opened=None)
        for project in projects.every(self.database):
            operator.project_key(project.id)
            if not project.e2ee:
                server.project_key(project.id)
        self.require_server_key()

    def require_server_key(self) -> None:
        """Raise Refusal unless server.key is there and opens all that it wrapped in this vault."""
        server = replace(self, key_file=SERVER_KEY, opened=None)
        server.own_key(SERVER_KEY)
        for project in projects.every(self.database):
            keys = self.wrapped_keys(project.id)
            if keys.name_key is not None:
                server.name_key(project.id)
            if keys.server_copy is not None:
                server.project_key(project.id)

    def wrap(self, project_key: str, key_file: str, project_id: str) -> bytes:
        """A project key, wrapped under one of the own keys. Raises Refusal."""
        return self._wrap(project_key, key_file, _bound(key_file, project_id))

    def project_key(self, project_id: str) -> str:
        """The project key, opened with the own key of this session.

        Raises Refusal; that is NoServerCopy in the server while E2EE is on.
        """
        return self._remembered(f"key {project_id}", lambda: self._project_key(project_id))

    def _project_key(self, project_id: str) -> str:
        keys = self.wrapped_keys(project_id)
        if self.key_file == OPERATOR_KEY:
            wrapped: bytes | None = keys.operator_copy
        else:
            wrapped = keys.server_copy
        if wrapped is None:
            raise NoServerCopy("E2EE is on for this project: the server holds no key to it.")
        return self._unwrap(wrapped, self.key_file, _bound(self.key_file, project_id))

    def name_key(self, project_id: str) -> str:
        """The key that the project's secret names are hashed with. Raises Refusal.

        Whoever needs it first makes it. So even looking for a secret may write to the database.
        """
        return self._remembered(f"names {project_id}", lambda: self._name_key(project_id))

    def _name_key(self, project_id: str) -> str:
        bound_to = f"names {_bound(SERVER_KEY, project_id)}"
        wrapped = self.wrapped_keys(project_id).name_key
        if wrapped is None:
            made = self._wrap(crypto.new_key(self.randbytes), SERVER_KEY, bound_to)
            with self.database.transaction():
                wrapped = projects.set_name_key(self.database, project_id, made)
        return self._unwrap(wrapped, SERVER_KEY, bound_to)

    def _remembered(self, what: str, open_key: Callable[[], str]) -> str:
        if self.opened is None:
            return open_key()
        if what not in self.opened:
            self.opened[what] = open_key()
        return self.opened[what]

    def wrapped_keys(self, project_id: str) -> projects.WrappedKeys:
        """A project's keys as they are stored. Raises VaultError if it is gone."""
        keys = projects.wrapped_keys(self.database, project_id)
        if keys is None:
            raise VaultError("That project is gone: somebody deleted it meanwhile.")
        return keys

    def _wrap(self, key: str, key_file: str, bound_to: str) -> bytes:
        if key_file == SERVER_KEY:
            # The server.key of another vault would wrap it, too. The right one could not unwrap it.
            self.require_server_key()
        return crypto.wrap(key, self.own_key(key_file), bound_to, self.randbytes)

    def _unwrap(self, wrapped: bytes, key_file: str, bound_to: str) -> str:
        try:
            return crypto.unwrap(wrapped, self.own_key(key_file), bound_to)
        except crypto.SealError:
            raise WrongKey(
                f"{Path(key_file).name} does not open this project's key: it belongs to another "
                "vault; restore the right one from your backup."
            ) from None

    def own_key(self, key_file: str) -> bytes:
        """One of the own keys, by its file. Raises VaultFilesError."""
        if self.own_keys is None:
            return vault_files.read_key(self.directory, key_file)
        if key_file not in self.own_keys:
            self.own_keys[key_file] = vault_files.read_key(self.directory, key_file)
        return self.own_keys[key_file]

    def project_of(self, token: ServiceToken) -> Project:
        """The project that a token belongs to. Raises VaultError."""
        project = projects.by_id(self.database, token.project_id)
        if project is None:
            raise VaultError(f"The project of {token.name!r} is gone.")
        return project

    def require_project(self, project: Project) -> Project:
        """The project as it is stored now. Raises VaultError if it was deleted meanwhile."""
        stored = projects.by_id(self.database, project.id)
        if stored is None:
            raise VaultError(
                f"The project {project.name!r} is gone: somebody deleted it meanwhile."
            )
        return stored

    def require_environment(self, project: Project, slug: str) -> None:
        """Raise Refusal unless the project is there and has this environment."""
        self.require_project(project)
        drafts.check_environment(slug, projects.environments(self.database, project.id))


def database_of(directory: Path, *, one_thread: bool = False) -> Database:
    """The database of the vault in this directory: SQLite's. Raises StoreError."""
    return open_database(directory / DATABASE, one_thread=one_thread)


def _bound(key_file: str, project_id: str) -> str:
    """The additional authenticated data that ties a wrapped project key to its use."""
    return f"{key_file} {project_id}"
