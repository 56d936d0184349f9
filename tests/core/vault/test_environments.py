"""Environments: a slug is for ever, and deleting one shows whom it orphans."""

from __future__ import annotations

import json

import pytest

from st_tui.core.errors import Refusal
from st_tui.core.model import Environment, Project
from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault, VaultError
from tests.core.vaults import Clock, v2


def test_one_is_added_at_the_end_and_renamed(vault: Vault, project: Project) -> None:
    vault.environments.create(project, Environment("qa", "QA"))
    vault.environments.rename(project, Environment("dev", "Workbench"))
    assert [(e.slug, e.name) for e in vault.environments.every(project)] == [
        ("dev", "Workbench"),
        ("staging", "Staging"),
        ("prod", "Production"),
        ("qa", "QA"),
    ]
    with pytest.raises(VaultError, match="environment 'qa' already"):
        vault.environments.create(project, Environment("qa", "Again"))
    for wish in (
        Environment("none", "x"),
        Environment("dev", "\x1b"),
        Environment("dev", " "),
        Environment("dev", "De\u00adv"),
        Environment("dev", "Dev "),
    ):
        with pytest.raises(Refusal):
            vault.environments.rename(project, wish)


def test_tokens_of_a_deleted_environment_stay_and_block_its_slug(
    vault: Vault, project: Project, clock: Clock
) -> None:
    vault.folders.create(project, "staging", "/a/b")
    orphan = vault.tokens.create(project, v2("o", "dev:/x", "staging:/a/**", "staging:/c")).token
    clock.advance(1)
    newer = vault.tokens.create(project, v2("n", "staging:/")).token
    vault.tokens.create(project, v2("other", "dev:/staging"))
    assert vault.environments.orphaned_by(project, "staging") == [newer, orphan]
    assert vault.environments.orphaned_by(project, "staging", limit=1) == [newer]
    assert vault.environments.count_orphaned_by(project, "staging") == 2
    vault.environments.delete(project, "staging")
    assert vault.tokens.get(orphan.id) == orphan
    assert vault.folders.every(project, "staging") == []
    with pytest.raises(VaultError, match=r"2 tokens still name the deleted environment"):
        vault.environments.create(project, Environment("staging", "Staging"))
    vault.tokens.revoke([orphan, newer])
    vault.environments.create(project, Environment("staging", "Staging"))
    assert vault.folders.every(project, "staging") == []


def test_the_log_says_what_went_with_an_environment(vault: Vault, project: Project) -> None:
    """Also whose lists lose what its secrets brought."""
    inside, deeper, other = Place("prod", "/"), Place("prod", "/a/b"), Place("dev", "/")
    vault.folders.create(project, *deeper)
    for place in (inside, deeper, other):
        vault.secrets.create(project, place, "A", "a")
    for place, source in ((inside, deeper), (deeper, other), (other, deeper)):
        vault.secrets.add_import(project, place, source)
    vault.environments.delete(project, "prod")
    (entry, *_) = vault.audit.page(project=project)
    assert (entry.event, entry.environment) == ("delete-environment", "prod")
    assert json.loads(entry.details) == {
        "numberOfFolders": 2,
        "numberOfSecrets": 2,
        "numberOfRemovedImports": 1,
        "removedImports": [{
            "environment": "dev", "secretPath": "/",
            "importEnvironment": "prod", "importPath": "/a/b",
        }],
    }  # fmt: skip
    assert vault.secrets.imports(project, other) == []


def test_the_tokens_of_other_projects_do_not_count(vault: Vault, project: Project) -> None:
    other = vault.projects.create("Other")
    vault.tokens.create(other, v2("t", "dev:/"))
    assert vault.environments.orphaned_by(project, "dev") == []
    assert vault.environments.count_orphaned_by(project, "dev") == 0


def test_an_environment_that_is_not_there_is_a_sentence(vault: Vault, project: Project) -> None:
    with pytest.raises(Refusal, match="no environment 'qa': the project has dev, staging, prod"):
        vault.environments.delete(project, "qa")
