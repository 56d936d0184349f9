"""A project's secrets, as the operator sees and changes them.

Names are shown; a value is handed out by `get`, `read` and `export`, which say so in the audit log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from st_tui.core import crypto
from st_tui.core.drafts import check_environment, folder_path
from st_tui.core.model import Project
from st_tui.core.secrets.files import FileSecret
from st_tui.core.secrets.model import Place, SealedSecret, Secret, SecretImport, SecretLabel
from st_tui.core.secrets.used_by import UsedBy
from st_tui.core.secrets.value_shape import ValueShape, shape_of
from st_tui.core.store import projects, secrets
from st_tui.core.vault import secret_changes, secret_lists, used_by
from st_tui.core.vault.secret_lists import Found, Gathered
from st_tui.core.vault.session import Session, VaultError

_HASHED_NAME = re.compile(r'"([0-9a-f]{64})"')


class Written(NamedTuple):
    """How many secrets were made, and how many got another version."""

    created: int
    updated: int


class Listed(NamedTuple):
    """Secrets as they are listed, and what had to be left out."""

    secrets: list[SecretLabel]
    warnings: list[str]


class NoSuchSecret(VaultError):
    """There is no secret of this name, nor, where they were asked too, in what is imported."""


class ChangedMeanwhile(VaultError):
    """Somebody wrote another version than the one that was to be changed."""

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
        """The folder that is meant. Raises NoFolder unless it is there."""
        place = Place(environment, folder_path(path))
        with self._session.reading() as database:
            check_environment(environment, projects.environments(database, project.id))
            if not projects.has_folder(database, project.id, *place):
                raise secret_changes.NoFolder(place)
        return place

    def listed(self, project: Project, place: Place) -> Listed:
        """The secrets of a folder by name. Values are not even opened: `get` hands them out."""
        found, warnings = [], []
        with self._session.reading() as database:
            key = self._session.project_key(project.id)
            for sealed in secrets.labels(database, project.id, place):
                label = secret_changes.open_label(sealed, key)
                if label is None:
                    warnings.append(secret_lists.left_out(sealed.id))
                else:
                    found.append(label)
        return Listed(sorted(found, key=lambda label: label.name), warnings)

    def shapes(self, project: Project, place: Place) -> dict[tuple[str, int], ValueShape]:
        """The shapes of a folder's values by id and version, where there is something to say.

        Values are opened for it, one after the other, and leave this method as counts: nobody gets
        to see one, so the audit log names no reader.
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
        """What is equal to its last value while a folder's secrets and links are the same."""
        with self._session.reading() as database:
            here = tuple(secrets.versions_in(database, project.id, place))
            links = tuple(secrets.imports(database, project.id, place))
        return project.id, place, here, links

    def count(self, project: Project, place: Place | None = None) -> int:
        """How many secrets lie in a folder and all below it; in the whole project without one."""
        with self._session.reading() as database:
            return secrets.count(database, project.id, place)

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
    ) -> Found:
        """As `get`, found through the folder's links too, and with the warnings there are."""
        with self._session.change() as record:
            sealed = self._existing(project, place, name, imports=imports)
            found = self._opened(project, secret_lists.alone(sealed), expand=expand)
            if not found.secrets:
                raise VaultError(f"That secret cannot be opened: {secret_changes.UNOPENED}.")
            record("get-secret", project, **self._about(sealed))
        return found

    def read(
        self, project: Project, place: Place, *, imports: bool = False, expand: bool = False
    ) -> Found:
        """The secrets of a folder with their values; the audit log says that they were read."""
        with self._session.change() as record:
            gathered = secret_lists.gathered(
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
        """Make or change secrets as a file says; one without a comment there keeps its own."""
        secrets = list(stated)
        return self.set(
            project,
            place,
            {secret.name: secret.value for secret in secrets},
            {secret.name: secret.comment for secret in secrets if secret.comment},
        )

    def set(
        self,
        project: Project,
        place: Place,
        values: Mapping[str, str],
        comments: Mapping[str, str] | None = None,
    ) -> Written:
        """Make or change secrets: all of them, or none. What is equal already is left as it is.

        One that `comments` does not name keeps the comment it has.
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
                secret_changes.delete(self._session, secret)
                record("delete-secret", project, **self._about(secret))

    def used_by(self, project: Project, place: Place, *names: str) -> UsedBy:
        """What leads to these secrets from elsewhere. Raises NoSuchSecret."""
        with self._session.reading():
            hashes = {self._existing(project, place, name).name_hash for name in names}
            return used_by.of_secrets(self._session, project, place, hashes, _everywhere)

    def used_by_folder(self, project: Project, place: Place) -> UsedBy:
        """What leads to a folder and to all below it from outside."""
        with self._session.reading():
            return used_by.of_folder(self._session, project, place, _everywhere)

    def used_by_import(self, project: Project, link: SecretImport) -> UsedBy:
        """The links that bring on what a link brings."""
        with self._session.reading():
            return used_by.of_link(self._session, project, link, _everywhere)

    def still_naming(self, project: Project, old_name: str, secret: SealedSecret) -> UsedBy:
        """What refers to a secret by the name that it had, if it has another now."""
        with self._session.reading():
            hashed = secret_changes.name_hash(self._session, project, old_name)
            if hashed == secret.name_hash:
                return UsedBy()
            return used_by.references_to(self._session, project, secret.place, hashed, _everywhere)

    def imports(self, project: Project, place: Place) -> list[SecretImport]:
        """The links of a folder in their order; later ones win."""
        with self._session.reading() as database:
            return secrets.imports(database, project.id, place)

    def add_import(self, project: Project, place: Place, source: Place) -> SecretImport:
        """Let the secrets of another folder be found in this one, for who may read both."""
        with self._session.change() as record:
            link = secret_changes.add_import(self._session, project, place, source)
            record("create-secret-import", project, **about_import(link))
        return link

    def delete_import(self, project: Project, link: SecretImport) -> None:
        """Take a link away. Raises VaultError if it is gone."""
        with self._session.change() as record:
            if secrets.find_import(self._session.database, project.id, link.id) is None:
                raise VaultError(f"The import of {link.source} is gone: somebody took it away.")
            secrets.delete_import(self._session.database, link.id)
            record("delete-secret-import", project, **about_import(link))

    def names_by_hash(
        self, project: Project, hashes: Collection[str] | None = None
    ) -> dict[str, str]:
        """The names that stand in the audit log as their keyed hash: those that the secrets which
        are there have, or had before they were renamed.

        Only these hashes are looked for, where they are given.
        """
        return dict(self._hashed_names(project, hashes))

    def hashes_of_names(self, project: Project, text: str) -> list[str]:
        """The hashes of those names that have a text in them, in capital letters or small ones."""
        wanted = text.casefold()
        named = self._hashed_names(project)
        return [hashed for hashed, name in named if wanted in name.casefold()]

    def _hashed_names(
        self, project: Project, hashes: Collection[str] | None = None
    ) -> Iterator[tuple[str, str]]:
        with self._session.reading() as database:
            key = self._session.project_key(project.id)
            for hashed, sealed in secrets.names(database, project.id):
                if hashed is not None and hashes is not None and hashed.hex() not in hashes:
                    continue
                with suppress(crypto.SealError):
                    name = crypto.unseal(sealed, key)
                    if hashed is None:
                        hashed = secret_changes.name_hash(self._session, project, name)
                    yield hashed.hex(), name

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
        """One that is listed by this name, while the client that sealed it sent another beside it.

        Some clients cut a name at "#" or "?" in the request, and seal it whole.
        """
        database, key = self._session.database, self._session.project_key(project.id)
        for sealed in secrets.labels(database, project.id, place):
            with suppress(crypto.SealError):
                if crypto.unseal(sealed.name, key) == name:
                    return secrets.version(database, sealed.id, sealed.version)
        return None

    def _opened(self, project: Project, gathered: Gathered, *, expand: bool) -> Found:
        return secret_lists.opened(
            self._session, project, gathered, may_read=_everywhere, expand=expand
        )

    def _about(self, secret: SealedSecret) -> dict[str, Any]:
        return {
            "target": secret.id,
            "environment": secret.place.environment,
            "path": secret.place.path,
            "details": about_secret(secret),
        }


def with_names(details: str, names: Mapping[str, str]) -> str:
    """An audit entry's details with the names of secrets instead of their hashes, where known."""
    return _HASHED_NAME.sub(
        lambda found: json.dumps(names[found[1]]) if found[1] in names else found[0], details
    )


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
    """The operator reads all that lies in the vault."""
    return True
