"""`scope lint`: the warnings about a whole project."""

from __future__ import annotations

import pytest

from st_tui.core.access import decide
from st_tui.core.model import AccessRequest, Permission
from st_tui.core.vault import Access, Vault
from tests.cli.conftest import NOW, Run, assert_refused, create
from tests.core.vaults import v2


@pytest.fixture(autouse=True)
def _vault(directory: object) -> None:
    """Each of these has a vault with the project `shop`."""


def test_lint_of_the_whole_project(run: Run) -> None:
    assert_refused(run("scope", "lint"), "no token")
    run("folders", "create", "--env", "dev", "--path", "/common/db")
    create(run, "--name", "fine", scope="dev:/common/db")
    assert run("scope", "lint").status == 0
    create(run, "--name", "twice", "--scope", "dev:/common/db", "--never")
    result = run("scope", "lint", "--json")
    assert result.status == 1
    assert result.json["tokens"] == 2
    assert [(w["name"], w["warning"]) for w in result.json["warnings"]] == [
        ("twice", "Scope 2: says nothing new: scope 1 opens all of it (proved)."),
        ("twice", "It never expires: it lives until somebody revokes it."),
    ]
    inside, never = result.json["warnings"]
    assert (inside["kind"], never["kind"]) == ("redundant", "never-expires")
    assert never["weight"] < inside["weight"]
    assert inside["fix"] == {
        "words": "take scope 2 out",
        "way": "mend",
        "scopes": [{"environment": "dev", "secretPath": "/common/**"}],
    }
    assert never["fix"] == {
        "words": "rotate it, and give the new one an end", "way": "rotate", "scopes": None,
    }  # fmt: skip


def test_lint_names_the_only_token_that_may_write_to_an_environment(run: Run) -> None:
    create(run, scope="dev:/", level="write")
    assert "No other token may write to dev." in run("scope", "lint").out
    create(run, scope="dev:/", level="write")
    assert "It is the first token" not in run("scope", "lint").out


def test_lint_compares_with_what_was_used(run: Run, vault: Vault) -> None:
    project = vault.projects.get(None)
    for folder in ("/a", "/a/b"):
        vault.folders.create(project, "dev", folder)
    token = vault.tokens.create(project, v2("t", "dev:/a/**")).token
    assert run("scope", "lint").status == 0
    request = AccessRequest("dev", "/a/b", Permission.READ, NOW)
    decision = decide(token, request)
    vault.audit.record([Access("get-secrets", project, token, request, decision)])
    assert run("scope", "lint").out == (
        "t: Wider than used: opens 2 folders, 1 was used: narrow it.\n"
    )
