"""A project's secrets, as the operator sees and changes them.

Names are shown; values are handed out by `get`, `look_up` and `read`, which the audit log records.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from st_tui.core import crypto
from st_tui.core.drafts import check_environment, folder_path
from st_tui.core.model import Project
from st_tui.core.secrets.files import FileSecret
from st_tui.core.secrets.model import Place, SealedSecret, Secret, SecretImport, SecretLabel
from st_tui.core.secrets.used_by import UsedBy
from st_tui.core.secrets.value_shape import ValueShape, shape_of
from st_tui.core.store import projects, secret_imports, secrets
from st_tui.core.vault import secret_changes, secret_lists, secret_names, used_by
from st_tui.core.vault.secret_lists import OpenedList, SealedList
from st_tui.core.vault.session import Session, VaultError


class Written(NamedTuple):
    """How many secrets were made, and how many got another version."""

    created: int
    updated: int


class Listed(NamedTuple):
    """Secrets as they are listed, and what had to be left out."""

    secrets: list[SecretLabel]
    warnings: list[str]


class Held(NamedTuple):
    """How many secrets a folder has, and whether it has links."""

    secrets: int
    has_links: bool


class NoSuchSecret(VaultError):
    """There is no secret of this name in the folder, nor in what it imports where that counts."""


class ChangedMeanwhile(VaultError):
    """The secret has another version than the one that the caller meant to change."""

    def __init__(self, place: Place, name: str, version: int) -> None:
        super().__init__(
            f"Somebody wrote version {version} of {name!r} in {place} meanwhile: look at that, or "
            "save again to write over it."
        )
        self.version = version


class Secrets:
    """The secrets of one open vault."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def place(self, project: Project, environment: str, path: str) -> Place:
        """The folder of this path. Raises Refusal; that is NoFolder if there is no such folder."""
        place = Place(environment, folder_path(path))
        with self._session.reading() as database:
            check_environment(environment, projects.environments(database, project.id))
            if not projects.has_folder(database, project.id, *place):
                raise secret_changes.NoFolder(place)
        return place

    def listed(self, project: Project, place: Place) -> Listed:
        """The secrets of a folder by name. Their values are not opened: `get` hands them out."""
        found, warnings = [], []
        with self._session.reading() as database:
            key = self._session.project_key(project.id)
            for sealed in secrets.labels(database, project.id, place):
                label = secret_changes.open_label(sealed, key)
                if label is None:
                    warnings.append(secret_lists.left_out_warning(sealed.id))
                else:
                    found.append(label)
        return Listed(sorted(found, key=lambda label: label.name), warnings)

    def shapes(self, project: Project, place: Place) -> dict[tuple[str, int], ValueShape]:
        """The shapes of a folder's values by secret id and version, except those of one plain line.

        Values are opened one after the other, and only counts leave this method. Nobody sees a
        value, so the audit log names no reader.
        """
        found = {}
        with self._session.reading() as database:
            key = self._session.project_key(project.id)
            for sealed in secrets.values_in(database, project.id, place):
                with suppress(crypto.SealError):  # `listed` says so
                    shape = shape_of(crypto.unseal(sealed.value, key))
                    if str(shape):
                        found[sealed.id, sealed.version] = shape
        return found

    def state(self, project: Project, place: Place) -> Hashable:
        """A value that stays equal as long as a folder's secrets and links stay the same."""
        with self._session.reading() as database:
            here = tuple(secrets.versions_in(database, project.id, place))
            links = tuple(secret_imports.in_folder(database, project.id, place))
        return project.id, place, here, links

    def count(self, project: Project, place: Place | None = None) -> int:
        """How many secrets lie in a folder and all below it; in the whole project without one."""
        with self._session.reading() as database:
            return secrets.count(database, project.id, place)

    def held(self, project: Project, environment: str) -> dict[str, Held]:
        """What each folder of an environment has, by its path; a folder without any is left out."""
        with self._session.reading() as database:
            counts = secrets.count_in_each(database, project.id, environment)
            linked = secret_imports.folders_with_any(database, project.id, environment)
        return {path: Held(counts.get(path, 0), path in linked) for path in {*counts, *linked}}

    def get(self, project: Project, place: Place, name: str, *, expand: bool = False) -> Secret:
        """One secret; the audit log says that it was read. Raises NoSuchSecret."""
        return self.look_up(project, place, name, imports=False, expand=expand).secrets[0]

    def look_up(
        self,
        project: Project,
        place: Place,
        name: str,
        *,
        imports: bool = True,
        expand: bool = True,
    ) -> OpenedList:
        """As `get`, but links are followed if `imports`, and the warnings are returned, too."""
        with self._session.change() as record:
            sealed = self._existing(project, place, name, imports=imports)
            found = self._opened(project, secret_lists.list_of_one(sealed), expand=expand)
            if not found.secrets:
                raise VaultError(f"That secret cannot be opened: {secret_changes.UNOPENED}.")
            record("get-secret", project, **self._about(sealed))
        return found

    def read(
        self, project: Project, place: Place, *, imports: bool = False, expand: bool = False
    ) -> OpenedList:
        """The secrets of a folder with their values; the audit log says that they were read."""
        with self._session.change() as record:
            gathered = secret_lists.list_sealed(
                self._session, project, place, _everywhere, imports=imports
            )
            found = self._opened(project, gathered, expand=expand)
            record(
                "get-secrets",
                project,
                environment=place.environment,
                path=place.path,
                details={"numberOfSecrets": len(found.secrets)},
            )
        return found._replace(secrets=sorted(found.secrets, key=lambda secret: secret.name))

    def versions(self, project: Project, place: Place, name: str) -> list[SealedSecret]:
        """All versions of a secret, the newest first, still sealed."""
        with self._session.reading() as database:
            return secrets.versions(database, self._existing(project, place, name).id)

    def create(
        self, project: Project, place: Place, name: str, value: str, comment: str = ""
    ) -> SealedSecret:
        """Make a secret. Raises Refusal."""
        with self._session.change() as record:
            made = secret_changes.create(self._session, project, place, name, value, comment)
            record("create-secret", project, **self._about(made))
        return made

    def update(
        self,
        project: Project,
        place: Place,
        name: str,
        *,
        value: str | None = None,
        comment: str | None = None,
        new_name: str | None = None,
        version: int | None = None,
    ) -> SealedSecret:
        """Write the next version of a secret, after `version` if it is given. Raises Refusal."""
        with self._session.change() as record:
            current = self._existing(project, place, name)
            if version not in (None, current.version):
                raise ChangedMeanwhile(place, name, current.version)
            changed = secret_changes.update(
                self._session,
                project,
                current,
                name,
                value=value,
                comment=comment,
                new_name=new_name,
            )
            if changed is not current:
                record("update-secret", project, **self._about(changed))
        return changed

    def load(self, project: Project, place: Place, stated: Iterable[FileSecret]) -> Written:
        """Make or change the secrets of a file. One without a comment there keeps its own."""
        each = list(stated)
        return self.set(
            project,
            place,
            {secret.name: secret.value for secret in each},
            {secret.name: secret.comment for secret in each if secret.comment},
        )

    def set(
        self,
        project: Project,
        place: Place,
        values: Mapping[str, str],
        comments: Mapping[str, str] | None = None,
    ) -> Written:
        """Make or change secrets: all of them, or none. If nothing differs, no version is written.

        A secret that `comments` does not name keeps its comment.
        """
        comments = comments or {}
        created = updated = 0
        with self._session.change() as record:
            session = self._session.remembering()
            key = session.project_key(project.id)
            for name, value in values.items():
                current = secret_changes.find(session, project, place, name)
                comment = comments.get(name)
                if current is None:
                    made = secret_changes.create(
                        session, project, place, name, value, comment or ""
                    )
                    record("create-secret", project, **self._about(made))
                    created += 1
                    continue
                known = secret_changes.open_secret(current, key)
                if known is not None and known.value == value and comment in (None, known.comment):
                    continue
                changed = secret_changes.update(
                    session, project, current, name, value=value, comment=comment
                )
                record("update-secret", project, **self._about(changed))
                updated += 1
        return Written(created, updated)

    def delete(self, project: Project, place: Place, *names: str) -> None:
        """Delete secrets with all their versions: all of them, or none if one is not there."""
        with self._session.change() as record:
            for name in dict.fromkeys(names):
                secret = self._existing(project, place, name)
                secrets.delete(self._session.database, secret.id)
                record("delete-secret", project, **self._about(secret))

    def used_by(self, project: Project, place: Place, *names: str) -> UsedBy:
        """The links and references to these secrets from elsewhere. Raises NoSuchSecret."""
        with self._session.reading():
            hashes = {self._existing(project, place, name).name_hash for name in names}
            return used_by.of_secrets(self._session, project, place, hashes, _everywhere)

    def used_by_folder(self, project: Project, place: Place) -> UsedBy:
        """The links and references from outside to a folder and to all below it."""
        with self._session.reading():
            return used_by.of_folder(self._session, project, place, _everywhere)

    def used_by_import(self, project: Project, link: SecretImport) -> UsedBy:
        """The links through which others find what a link brings into its folder."""
        with self._session.reading():
            return used_by.of_link(self._session, project, link, _everywhere)

    def still_naming(self, project: Project, old_name: str, secret: SealedSecret) -> UsedBy:
        """The references to a secret by its old name, if its name was changed."""
        with self._session.reading():
            hashed = secret_changes.name_hash(self._session, project, old_name)
            if hashed == secret.name_hash:
                return UsedBy()
            return used_by.references_to(self._session, project, secret.place, hashed, _everywhere)

    def imports(self, project: Project, place: Place) -> list[SecretImport]:
        """The links of a folder in their order; later ones win."""
        with self._session.reading() as database:
            return secret_imports.in_folder(database, project.id, place)

    def add_import(self, project: Project, place: Place, source: Place) -> SecretImport:
        """Link another folder's secrets into this one. Raises VaultError."""
        with self._session.change() as record:
            link = secret_changes.add_import(self._session, project, place, source)
            record("create-secret-import", project, **about_import(link))
        return link

    def delete_import(self, project: Project, link: SecretImport) -> None:
        """Delete a link. Raises VaultError if it is gone."""
        with self._session.change() as record:
            if secret_imports.find(self._session.database, project.id, link.id) is None:
                raise VaultError(f"The import of {link.source} is gone: somebody took it away.")
            secret_imports.delete(self._session.database, link.id)
            record("delete-secret-import", project, **about_import(link))

    def names_by_hash(
        self, project: Project, hashes: Collection[str] | None = None
    ) -> dict[str, str]:
        """The names of the project's secrets, by the hashes that stand for them in the audit log.

        Names from before a renaming are among them. With `hashes`, present names
        with other hashes are left out.
        """
        with self._session.reading():
            return dict(secret_names.hashed_names(self._session, project, hashes))

    def hashes_of_names(self, project: Project, text: str) -> list[str]:
        """The hashes of the names that contain a text, whatever its case."""
        wanted = text.casefold()
        with self._session.reading():
            named = secret_names.hashed_names(self._session, project)
            return [hashed for hashed, name in named if wanted in name.casefold()]

    def _existing(
        self, project: Project, place: Place, name: str, *, imports: bool = False
    ) -> SealedSecret:
        secret = secret_changes.find(self._session, project, place, name)
        if secret is None:
            secret = self._misnamed(project, place, name)
        if secret is None and imports:
            found = secret_lists.find_imported(self._session, project, place, name, _everywhere, [])
            secret = None if found is None else found[0]
        if secret is None:
            raise NoSuchSecret(f"There is no secret {name[:60]!r} in {place}.")
        return secret

    def _misnamed(self, project: Project, place: Place, name: str) -> SealedSecret | None:
        """The secret that has this name sealed, although the client stored it under another name.

        Some clients cut a name at "#" or "?" in the request's address, and seal the whole name.
        """
        database, key = self._session.database, self._session.project_key(project.id)
        for sealed in secrets.labels(database, project.id, place):
            with suppress(crypto.SealError):
                if crypto.unseal(sealed.name, key) == name:
                    return secrets.version(database, sealed.id, sealed.version)
        return None

    def _opened(self, project: Project, gathered: SealedList, *, expand: bool) -> OpenedList:
        return secret_lists.open_list(
            self._session, project, gathered, may_read=_everywhere, expand=expand
        )

    def _about(self, secret: SealedSecret) -> dict[str, Any]:
        return {
            "target": secret.id,
            "environment": secret.place.environment,
            "path": secret.place.path,
            "details": about_secret(secret),
        }


def about_secret(secret: SealedSecret) -> dict[str, Any]:
    """What the audit log keeps of a secret: its name only as the keyed hash."""
    return {"secretKey": secret.name_hash.hex(), "secretVersion": secret.version}


def about_import(link: SecretImport) -> dict[str, Any]:
    """What the audit log keeps of a link."""
    return {
        "target": link.id,
        "environment": link.place.environment,
        "path": link.place.path,
        "details": {"importEnvironment": link.source.environment, "importPath": link.source.path},
    }


def _everywhere(place: Place) -> bool:
    """The operator may read every folder."""
    return True
