"""Projects of a vault, each with a key of its own and end-to-end encryption on or off."""

from __future__ import annotations

from collections.abc import Sequence

from st_tui.core import crypto, drafts, token_text
from st_tui.core.files.vault_layout import DATABASE, OPERATOR_KEY, SERVER_KEY
from st_tui.core.model import Environment, Project, ServiceToken
from st_tui.core.plain_text import check_new_name
from st_tui.core.store import projects, token_listing
from st_tui.core.vault import folders
from st_tui.core.vault.environments import check_new
from st_tui.core.vault.session import Recorder, Session, VaultError
from st_tui.core.vault.tokens import record_end

DEFAULT_ENVIRONMENTS = (
    Environment("dev", "Development"),
    Environment("staging", "Staging"),
    Environment("prod", "Production"),
)


class Projects:
    """The projects of one open vault."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def every(self) -> list[Project]:
        """All projects, the oldest first."""
        with self._session.reading() as database:
            return projects.every(database)

    def get(self, slug: str | None = None) -> Project:
        """The project with this slug; without one, the only project. Raises VaultError."""
        every = self.every()
        if slug is None and len(every) == 1:
            return every[0]
        for project in every:
            if project.slug == slug:
                return project
        known = ", ".join(project.slug for project in every) or "none"
        if slug is None and every:
            raise VaultError(f"There are several projects: name one with --project ({known}).")
        if slug is None:
            raise VaultError("There is no project yet: make one with `st-tui init --name NAME`.")
        raise VaultError(f"There is no project {slug[:60]!r}: the vault has {known}.")

    def of(self, token: ServiceToken) -> Project:
        """The project that a token belongs to. Raises VaultError."""
        with self._session.reading():
            return self._session.project_of(token)

    def check_server_key(self) -> None:
        """Raise Refusal unless server.key is there and opens what it wrapped in this vault."""
        with self._session.reading():
            self._session.require_server_key()

    def create(
        self,
        name: str,
        environments: Sequence[Environment] = DEFAULT_ENVIRONMENTS,
        *,
        e2ee: bool = True,
    ) -> Project:
        """Make a project with a key of its own and these environments."""
        check_new_project(name, environments)
        now = self._session.clock()
        project_id = token_text.new_id(self._session.randbytes)
        key = crypto.new_key(self._session.randbytes)
        wrapped = self._session.wrap(key, OPERATOR_KEY, project_id)
        with self._session.change() as record:
            slug = self._free_slug(drafts.slug_of(name) or "project")
            project = Project(project_id, slug, name, True, now)
            projects.insert(self._session.database, project, wrapped)
            for environment in environments:
                projects.insert_environment(self._session.database, project_id, environment)
            record("create-project", project, target=project_id, details={"name": name})
            if not e2ee:
                project = self._set_e2ee(record, project, on=False)
        return project

    def delete(self, project: Project) -> None:
        """Delete a project with all in it, and its tokens. The audit log stays."""
        with self._session.change() as record:
            self._session.require_project(project)
            gone = [
                folders.in_environment(self._session, project, environment.slug)
                for environment in projects.environments(self._session.database, project.id)
            ]
            details = {
                "name": project.name,
                "numberOfFolders": sum(one.folders for one in gone),
                "numberOfSecrets": sum(one.secrets for one in gone),
            }
            for token in token_listing.page(self._session.database, project.id):
                record_end(record, project, token, reason="project")
            projects.delete(self._session.database, project.id)
            record("delete-project", project, target=project.id, details=details)

    def set_e2ee(self, project: Project, *, on: bool) -> Project:
        """Turn end-to-end encryption on or off. On: the server's copy of the project key is erased.

        If E2EE is on already, this erases what an earlier call could not.
        """
        with self._session.change() as record:
            stored = self._session.require_project(project)
            changed = stored if stored.e2ee == on else self._set_e2ee(record, stored, on=on)
        with self._session.reading() as database:
            is_erased = database.erase_deleted()
        if on and not is_erased:
            raise VaultError(
                "E2EE is on, but another program was reading the vault, so the erased key may "
                f"still stand in {DATABASE}-wal: close that program and turn E2EE on "
                "again."
            )
        return changed

    def _set_e2ee(self, record: Recorder, project: Project, *, on: bool) -> Project:
        copy = None
        if not on:
            key = self._session.project_key(project.id)
            copy = self._session.wrap(key, SERVER_KEY, project.id)
        projects.set_server_copy(self._session.database, project.id, copy)
        record("update-project", project, target=project.id, details={"e2ee": on})
        return project._replace(e2ee=on)

    def _free_slug(self, wanted: str) -> str:
        taken = {project.slug for project in projects.every(self._session.database)}
        number, slug = 1, wanted
        while slug in taken:
            number += 1
            slug = f"{wanted}-{number}"
        return slug


def check_new_project(name: str, environments: Sequence[Environment]) -> None:
    """Raise Refusal unless a project of this name and with these environments may be made."""
    check_new_name(name, "project name", drafts.LONGEST_NAME)
    check_new(environments)
