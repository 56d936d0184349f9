"""Vaults that cannot be used, or not now: one sentence, and nothing half-written."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from st_tui.core.files.vault_files import refuse_network_file_system
from st_tui.core.store import sqlite
from tests.cli.conftest import Run, assert_refused, create, start
from tests.core.vaults import edit

CREATE = ("service-token", "create", "--scope", "dev:/a", "--access-level", "read")
LIST = ("service-token", "list")


def test_no_vault(run: Run, tmp_path: Path) -> None:
    for arguments in (LIST, CREATE, ("audit", "verify"), ("e2ee", "show")):
        assert_refused(run("--vault", str(tmp_path / "none"), *arguments), "st-tui init")
    assert not (tmp_path / "none").exists()


def test_a_place_that_is_no_vault_is_not_to_be_closed_to_others(run: Run, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    (tmp_path / "file").touch(mode=0o666)
    for place in (tmp_path, tmp_path / "file"):
        result = run("--vault", str(place), *LIST)
        assert_refused(result, "no vault", "st-tui init")
        assert "chmod" not in result.err


def test_locked_by_another_program(
    run: Run, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)
    other = sqlite3.connect(directory / "vault.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert_refused(run(*CREATE), "locked")
    assert run(*LIST).status == 0
    other.execute("ROLLBACK")
    other.close()
    assert run(*CREATE).status == 0


def test_an_erased_key_held_back_is_erased_when_asked_again(
    run: Run, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)
    assert run("e2ee", "off").status == 0
    reader = sqlite3.connect(directory / "vault.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM project").fetchall()
    for _ in range(2):
        assert_refused(run("e2ee", "on"), "another program was reading", "again")
    reader.execute("COMMIT")
    assert run("e2ee", "on").status == 0
    assert not (directory / "vault.db-wal").read_bytes()
    reader.close()


def test_garbage_truncated_empty_and_foreign_files(run: Run, directory: Path) -> None:
    create(run)
    database = directory / "vault.db"
    whole = database.read_bytes()
    foreign = sqlite3.connect(directory / "foreign")
    foreign.execute("CREATE TABLE t (x)")
    foreign.close()
    for content, said in (
        (b"garbage " * 10_000, "damaged or not a vault"),
        (whole[:5_000], "damaged or not a vault"),
        (b"", "empty"),
        ((directory / "foreign").read_bytes(), "not a vault of st-tui"),
    ):
        for leftover in directory.glob("vault.db-*"):
            leftover.unlink()
        database.write_bytes(content)
        assert_refused(run(*LIST), said)
        assert_refused(run(*CREATE), said)
        assert_refused(run("init", "--name", "x"), said)


@pytest.mark.parametrize("permissions", ["admin", "write read", ""])
def test_permissions_that_there_are_none_of(run: Run, directory: Path, permissions: str) -> None:
    token_id = create(run)["serviceTokenData"]["id"]
    others = create(run, "--name", "other")["serviceTokenData"]["id"]
    edit(
        directory,
        "PRAGMA ignore_check_constraints = ON",
        f"UPDATE service_token SET permissions = '{permissions}' WHERE id = '{token_id}'",
    )
    listed = run(*LIST, "--json").json["serviceTokenData"]
    assert {token["id"]: token["permissions"] for token in listed}[token_id] == []
    asked = ("--env", "dev", "--path", "/common", "--operation", "read")
    judged = run("check", "--token-id", token_id, *asked)
    assert (judged.status, judged.err) == (1, "")
    assert "permission: the token may not read" in judged.out
    assert run("check", "--token-id", others, *asked).status == 0
    assert run("scope", "lint").status == 1  # it warns
    for command in (LIST, ("scope", "matrix", "--env", "dev"), ("scope", "who", *asked)):
        assert run(*command).status == 0


def test_a_text_that_is_not_utf_8(run: Run, directory: Path) -> None:
    create(run)
    edit(directory, "UPDATE service_token SET name = CAST(x'ff7833' AS TEXT)")
    edit(directory, "UPDATE audit_log SET details = CAST(x'ff7833' AS TEXT)")
    for command in (LIST, ("scope", "lint"), ("audit", "list"), ("audit", "verify")):
        result = run(*command)
        assert_refused(result, "damaged", "backup")
        assert "x3" not in result.err
    file = directory / "backup.db"
    result = run("backup", str(file))
    assert (result.status, result.err) == (1, "It could not be restored: it is damaged.\n")
    assert_refused(run("restore", str(file), "--yes"), f"{file} cannot be restored: it is damaged.")


def test_a_newer_schema(run: Run, directory: Path) -> None:
    connection = sqlite3.connect(directory / "vault.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert_refused(run(*LIST), "newer", "99")


def test_a_missing_damaged_or_foreign_key(run: Run, directory: Path) -> None:
    key = directory / "operator" / "operator.key"
    good = key.read_text()
    for content, said in ((None, "missing"), ("xyz", "damaged"), ("0" * 64, "another vault")):
        key.unlink()
        if content is not None:
            key.write_text(content)
            key.chmod(0o600)
        assert_refused(run(*CREATE), said, "backup")
        assert run(*LIST, "--json").json == {"serviceTokenData": []}
        key.write_text(good)
    (directory / "server.key").unlink()
    assert_refused(run("e2ee", "off"), "server.key", "missing")
    assert run("e2ee", "show", "--json").json == {"e2ee": True}


def test_a_directory_open_to_the_world(run: Run, directory: Path) -> None:
    directory.chmod(0o755)
    assert_refused(run(*LIST), "open to the world", "chmod")
    directory.chmod(0o700)
    (directory / "operator").chmod(0o750)
    assert_refused(run(*LIST), "group", "chmod")


def test_a_network_file_system(run: Run, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "st_tui.core.files.vault_files.refuse_network_file_system",
        lambda place, _: refuse_network_file_system(place, "server:/x / nfs4 rw 0 0\n"),
    )
    assert_refused(run(*LIST), "network file system", "nfs4")


def test_a_read_only_vault_still_reads(run: Run, directory: Path) -> None:
    token_id = create(run)["serviceTokenData"]["id"]
    without_power: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root writes anywhere, and there is no setpriv to stop it")
        without_power = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
    parts = [directory, *directory.rglob("*")]
    for part in parts:
        part.chmod(0o500 if part.is_dir() else 0o400)
    check = ("check", "--token-id", token_id, "--env", "dev", "--path", "/common")
    try:
        for arguments in (
            LIST,
            ("service-token", "show", token_id),
            (*check, "--operation", "read"),
            ("audit", "verify"),
        ):
            done = start(*arguments, prefix=without_power)
            assert (done.returncode, done.stderr) == (0, b"")
        done = start(*CREATE, prefix=without_power)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"read-only" in done.stderr
    finally:
        for part in parts:
            part.chmod(0o700 if part.is_dir() else 0o600)
