"""The audit log: append-only, and a change to it shows where it was made."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from st_tui.core.errors import Refusal
from st_tui.core.model import AuditEntry, Permission, Project, Use
from st_tui.core.store import audit
from st_tui.core.store.audit import NewEntry
from st_tui.core.vault import Vault
from tests.core.vaults import raw, sqlite_of, v2


@pytest.fixture
def log(vault: Vault, project: Project) -> list[AuditEntry]:
    """Six entries, oldest first."""
    for name in "abcde":
        vault.tokens.create(project, v2(name))
    return vault.audit.page()[::-1]


def test_every_entry_hashes_the_one_before_and_itself(log: list[AuditEntry]) -> None:
    """SHA-256 of the previous hash and the canonical JSON of the rest, computed here anew."""
    previous = "0" * 64
    for number, entry in enumerate(log, start=1):
        rest = entry._asdict()
        assert rest["seq"] == number
        stated = rest.pop("hash")
        text = previous + json.dumps(rest, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert stated == previous


def test_a_column_that_came_later_breaks_no_log_written_before(log: list[AuditEntry]) -> None:
    """The fields of format 1, written down here, are all that its hash covers."""
    covered = {
        "seq", "time", "actor", "ip", "user_agent", "event", "project_id", "target", "environment",
        "path", "operation", "verdict", "reason", "details",
    }  # fmt: skip
    previous = "0" * 64
    for entry in log:
        fields = {name: value for name, value in entry._asdict().items() if name in covered}
        assert audit.entry_hash(previous, fields | {"came_later": None}) == entry.hash
        assert audit.entry_hash(previous, fields | {"came_later": "x"}) == entry.hash
        previous = entry.hash


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'bob' WHERE seq = 3",
        "UPDATE audit_log SET actor = actor",
        "UPDATE OR REPLACE audit_log SET seq = 4 WHERE seq = 3",
        "DELETE FROM audit_log WHERE seq = 6",
        "DELETE FROM audit_log",
        "REPLACE INTO audit_log SELECT * FROM audit_log WHERE seq = 3",
        "REPLACE INTO audit_log SELECT * FROM audit_log WHERE seq = 6",
        "INSERT OR IGNORE INTO audit_log SELECT * FROM audit_log WHERE seq = 3",
        "INSERT INTO audit_log (seq, time, actor, event, details, hash) "
        "VALUES (99, 0, 'x', 'x', '{}', '')",
        "INSERT INTO audit_log (seq, time, actor, event, details, hash) "
        "VALUES (-1, 0, 'x', 'x', '{}', '')",
        "INSERT INTO audit_log SELECT * FROM audit_log WHERE seq = 3 "
        "ON CONFLICT (seq) DO UPDATE SET actor = 'bob'",
    ],
)
def test_the_log_is_append_only(vault: Vault, log: list[AuditEntry], statement: str) -> None:
    with (
        raw(vault.directory) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(statement)
    assert vault.audit.page()[::-1] == log


@pytest.mark.parametrize("column", AuditEntry._fields)
def test_a_changed_field_shows_at_its_entry(
    vault: Vault, log: list[AuditEntry], column: str
) -> None:
    assert vault.audit.first_broken() is None
    forged = 40 if column == "seq" else 1 if column == "time" else "forged"
    with raw(vault.directory) as connection:
        drop_triggers(connection)
        connection.execute(f"UPDATE audit_log SET {column} = ? WHERE seq = 4", (forged,))
    assert vault.audit.first_broken() == 4


@pytest.mark.parametrize(
    ("statements", "broken"),
    [
        (["DELETE FROM audit_log WHERE seq = 1"], 1),
        (["DELETE FROM audit_log WHERE seq = 3"], 3),
        (
            ["DELETE FROM audit_log WHERE seq = 3", "UPDATE audit_log SET seq = 3 WHERE seq = 6"],
            3,
        ),
        (
            ["UPDATE audit_log SET seq = 9 WHERE seq = 2", "UPDATE audit_log SET seq = 2 WHERE "
             "seq = 5", "UPDATE audit_log SET seq = 5 WHERE seq = 9"],
            2,
        ),
        (["INSERT INTO audit_log SELECT 7, time, actor, ip, user_agent, event, project_id, target, "
          "environment, path, operation, verdict, reason, details, hash FROM audit_log "
          "WHERE seq = 6"], 7),
    ],
)  # fmt: skip
def test_a_missing_moved_or_added_entry_shows(
    vault: Vault, log: list[AuditEntry], statements: list[str], broken: int
) -> None:
    with raw(vault.directory) as connection:
        drop_triggers(connection)
        for statement in statements:
            connection.execute(statement)
    assert vault.audit.first_broken() == broken


def test_a_gap_shows_even_where_the_hash_was_made_anew(vault: Vault, log: list[AuditEntry]) -> None:
    forged = log[5]._replace(seq=9)._asdict()
    del forged["hash"]
    text = log[4].hash + json.dumps(forged, sort_keys=True, separators=(",", ":"))
    with raw(vault.directory) as connection:
        drop_triggers(connection)
        connection.execute(
            "UPDATE audit_log SET seq = 9, hash = ? WHERE seq = 6",
            (hashlib.sha256(text.encode()).hexdigest(),),
        )
    assert vault.audit.first_broken() == 6


def test_a_failed_change_leaves_no_entry_and_no_row(
    vault: Vault, project: Project, log: list[AuditEntry]
) -> None:
    wishes: list[Callable[[], object]] = [
        lambda: vault.tokens.create(project, v2("x", "test:/")),
        lambda: vault.tokens.create(project, v2("x", "dev:/[!a]")),
        lambda: vault.projects.create("x", ()),
        lambda: vault.folders.create(project, "test", "/a"),
    ]
    for wish in wishes:
        with pytest.raises(Refusal):
            wish()
    assert vault.audit.page()[::-1] == log
    with raw(vault.directory) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    living = vault.tokens.page(project)
    wishes = [
        lambda: vault.tokens.create(project, v2("unlogged")),
        lambda: vault.tokens.revoke(living),
        lambda: vault.tokens.rotate(living[0]),
        lambda: vault.projects.set_e2ee(project, on=False),
    ]
    for wish in wishes:
        with pytest.raises(Refusal):
            wish()
    assert vault.tokens.page(project) == living
    assert vault.projects.get().e2ee


def test_the_log_is_filtered_counted_and_paged(
    vault: Vault, project: Project, log: list[AuditEntry]
) -> None:
    target = log[2].target
    assert [e.seq for e in vault.audit.page(about=target)] == [3]
    assert [e.seq for e in vault.audit.page(limit=2, offset=1)] == [5, 4]
    assert len(vault.audit.find(project, "CREATE-SERVICE")) == 5
    assert len(vault.audit.find(project, '"name":"b"')) == 1
    for wildcard in ("%", "_", "\\"):
        assert vault.audit.find(project, f"create{wildcard}service") == []
    assert vault.audit.count(project=project) == len(log)
    assert vault.audit.count(project=Project("other", "o", "O", True, 0)) == 0


def test_a_text_is_found_in_what_is_shown_of_an_entry(vault: Vault, project: Project) -> None:
    """Names of tokens, living and gone, for which the log has ids; and every word of an entry."""
    made = [
        vault.tokens.create(project, v2(name)).token for name in ("ci-deploy", 'wéb "x" 10%_\\')
    ]
    database = vault._session.database
    hashed = "ab" * 32
    told = NewEntry(
        3_600_000, made[0].id, "get-secrets", project.id, None, "dev", "/common/db", "read",
        "denied", "path", "10.1.2.3", "curl/8", {"endpoint": "raw"},
    )  # fmt: skip
    with database.transaction():
        audit.append(
            database,
            [
                told,
                told._replace(actor=made[1].id, verdict="allowed", reason="allowed", path=None),
                told._replace(actor="alice", environment=None, details={"secretKey": hashed}),
            ],
        )
    vault.tokens.revoke([made[0]])

    def found(text: str, *secrets: str) -> list[int]:
        numbers = vault.audit.find(project, text, secrets)
        assert [entry.seq for entry in vault.audit.numbered(numbers)] == numbers
        return numbers

    created, other, by_token, by_other, by_alice, deleted = range(2, 8)
    assert found("ci-deploy") == found("CI-DEP") == [deleted, by_token, created]
    assert found(made[0].id) == [deleted, by_token, created]
    for text in ("wéb", 'b "x"', "10%_\\"):
        assert found(text) == [by_other, other], text
    assert found("10%%") == found("wXb") == []
    assert found("alice") == [by_alice]
    assert found("get-secrets") == [by_alice, by_other, by_token]
    assert found("dev:/common/db") == [by_token]
    assert found("✔") == found("✔ allowed") == found("allowed") == [by_other]
    assert found("✖ path") == found("✖path") == found("denied") == [by_alice, by_token]
    assert found("✖ allowed") == []
    assert found("10.1.2.3") == found("curl/") == [by_alice, by_other, by_token]
    assert found('"endpoint":"raw"') == [by_other, by_token]
    assert found("1970-01-01 01:00") == found("01-01 01:00") == [by_alice, by_other, by_token]
    assert found("DB_PASSWORD") == []
    assert found("DB_PASSWORD", "cd" * 32, hashed) == [by_alice]


def test_a_text_is_looked_for_in_a_log_that_somebody_changed(
    vault: Vault, project: Project, log: list[AuditEntry]
) -> None:
    with raw(vault.directory) as connection:
        drop_triggers(connection)
        connection.execute("UPDATE audit_log SET details = 'no JSON' WHERE seq = 3")
    assert vault.audit.find(project, "no json") == [3]
    assert vault.audit.token_name(log[2].target or "") is None
    assert vault.audit.tokens_named("b") == []
    assert vault.audit.tokens_named("c") == [log[3].target]


def test_the_entries_of_a_token_are_found_by_an_index(vault: Vault, project: Project) -> None:
    asked: list[str] = []
    sqlite_of(vault).set_trace_callback(asked.append)
    vault.audit.page(project=project, about=["a", "b"], is_denied=True, since=0)
    vault.audit.token_names(["a", "b"])
    vault.audit.numbered([3, 4])
    sqlite_of(vault).set_trace_callback(None)
    plans = [
        " ".join(row[3] for row in sqlite_of(vault).execute(f"EXPLAIN QUERY PLAN {query}"))
        for query in asked
    ]
    assert "audit_log_by_target (target=?)" in plans[0]
    assert "audit_log_by_actor (actor=?)" in plans[0]
    assert "audit_log_by_target (target=?)" in plans[1]
    assert "PRIMARY KEY (rowid=?)" in plans[2]
    assert not any("SCAN audit_log" in plan for plan in plans)


def drop_triggers(connection: sqlite3.Connection) -> None:
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_log'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")


def test_a_use_counts_for_every_place_that_it_needed(vault: Vault, project: Project) -> None:
    also = {
        "alsoRead": [
            {"environment": "dev", "secretPath": "/a"},
            {"environment": "prod", "secretPath": "/b"},
        ],
        "alsoWritten": [{"environment": "dev", "secretPath": "/a"}],
        "note": '"alsoRead":[',
    }
    each: list[dict[str, Any]] = [also, {}, {"alsoRead": []}, also]
    event = NewEntry(0, "t1", "get-secrets", project.id, None, "dev", "/", "read", "allowed")
    events = [event._replace(details=details) for details in each]
    events += [event._replace(verdict="denied", details=also)]
    expected = [
        Use("dev", "/", Permission.READ, 4),
        Use("dev", "/a", Permission.READ, 2),
        Use("dev", "/a", Permission.WRITE, 2),
        Use("prod", "/b", Permission.READ, 2),
    ]
    database = vault._session.database
    with database.transaction():
        audit.append(database, [*events, *(one._replace(actor="t2") for one in events)])
    assert sorted(audit.uses(database, "t1")) == expected
    every = audit.uses_of_all(database, project.id)
    assert {name: sorted(uses) for name, uses in every.items()} == {"t1": expected, "t2": expected}
