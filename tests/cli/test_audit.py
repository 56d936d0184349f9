"""`audit list` and `audit verify`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Run, create


def test_the_newest_entry_comes_first_with_all_its_fields(run: Run, directory: Path) -> None:
    data = create(run, "--name", "ci")["serviceTokenData"]
    entries = run("audit", "list", "--json").json["auditLogs"]
    assert [entry["seq"] for entry in entries] == [2, 1]
    assert entries[0].keys() == {
        "seq", "time", "actor", "ip", "userAgent", "event", "projectId", "target", "environment",
        "path", "operation", "verdict", "reason", "details", "hash",
    }  # fmt: skip
    assert (entries[0]["event"], entries[0]["target"]) == ("create-service-token", data["id"])
    assert entries[0]["details"]["name"] == "ci"
    assert entries[0]["time"] == data["createdAt"]
    out = run("audit", "list").out
    for part in (data["id"], "create-service-token", "ci"):
        assert part in out.splitlines()[1]


def test_secrets_are_named_to_the_operator_and_hashed_in_the_log(run: Run, directory: Path) -> None:
    place = ("--env", "dev")
    assert run("secrets", "set", *place, "THE_A=-", "THE_B=@/dev/null", stdin=b"x").status == 0
    assert run("secrets", "delete", *place, "THE_B", "--yes").status == 0
    out = run("audit", "list").out
    assert out.count('"secretKey":"THE_A"') == 1
    assert "THE_B" not in out
    for entry in run("audit", "list", "--json").json["auditLogs"][:3]:
        assert len(entry["details"]["secretKey"]) == 64
    (directory / "operator" / "operator.key").unlink()
    without = run("audit", "list")
    assert (without.status, without.err) == (0, "")
    assert "THE_A" not in without.out


def test_some_entries(run: Run, directory: Path) -> None:
    run("project", "create", "--name", "Other")
    run("folders", "create", "--project", "shop", "--env", "dev", "--path", "/a")
    run("project", "delete", "other", "--yes")

    def seqs(*options: str) -> list[int]:
        return [
            entry["seq"] for entry in run("audit", "list", "--json", *options).json["auditLogs"]
        ]

    assert seqs() == [4, 3, 2, 1]
    assert seqs("--limit", "2") == [4, 3]
    assert seqs("--project", "shop") == [3, 1]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_log SET actor = 'nobody' WHERE seq = 2",
        "UPDATE audit_log SET details = 'not JSON' WHERE seq = 2",
        "DELETE FROM audit_log WHERE seq = 2",
    ],
)
def test_verify(run: Run, directory: Path, tampering: str) -> None:
    for name in "ab":
        create(run, "--name", name)
    assert run("audit", "verify") == (0, "The audit log is intact: 3 entries.\n", "")
    assert run("audit", "verify", "--json").json == {"intact": True, "brokenAt": None}
    connection = sqlite3.connect(directory / "vault.db")
    connection.executescript(
        f"DROP TRIGGER audit_log_no_update; DROP TRIGGER audit_log_no_delete; {tampering};"
    )
    connection.close()
    result = run("audit", "verify")
    assert (result.status, result.err) == (1, "")
    assert "broken at entry 2" in result.out
    result = run("audit", "verify", "--json")
    assert (result.status, result.json) == (1, {"intact": False, "brokenAt": 2})
    # What was changed can still be looked at.
    assert run("audit", "list").status == 0
    assert run("audit", "list", "--json").status == 0
