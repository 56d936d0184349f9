"""Environments of a project. Tokens name them by slug, so a slug never changes."""

from __future__ import annotations

from collections.abc import Sequence

from st_tui.core import drafts
from st_tui.core.model import Environment, Project, ServiceToken
from st_tui.core.plain_text import check_new_name
from st_tui.core.store import projects, token_listing
from st_tui.core.vault import folders
from st_tui.core.vault.session import Session, VaultError
from st_tui.core.wording import counted


class Environments:
    """The environments of the projects of one open vault."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def every(self, project: Project) -> list[Environment]:
        """The project's environments in their order."""
        with self._session.reading() as database:
            return projects.environments(database, project.id)

    def create(self, project: Project, environment: Environment) -> None:
        """Add an environment. A slug that a token still names cannot be used again."""
        check_new([environment])
        with self._session.change() as record:
            self._session.require_project(project)
            if environment.slug in {
                known.slug for known in projects.environments(self._session.database, project.id)
            }:
                raise VaultError(f"There is an environment {environment.slug!r} already.")
            named_by = token_listing.count_naming_environment(
                self._session.database, project.id, environment.slug
            )
            if named_by:
                naming = counted(named_by, "token still names", "tokens still name")
                raise VaultError(
                    f"{naming} the deleted environment {environment.slug!r} "
                    "and would come to life in a new one: "
                    "revoke them first, or choose another slug."
                )
            projects.insert_environment(self._session.database, project.id, environment)
            record("create-environment", project, environment=environment.slug)

    def rename(self, project: Project, environment: Environment) -> None:
        """Give an environment another display name. Its slug is what tokens name, and stays."""
        check_new_name(environment.name, "environment name", drafts.LONGEST_NAME)
        with self._session.change() as record:
            self._session.require_environment(project, environment.slug)
            projects.rename_environment(self._session.database, project.id, environment)
            record(
                "update-environment",
                project,
                environment=environment.slug,
                details={"name": environment.name},
            )

    def orphaned_by(self, project: Project, slug: str, *, limit: int = -1) -> list[ServiceToken]:
        """The tokens with a scope in this environment, newest first: deleting it orphans them."""
        with self._session.reading() as database:
            return token_listing.naming_environment(database, project.id, slug, limit)

    def count_orphaned_by(self, project: Project, slug: str) -> int:
        """How many tokens have a scope in this environment."""
        with self._session.reading() as database:
            return token_listing.count_naming_environment(database, project.id, slug)

    def delete(self, project: Project, slug: str) -> None:
        """Delete an environment with all that is in it; tokens that name it stay."""
        with self._session.change() as record:
            self._session.require_environment(project, slug)
            details = folders.in_environment(self._session, project, slug).details
            projects.delete_environment(self._session.database, project.id, slug)
            record("delete-environment", project, environment=slug, details=details)


def check_new(environments: Sequence[Environment]) -> None:
    """Raise Refusal unless these slugs and names may be given to a project's environments."""
    seen = set()
    for environment in environments:
        drafts.check_slug(environment.slug, "environment slug")
        check_new_name(environment.name, "environment name", drafts.LONGEST_NAME)
        if environment.slug in seen:
            raise VaultError(f"The environment {environment.slug!r} is named twice.")
        seen.add(environment.slug)
    if not environments:
        raise VaultError("A project needs at least one environment.")
