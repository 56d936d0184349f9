"""`scope narrow`, and that what it prints does what it says."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from st_tui.core.access import decide
from st_tui.core.model import AccessRequest, Permission
from st_tui.core.vault import Access, Vault
from tests.cli.conftest import NOW, Run, assert_refused, create
from tests.core.vaults import v2


@pytest.fixture(autouse=True)
def _folders(run: Run, directory: Path) -> None:
    for folder in ("/apps/api", "/apps/web", "/db"):
        assert run("folders", "create", "--env", "dev", "--path", folder).status == 0


def use(vault: Vault, token_id: str, *places: str, operation: str = "read") -> None:
    """Let the log say that the token asked for these, environment and path."""
    token = vault.tokens.get(token_id)
    project = vault.projects.of(token)
    for place in places:
        environment, _, path = place.partition(":")
        request = AccessRequest(environment, path, Permission(operation), now=NOW)
        access = Access("get-secrets", project, token, request, decide(token, request))
        vault.audit.record([access])


def made(run: Run, *options: str, scope: str = "dev:/**", level: str = "read") -> str:
    return str(create(run, *options, scope=scope, level=level)["serviceTokenData"]["id"])


def test_the_least_it_needs_and_the_command_that_makes_it(run: Run, vault: Vault) -> None:
    token = made(run, "--name", "Ann's", "--access-level", "write", "--expires-in", "6months")
    use(vault, token, "dev:/apps/web", "dev:/apps/api", "dev:/apps/api", "prod:/", "dev:/*")
    result = run("scope", "narrow", token)
    assert result.status == 0
    assert "Left out: 1 recorded access where" in result.err
    assert "read dev:/*" in result.err
    *lines, command = result.out.splitlines()
    assert lines == [
        "dev:/apps/{api,web}",
        "Permissions: read",
        "Covers 3 recorded accesses; proved to open nothing more for 1 scope.",
        "Would stop working:",
        "- read and write dev:/  the folder",
        "- read and write dev:/db  the folder",
        "- read and write dev:/apps  the folder",
        "",
    ]
    program, *words = shlex.split(command)
    assert program == "st-tui"
    new = run(*words, "--json").json["serviceTokenData"]
    assert new["name"] == "Ann's narrowed"
    assert new["permissions"] == ["read"]
    assert new["scopes"] == [{"environment": "dev", "secretPath": "/apps/{api,web}"}]
    old = vault.tokens.get(token)
    both = vault.tokens.get(new["id"])
    assert both.expires_at is not None
    assert old.expires_at is not None
    assert both.expires_at - both.created_at == old.expires_at - old.created_at
    assert run("scope", "compare", token, new["id"]).status == 0


def test_the_proofs_can_be_checked(run: Run, vault: Vault) -> None:
    token = made(run, "--never")
    use(vault, token, "dev:/db", "dev:/apps")
    result = run("scope", "narrow", token, "--json")
    assert (result.status, result.err) == (0, "")
    answer = result.json
    assert answer["narrower"] is True
    assert (answer["accesses"], answer["leftOut"]) == (2, [])
    assert answer["stopsWorking"][0] == {
        "environment": "dev", "path": "/", "operations": ["read"], "exists": True,
    }  # fmt: skip
    assert shlex.split(answer["command"])[-1] == "--never"
    checked = run("scope", "verify", "-", stdin=json.dumps(answer).encode())
    assert (checked.status, checked.out.splitlines()[-1]) == (0, "1 proof holds.")


def test_a_token_with_nothing_to_spare(run: Run, vault: Vault) -> None:
    token = made(run, scope="dev:/db")
    use(vault, token, "dev:/db")
    assert run("scope", "narrow", token) == (
        1, "Nothing narrower covers the 1 recorded access.\n", "",
    )  # fmt: skip
    result = run("scope", "narrow", token, "--json")
    assert (result.status, result.json["narrower"]) == (1, False)


def test_a_v3_token_keeps_its_addresses_and_where_it_lives(
    run: Run, vault: Vault, directory: Path
) -> None:
    token = made(run, "--token-version", "3", "--trusted-ip", "10.0.0.0/8", "--active")
    assert run("project", "create", "--name", "Other").status == 0
    with_place = ("scope", "narrow", token, "--vault", str(directory))
    token_3 = vault.tokens.get(token)
    request = AccessRequest("dev", "/db", Permission.READ, now=NOW, ip=10 << 24)
    vault.audit.record(
        [Access("x", vault.projects.of(token_3), token_3, request, decide(token_3, request))]
    )
    command = run(*with_place).out.splitlines()[-1]
    assert command.endswith(
        f"--token-version 3 --trusted-ip 10.0.0.0/8 --vault {directory} --project shop"
    )
    new = run(*shlex.split(command)[1:], "--json").json["serviceTokenData"]
    assert (new["version"], new["trustedIps"], new["isActive"]) == (3, ["10.0.0.0/8"], False)


def test_nothing_to_go_by(run: Run, vault: Vault) -> None:
    token = made(run, scope="dev:/db")
    use(vault, token, "dev:/apps")  # denied
    use(vault, token, "dev:/db", operation="write")  # denied
    assert_refused(run("scope", "narrow", token), "Nothing recorded: ")
    assert_refused(run("scope", "narrow", "nobody"), "There is no token")


def test_a_life_below_a_second_does_not_become_never(
    run: Run, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("st_tui.core.expiry.system_clock", lambda: NOW)
    token = vault.tokens.create(vault.projects.get(), v2("brief", expires_at=NOW + 500)).token
    use(vault, token.id, "dev:/common/db")
    assert run("scope", "narrow", token.id).out.splitlines()[-1].endswith("--expiry-seconds 1")
