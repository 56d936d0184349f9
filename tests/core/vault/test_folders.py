"""Folders: made with their parents, listed as a tree, deleted with all below."""

from __future__ import annotations

import json

import pytest

from st_tui.core.errors import Refusal
from st_tui.core.model import Project
from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault, VaultError


def test_parents_are_made_and_children_follow_them(vault: Vault, project: Project) -> None:
    for path in ("/common/db/primary", "/common-x", "/common/api", "/A", "a_b/"):
        vault.folders.create(project, "dev", path)
    assert vault.folders.every(project, "dev") == [
        "/A",
        "/a_b",
        "/common",
        "/common/api",
        "/common/db",
        "/common/db/primary",
        "/common-x",
    ]
    assert vault.folders.every(project, "prod") == []
    assert vault.folders.of_each(project) == {
        environment.slug: ["/", *vault.folders.every(project, environment.slug)]
        for environment in vault.environments.every(project)
    }


def test_a_folder_goes_with_all_below_and_nothing_beside(vault: Vault, project: Project) -> None:
    for path in ("/a/b/c", "/a/b-d", "/a/b0", "/ab"):
        vault.folders.create(project, "dev", path)
    vault.folders.create(project, "prod", "/a/b")
    assert vault.folders.delete(project, "dev", "/a/b") == 2
    assert vault.folders.every(project, "dev") == ["/a", "/a/b-d", "/a/b0", "/ab"]
    assert vault.folders.every(project, "prod") == ["/a", "/a/b"]


def test_the_log_says_what_went_with_a_folder(vault: Vault, project: Project) -> None:
    for path in ("/a/b/c", "/other"):
        vault.folders.create(project, "dev", path)
    gone, inside, other = Place("dev", "/a/b"), Place("dev", "/a/b/c"), Place("dev", "/other")
    for place in (gone, inside, other):
        vault.secrets.create(project, place, "A", "a")
    for place, source in ((gone, other), (inside, gone), (other, inside)):
        vault.secrets.add_import(project, place, source)
    vault.folders.delete(project, "dev", "/a/b")
    (entry, *_) = vault.audit.page(project=project)
    assert (entry.event, entry.path) == ("delete-folder", "/a/b")
    assert json.loads(entry.details) == {
        "numberOfFolders": 2,
        "numberOfSecrets": 2,
        "numberOfRemovedImports": 1,
        "removedImports": [{
            "environment": "dev", "secretPath": "/other",
            "importEnvironment": "dev", "importPath": "/a/b/c",
        }],
    }  # fmt: skip
    assert vault.secrets.imports(project, other) == []


@pytest.mark.parametrize(
    ("environment", "path", "told"),
    [
        ("dev", "/a", "is a folder /a in dev already"),
        ("dev", "/", "already"),
        ("qa", "/b", "no environment 'qa'"),
        ("dev", "/a b", "is no folder path"),
        ("dev", "/\x1b", "control character"),
    ],
)
def test_what_cannot_be_made_is_refused(
    vault: Vault, project: Project, environment: str, path: str, told: str
) -> None:
    vault.folders.create(project, "dev", "/a")
    count = vault.audit.count()
    with pytest.raises(Refusal, match=told):
        vault.folders.create(project, environment, path)
    assert vault.audit.count() == count


def test_what_cannot_be_deleted_is_refused(vault: Vault, project: Project) -> None:
    with pytest.raises(VaultError, match="root folder cannot be deleted"):
        vault.folders.delete(project, "dev", "/")
    with pytest.raises(VaultError, match="There is no folder /a in dev"):
        vault.folders.delete(project, "dev", "/a")
