"""Names of secrets that the audit log has as hashes only."""

from __future__ import annotations

import pytest

from st_tui.core.model import Project
from st_tui.core.vault import Vault
from tests.core.vault.secret_folders import APP, COMMON, DEV, events

pytestmark = pytest.mark.usefixtures("folders")


def test_names_of_old_versions_are_known_in_the_log(vault: Vault, project: Project) -> None:
    first = vault.secrets.create(project, DEV, "A", "a")
    second = vault.secrets.update(project, DEV, "A", new_name="B")
    vault.secrets.update(project, DEV, "B", value="b")
    vault.secrets.create(project, APP, "A", "other")
    assert vault.secrets.names_by_hash(project) == {
        first.name_hash.hex(): "A",
        second.name_hash.hex(): "B",
    }


def test_the_log_names_a_secret_by_its_keyed_hash_alone(vault: Vault, project: Project) -> None:
    made = vault.secrets.create(project, APP, "A", "x")
    vault.secrets.update(project, APP, "A", value="y")
    vault.secrets.get(project, APP, "A")
    vault.secrets.read(project, APP)
    link = vault.secrets.add_import(project, APP, COMMON)
    vault.secrets.delete_import(project, link)
    vault.secrets.delete(project, APP, "A", "A")
    hashed = made.name_hash.hex()
    about_link = {"importEnvironment": "prod", "importPath": "/common"}
    assert events(vault, 7) == [
        ("create-secret", "dev", "/app", {"secretKey": hashed, "secretVersion": 1}),
        ("update-secret", "dev", "/app", {"secretKey": hashed, "secretVersion": 2}),
        ("get-secret", "dev", "/app", {"secretKey": hashed, "secretVersion": 2}),
        ("get-secrets", "dev", "/app", {"numberOfSecrets": 1}),
        ("create-secret-import", "dev", "/app", about_link),
        ("delete-secret-import", "dev", "/app", about_link),
        ("delete-secret", "dev", "/app", {"secretKey": hashed, "secretVersion": 2}),
    ]
    assert {e.target for e in vault.audit.page(limit=7)} == {made.id, link.id, None}
    assert vault.audit.first_broken() is None
