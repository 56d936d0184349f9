"""`audit list` and `audit verify`."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from st_tui.core.access import decide
from st_tui.core.expiry import HOUR
from st_tui.core.model import AccessRequest, Permission
from st_tui.core.vault import Access, Vault
from tests.cli.conftest import NOW, Run, assert_refused, create


def test_the_newest_entry_comes_first_with_all_its_fields(run: Run, directory: Path) -> None:
    data = create(run, "--name", "ci")["serviceTokenData"]
    entries = run("audit", "list", "--json").json["auditLogs"]
    assert [entry["seq"] for entry in entries] == [2, 1]
    assert entries[0].keys() == {
        "seq", "time", "actor", "ip", "userAgent", "event", "projectId", "target", "environment",
        "path", "operation", "verdict", "reason", "details", "hash", "actorName",
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


@pytest.fixture
def used(run: Run, directory: Path) -> dict[str, str]:
    """The ids of ci before and after a rotation, and of web; each asked for something, hourly."""
    old = create(run, "--name", "ci", "--never")["serviceTokenData"]["id"]
    new = run("service-token", "rotate", old, "--json").json["serviceTokenData"]["id"]
    web = create(run, "--name", "wéb", "--never")["serviceTokenData"]["id"]
    with Vault.open(directory, actor="x") as vault:
        project = vault.projects.get()
        template = vault.tokens.get(web)
        for hours, token_id in enumerate((old, new, web)):
            token = template._replace(id=token_id)
            for path in ("/common/db", "/elsewhere"):
                request = AccessRequest("dev", path, Permission.READ, NOW + hours * HOUR)
                access = Access("get-secrets", project, token, request, decide(token, request))
                vault.audit.record([access])
    return {"old": old, "new": new, "web": web}


def listed(run: Run, *options: str) -> list[Any]:
    result = run("audit", "list", *options, "--json")
    assert result.status == 0
    entries: list[Any] = result.json["auditLogs"]
    return entries


def test_actors_are_shown_with_their_names(run: Run, used: dict[str, str]) -> None:
    names = {entry["actor"]: entry["actorName"] for entry in listed(run)}
    assert [names[used[each]] for each in ("old", "new", "web")] == ["ci", "ci", "wéb"]
    [operator] = {*names} - {*used.values()}
    assert names[operator] == operator
    out = run("audit", "list").out
    assert out.count(f" ci ({used['old']}) ") == 2  # which is gone
    assert out.count(f" wéb ({used['web']}) ") == 2
    assert f"UTC  {operator} " in out


def test_the_entries_of_a_token_by_its_name_or_id(run: Run, used: dict[str, str]) -> None:
    def whose(token: str) -> list[str]:
        entries = listed(run, "--token", token)
        return [entry["target"] or entry["actor"] for entry in entries]

    old, new, web = used.values()
    assert whose("wéb") == whose(web) == [web, web, web]
    assert whose(old) == [old, old, old, old]  # used twice, ended, made
    assert whose(new) == [new, new, new]
    both = run("audit", "list", "--token", "ci")
    assert both.err == f"2 tokens had the name 'ci': {old}, {new}. All are listed.\n"
    assert sorted(whose("ci")) == sorted([old] * 4 + [new] * 3)
    run("project", "create", "--name", "Other")
    assert_refused(run("audit", "list", "--token", "ci", "--project", "other"), "'ci'", status=1)
    assert len(listed(run, "--token", "ci", "--project", "shop")) == 7
    for nobody in ("c", "CI", "", "nope", old[:-1]):
        assert_refused(run("audit", "list", "--token", nobody), "knows no token", status=1)
    refused = run("audit", "list", "--token", "st.0-0.secret.key")
    assert_refused(refused, "'st.0-0'", status=1)
    assert_refused(run("audit", "list", "--token", "\udcff"), "broken character")


def test_what_is_listed_by_event_verdict_and_time(run: Run, used: dict[str, str]) -> None:
    def times(*options: str) -> list[str]:
        return [entry["time"][11:16] for entry in listed(run, "--event", "get-secrets", *options)]

    assert times() == ["05:04", "05:04", "04:04", "04:04", "03:04", "03:04"]
    assert {entry["reason"] for entry in listed(run, "--denied")} == {"path"}
    assert times("--denied") == ["05:04", "04:04", "03:04"]
    since, until = "2026-01-02T04:04:05Z", "2026-01-02T05:04:05.000+00:00"
    assert times("--since", since, "--denied") == ["05:04", "04:04"]
    assert times("--until", until, "--denied") == ["04:04", "03:04"]
    assert times("--since", since, "--until", until, "--token", "ci", "--denied") == ["04:04"]
    assert times("--since", "2026-01-02", "--until", "2026-01-03", "--limit", "1") == ["05:04"]
    assert times("--since", "1h") == []
    assert listed(run, "--since", "999999999999years") == listed(run)
    assert len(listed(run, "--since", "1h")) == 5  # what was made and ended just now
    assert listed(run, "--until", "1h") == listed(run, "--event", "get-secrets")
    assert listed(run, "--event", "get-secret") == []
    result = run("audit", "list", "--event", "get-secret")
    assert (result.status, len(result.out.splitlines())) == (0, 1)
    assert "No entry has the event 'get-secret'. The log has: create-project, " in result.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--since", "yesterday"), "is no time"),
        (("--until", "2026-13-01"), "is no time"),
        (("--since", ""), "is no time"),
        (("--since", "1d", "--until", "2d"), "--since is not before --until"),
        (("--since", "2026-01-02", "--until", "2026-01-02"), "--since is not before --until"),
    ],
)
def test_what_is_no_time_is_refused(
    run: Run, directory: Path, options: tuple[str, ...], said: str
) -> None:
    assert_refused(run("audit", "list", *options), said)


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
    assert_refused(run("audit", "list", "--limit", "9" * 30), "999999999")
    assert seqs("--project", "shop") == [3, 1]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_log SET actor = 'nobody' WHERE seq = 2",
        "UPDATE audit_log SET details = 'not JSON' WHERE seq = 2",
        f"UPDATE audit_log SET details = '{'[' * 100_000}' WHERE seq = 2",
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
