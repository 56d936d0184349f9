"""A vault of each release opens, verifies and restores for ever, and says what it said then.

`tests/data/vaults/make.py` made them, each with the program of its release.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.conftest import Run

RELEASES = sorted(
    path.parent for path in (Path(__file__).parents[1] / "data" / "vaults").glob("*/holds.json")
)


class Released(NamedTuple):
    """A copy of a release's vault, which ST_TUI_VAULT names, and what must hold of it."""

    directory: Path
    backup: Path
    holds: dict[str, Any]


@pytest.fixture(params=RELEASES, ids=lambda path: path.name)
def released(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Released:
    source: Path = request.param
    directory = tmp_path / "vault"
    (directory / "operator").mkdir(parents=True)
    # A checkout keeps no modes: they are set here.
    directory.chmod(0o700)
    (directory / "operator").chmod(0o700)
    for name in ("vault.db", "server.key", "operator/operator.key"):
        shutil.copyfile(source / name, directory / name)
        (directory / name).chmod(0o600)
    monkeypatch.setenv("ST_TUI_VAULT", str(directory))
    holds = json.loads((source / "holds.json").read_text(encoding="utf-8"))
    return Released(directory, source / "backup.db", holds)


@pytest.fixture
def restored(run: Run, released: Released) -> Released:
    """The same vault out of its backup, where only the keys were left."""
    (released.directory / "vault.db").unlink()
    result = run("restore", str(released.backup))
    assert result.status == 0, result.err
    return released


def test_there_is_a_vault_of_the_first_release() -> None:
    assert "0.1" in [path.name for path in RELEASES]


def test_a_released_vault_says_what_it_said(run: Run, released: Released) -> None:
    assert_holds(run, released.holds)


def test_a_released_vault_keeps_its_log(run: Run, released: Released) -> None:
    assert_log(run, released.holds["audit"])


def test_a_released_backup_is_restored_and_says_what_it_said(run: Run, restored: Released) -> None:
    assert_log(run, restored.holds["audit"])
    assert_holds(run, restored.holds)
    assert run("audit", "verify").status == 0


def test_a_released_backup_takes_the_place_of_its_vault(run: Run, released: Released) -> None:
    assert run("init", "--name", "Another").status == 0
    result = run("restore", str(released.backup), "--yes")
    assert result.status == 0, result.err
    assert_holds(run, released.holds)


def assert_holds(run: Run, holds: dict[str, Any]) -> None:
    """Tokens, verdicts and secrets are as they were."""
    now = {
        one["id"]: one
        for project in ("payments", "shop")
        for one in run("service-token", "list", "--project", project, "--json").json[
            "serviceTokenData"
        ]
    }
    assert now.keys() == {one["id"] for one in holds["serviceTokenData"]}
    for then in holds["serviceTokenData"]:
        assert then.items() <= now[then["id"]].items()

    for name, environment, path, operation, address, allowed, reason in holds["verdicts"]:
        token = holds["tokens"][name]
        project = "shop" if name == "shop" else "payments"
        result = run(
            "check", "--token", "-", "--project", project, "--env", environment, "--path", path,
            "--operation", operation, *(("--ip", address) if address else ()), "--json",
            stdin=token["text"].encode(),
        )  # fmt: skip
        answer = result.json
        assert (answer["allowed"], answer["reason"]) == (allowed, reason), (name, path)

    for project, environment, path, name, value, comment in holds["secrets"]:
        found = run(
            "secrets", "get", name, "--project", project, "--env", environment, "--path", path,
            "--json",
        ).json["secret"]  # fmt: skip
        assert (found["secretValue"], found["secretComment"]) == (value, comment)


def assert_log(run: Run, audit: dict[str, Any]) -> None:
    """The log verifies, and still holds the entries that the release wrote, to the last hash."""
    result = run("audit", "verify")
    assert result.status == 0, result.out + result.err
    log = run("audit", "list", "--json").json["auditLogs"][::-1]
    assert log[audit["entries"] - 1]["hash"] == audit["lastHash"]
