"""`backup` and `restore`: one file out of a vault in use, and back only where it is sound."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from st_tui.core.vault import Vault
from tests.cli.conftest import Run, assert_refused, create
from tests.core.vaults import edit, raw

DEV = ("--env", "dev")


@pytest.fixture
def made(run: Run, directory: Path, tmp_path: Path) -> Path:
    """A backup of a vault with a secret and a token."""
    assert run("secrets", "set", *DEV, "A=-", stdin=b"old").status == 0
    create(run, "--name", "ci")
    file = tmp_path / "backup.db"
    assert run("backup", str(file)).status == 0
    return file


def keys_only(directory: Path) -> None:
    for path in directory.glob("vault.db*"):
        path.unlink()


def value(run: Run) -> str:
    return run("secrets", "get", "A", *DEV).out


def test_a_backup_is_private_whole_and_never_over_another_file(
    run: Run, vault: Vault, made: Path
) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert [path.name for path in made.parent.glob("backup*")] == ["backup.db"]
    again = run("backup", str(made))
    assert_refused(again, "is there already")
    assert_refused(run("backup", str(made.parent / "none" / "x")), "No such file")
    assert_refused(run("backup", str(made), "--project", "shop"), "--project")
    result = run("backup", str(made.with_name("second")))
    assert "operator/operator.key" in result.out
    assert "server.key" in result.out
    for key in ("operator/operator.key", "server.key"):
        assert (vault.directory / key).read_bytes().strip() not in made.read_bytes()


def test_a_backup_has_no_trace_of_what_was_erased(run: Run, directory: Path) -> None:
    assert run("e2ee", "off").status == 0
    with raw(directory) as connection:
        copy = connection.execute("SELECT server_copy FROM project").fetchone()[0]
    off, on = directory.parent / "off", directory.parent / "on"
    assert run("backup", str(off)).status == 0
    assert run("e2ee", "on").status == 0
    assert run("backup", str(on)).status == 0
    assert copy in off.read_bytes()
    assert copy not in on.read_bytes()


def test_a_backup_is_restored_beside_its_keys(run: Run, directory: Path, made: Path) -> None:
    keys_only(directory)
    result = run("restore", str(made))
    assert (result.status, result.out) == (
        0, "Restored 1 project, 1 service token and 3 audit entries.\n",
    )  # fmt: skip
    assert "work again" in result.err
    assert value(run) == "old\n"
    assert run("audit", "verify").status == 0
    assert "restore-backup" in run("audit", "list").out
    assert stat.S_IMODE((directory / "vault.db").stat().st_mode) == 0o600
    assert [path.name for path in (directory / "operator").iterdir()] == ["operator.key"]


def test_a_vault_in_use_is_replaced_only_when_told(
    run: Run, vault: Vault, made: Path, answer: Callable[[str], None]
) -> None:
    project = vault.projects.get(None)
    [token] = vault.tokens.page(project)
    vault.tokens.revoke([token])
    assert run("secrets", "set", *DEV, "A=-", stdin=b"new").status == 0
    unasked = run("restore", str(made), stdin=b"")
    assert unasked.status == 2
    assert f"Works again or for longer: ci ({token.id})" in unasked.err
    assert "--yes" in unasked.err
    answer("no\n")
    result = run("restore", str(made))
    assert (result.status, result.out) == (1, "")
    assert "Nothing was changed." in result.err
    assert value(run) == "new\n"
    before = vault.changed_elsewhere()
    [last, *_] = run("audit", "list", "--json").json["auditLogs"]
    answer("yes\n")
    assert run("restore", str(made)).status == 0
    assert vault.changed_elsewhere() != before
    assert [kept.id for kept in vault.tokens.page(project)] == [token.id]
    assert value(run) == "old\n"
    restored = next(
        entry
        for entry in run("audit", "list", "--json").json["auditLogs"]
        if entry["event"] == "restore-backup"
    )
    assert restored["details"] == {"replacedSeq": last["seq"], "replacedHash": last["hash"]}
    vault.folders.create(project, "dev", "/after")
    assert run("audit", "verify").status == 0


def test_a_project_that_the_server_could_read_again_is_named(
    run: Run, vault: Vault, tmp_path: Path
) -> None:
    project = vault.projects.get(None)
    on, off = tmp_path / "on.db", tmp_path / "off.db"
    assert run("backup", str(on)).status == 0
    assert run("e2ee", "off").status == 0
    assert run("backup", str(off)).status == 0
    said = f"E2EE is off again, so the server can read its secrets: {project.name}\n"
    assert said not in run("restore", str(off), stdin=b"").err
    assert run("e2ee", "on").status == 0
    assert said in run("restore", str(off), stdin=b"").err
    assert said not in run("restore", str(on), stdin=b"").err


def test_what_trusts_fewer_addresses_by_now_is_named(
    run: Run, vault: Vault, tmp_path: Path
) -> None:
    v3 = ("--token-version", "3", "--active", "--trusted-ip", "10.0.0.0/8", "--never")
    names = ("narrowed", "moved", "halved", "kept", "wider")
    ids = {n: create(run, "--name", n, *v3)["serviceTokenData"]["id"] for n in names}
    file = tmp_path / "backup.db"
    assert run("backup", str(file)).status == 0
    for name, blocks in (
        ("narrowed", "10.1.0.0/16"),
        ("moved", "192.168.0.0/16"),
        ("halved", "10.128.0.0/9 10.0.0.0/9"),
        ("wider", "0.0.0.0/0"),
    ):
        trusted = [part for block in blocks.split() for part in ("--trusted-ip", block)]
        assert run("service-token", "trust", ids[name], *trusted).status == 0
    said = run("restore", str(file), stdin=b"").err
    named = sorted(line for line in said.splitlines() if line.startswith("Works"))
    assert named == [f"Works from more addresses: {n} ({ids[n]})" for n in ("moved", "narrowed")]


def test_a_damaged_vault_is_replaced(run: Run, directory: Path, made: Path) -> None:
    (directory / "vault.db").write_bytes(b"not a database" * 1000)
    assert_refused(run("secrets", "list", *DEV), "damaged")
    assert run("restore", str(made), "--yes").status == 0
    assert value(run) == "old\n"


def change(file: Path, *statements: str) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_what_is_no_sound_backup_changes_nothing(
    run: Run, vault: Vault, made: Path, tmp_path: Path
) -> None:
    assert run("secrets", "set", *DEV, "A=-", stdin=b"new").status == 0
    bad = tmp_path / "bad"

    def refused(said: str) -> None:
        assert_refused(run("restore", str(bad), "--yes"), said)
        assert value(run) == "new\n"
        assert [path.name for path in (vault.directory / "operator").iterdir()] == ["operator.key"]

    refused("not there")
    bad.mkdir()
    refused("no file")
    bad.rmdir()
    for data, said in (
        (b"", "it is empty"),
        (b"x" * 5000, "damaged"),
        (made.read_bytes()[:9000], "damaged"),
    ):
        bad.write_bytes(data)
        refused(said)
    for statements, said in (
        (["PRAGMA application_id = 1"], "is not a vault"),
        (["PRAGMA user_version = 99"], "newer st-tui"),
        (["DROP TRIGGER audit_log_no_update"], "not those of st-tui"),
        (["CREATE TABLE more (x)"], "not those of st-tui"),
        (["PRAGMA foreign_keys = OFF", "DELETE FROM environment"], "not all there"),
    ):
        shutil.copy(made, bad)
        change(bad, *statements)
        refused(said)
    shutil.copy(made, bad)
    connection = sqlite3.connect(bad, isolation_level=None)
    [[trigger]] = connection.execute(
        "SELECT sql FROM sqlite_master WHERE name = 'audit_log_no_update'"
    )
    connection.execute("DROP TRIGGER audit_log_no_update")
    connection.execute("UPDATE audit_log SET actor = 'nobody' WHERE seq = 2")
    connection.execute(trigger)
    connection.close()
    refused("audit log was changed at entry 2")
    shutil.copy(made, bad)
    bad.with_name("bad-wal").write_bytes(b"x")
    refused("not whole without bad-wal")


def test_the_keys_must_be_there_and_the_right_ones(
    run: Run, directory: Path, made: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    assert run("init", "--name", "Other", "--vault", str(other)).status == 0
    for key in ("operator/operator.key", "server.key"):
        kept = (directory / key).read_bytes()
        (directory / key).write_bytes((other / key).read_bytes())
        assert_refused(run("restore", str(made), "--yes"), "belongs to another vault")
        (directory / key).unlink()
        assert_refused(run("restore", str(made), "--yes"), key, "is missing")
        (directory / key).write_bytes(kept)
        (directory / key).chmod(0o600)
    assert_refused(run("restore", str(made), "--vault", str(tmp_path / "none")), "is missing")
    assert run("restore", str(made), "--yes").status == 0


def test_a_backup_of_a_changed_log_says_that_it_could_not_be_restored(
    run: Run, directory: Path, tmp_path: Path
) -> None:
    edit(directory, "UPDATE audit_log SET actor = 'nobody'")
    result = run("backup", str(tmp_path / "copy"))
    assert result.status == 1
    assert "could not be restored: its audit log was changed at entry 1" in result.err


def test_a_backup_whose_token_is_not_what_its_log_says_changes_nothing(
    run: Run, vault: Vault, made: Path
) -> None:
    [token] = vault.tokens.page(vault.projects.get(None))
    assert run("secrets", "set", *DEV, "A=-", stdin=b"new").status == 0
    directory = made.parent / "edited"
    directory.mkdir()
    shutil.copy(made, directory / "vault.db")
    edit(directory, "UPDATE service_token_scope SET secret_path = '/**'")
    assert_refused(
        run("restore", str(directory / "vault.db"), "--yes"),
        f"the list of scopes of the token 'ci' ({token.id}) is not what its audit log says",
    )
    assert value(run) == "new\n"
    # The same in the vault itself: the file is written, and who made it is told.
    edit(vault.directory, "UPDATE service_token SET permissions = 'write'")
    result = run("backup", str(made.with_name("second")))
    assert result.status == 1
    assert "could not be restored: the access of the token 'ci'" in result.err
