"""Opening the database: ours, no newer, whole and free, or a sentence that says why not."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from st_tui.core.errors import Refusal, StoreError
from st_tui.core.model import Project
from st_tui.core.store import sqlite
from st_tui.core.store.schema import STEPS
from st_tui.core.vault import Vault
from tests.core.vaults import Clock, bytes_in_files, raw, sqlite_of, v2


def as_another_user(act: Callable[[], str]) -> str:
    """What `act` answers for a user who is not root; root may write everything."""
    if os.getuid() != 0:
        return act()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgid(65534)
            os.setuid(65534)
            os.write(writing, act().encode())
        except BaseException as error:
            os.write(writing, f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        text = answer.read().decode()
    os.waitpid(child, 0)
    return text


@pytest.fixture
def outside(clock: Clock) -> Iterator[Path]:
    """A closed vault with a project and a token, reachable by and owned by another user."""
    # Not in `tmp_path`, whose parents are closed to others.
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory) / "outside"
        with Vault.create(place, actor="ann", clock=clock) as vault:
            vault.tokens.create(vault.projects.create("Shop"), v2())
        if os.getuid() == 0:
            Path(directory).chmod(0o711)
            for part in (place, *place.rglob("*")):
                os.chown(part, 65534, 65534)
        yield place


def test_the_database_is_durable_and_checks_its_keys(vault: Vault) -> None:
    connection = sqlite_of(vault)
    settings = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    assert [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in settings] == [
        "wal", 2, 1, 1,
    ]  # fmt: skip


def test_no_vault_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"There is no vault at .*: make one with `st-tui init`"):
        Vault.open(tmp_path / "nothing", actor="ann")


@pytest.mark.parametrize("length", [0, 1, 15, 16, 100, 1023, 4096, 5000, -4096, "half"], ids=str)
def test_a_truncated_database_is_a_sentence_and_stays_as_it_is(
    outside: Path, length: int | str
) -> None:
    database = outside / "vault.db"
    whole = database.read_bytes()
    cut = len(whole) // 2 if isinstance(length, str) else length
    database.write_bytes(whole[:cut])
    with pytest.raises(StoreError, match=r"damaged|is empty|not a vault"):
        Vault.create(outside, actor="ann")
    assert database.read_bytes() == whole[:cut]


def test_garbage_is_a_sentence(outside: Path) -> None:
    (outside / "vault.db").write_bytes(b"Dear Bob, " * 1000)
    with pytest.raises(StoreError, match="damaged or not a vault: restore it from your backup"):
        Vault.open(outside, actor="ann")


def test_damage_further_in_is_a_sentence_too(outside: Path) -> None:
    database = outside / "vault.db"
    whole = bytearray(database.read_bytes())
    whole[4096:] = os.urandom(len(whole) - 4096)
    database.write_bytes(whole)

    def use() -> None:
        with Vault.open(outside, actor="ann") as vault:
            vault.audit.first_broken()

    with pytest.raises(Refusal, match="damaged"):
        use()


def test_damage_in_a_name_is_a_sentence_too(outside: Path) -> None:
    database = outside / "vault.db"
    whole = database.read_bytes()
    assert b"CREATE TABLE project" in whole
    database.write_bytes(whole.replace(b"CREATE TABLE project", b"CREATE TABLE \xff\xffoject"))
    with pytest.raises(StoreError, match="damaged"):
        Vault.open(outside, actor="ann")


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    with raw(tmp_path) as other:
        other.execute("CREATE TABLE letters (text)")
    (tmp_path / "vault.db").chmod(0o600)
    tmp_path.chmod(0o700)
    before = bytes_in_files(tmp_path)
    with pytest.raises(StoreError, match="is not a vault of st-tui: choose another directory"):
        Vault.create(tmp_path, actor="ann")
    assert bytes_in_files(tmp_path) == before


def test_a_newer_schema_is_left_alone(vault: Vault) -> None:
    with raw(vault.directory) as connection:
        connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    with pytest.raises(StoreError, match=rf"newer st-tui \(schema {len(STEPS) + 1}.*upgrade"):
        Vault.open(vault.directory, actor="ann")


def test_an_older_schema_is_brought_up_to_date_once(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = vault.projects.create("Shop")
    monkeypatch.setattr(sqlite, "STEPS", (*STEPS, "CREATE TABLE later (x);\nDROP TABLE later;\n"))
    for _ in range(2):
        with Vault.open(vault.directory, actor="ann") as opened:
            assert opened.projects.get("shop") == project
    with raw(vault.directory) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(STEPS) + 1


def test_a_migration_that_fails_changes_nothing(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "STEPS", (*STEPS, "CREATE TABLE later (x);\nDROP TABLE never;\n"))
    with pytest.raises(StoreError):
        Vault.open(vault.directory, actor="ann")
    with raw(vault.directory) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(STEPS)
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'later'").fetchall()


def test_a_locked_vault_can_be_read_and_says_so_when_changed(
    vault: Vault, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    with raw(vault.directory) as other, Vault.open(vault.directory, actor="bob") as waiting:
        other.execute("BEGIN IMMEDIATE")
        assert waiting.projects.every() == [project]
        with pytest.raises(StoreError, match="locked by another program: try again in a moment"):
            waiting.projects.create("Other")
        other.execute("ROLLBACK")
        assert waiting.projects.create("Other").slug == "other"


def test_a_read_only_vault_can_be_read(outside: Path) -> None:
    def read_and_try() -> str:
        with Vault.open(outside, actor="bob") as vault:
            project = vault.projects.get()
            told = f"{vault.is_read_only} {vault.tokens.count(project)} {vault.tokens.sweep()} "
            try:
                vault.projects.create("Other")
            except StoreError as refused:
                told += str(refused)
            return told

    for part in (outside / "vault.db", outside):
        part.chmod(0o500 if part.is_dir() else 0o400)
    try:
        assert as_another_user(read_and_try) == (
            "True 1 [] The vault is read-only here: nothing was changed."
        )
    finally:
        outside.chmod(0o700)


@pytest.mark.parametrize("closed", [".", "vault.db"])
def test_a_vault_that_may_not_be_read_is_a_sentence(outside: Path, closed: str) -> None:
    def try_to_open() -> str:
        try:
            Vault.create(outside, actor="bob").close()
        except Refusal as refused:
            return str(refused)
        return "opened"

    (outside / closed).chmod(0o000)
    try:
        told = as_another_user(try_to_open)
    finally:
        (outside / closed).chmod(0o700)
    assert "Permission denied" in told or "check who owns it" in told


def test_a_full_disk_is_a_sentence_and_changes_nothing(vault: Vault, project: Project) -> None:
    connection = sqlite_of(vault)
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    before = (vault.tokens.count(project), vault.audit.count())

    def make_many() -> None:
        with vault.together():
            for _ in range(100):
                vault.tokens.create(project, v2())

    with pytest.raises(StoreError, match="disk is full: make room"):
        make_many()
    assert (vault.tokens.count(project), vault.audit.count()) == before
    connection.execute("PRAGMA max_page_count = 1000000")
    vault.tokens.create(project, v2())
    assert vault.audit.first_broken() is None


def test_shared_memory_without_room_is_a_full_disk() -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    with pytest.raises(StoreError, match="disk is full"), sqlite.explained():
        raise error


def test_a_copy_of_the_directory_is_a_vault(vault: Vault, project: Project, tmp_path: Path) -> None:
    new = vault.tokens.create(project, v2())
    vault.close()
    shutil.copytree(vault.directory, tmp_path / "copy")
    with Vault.open(tmp_path / "copy", actor="ann") as copy:
        assert copy.tokens.authenticate(new.text).token is not None


def test_a_strange_directory_name_is_no_address(tmp_path: Path) -> None:
    place = tmp_path / "a?mode=memory#b%20ü"
    with Vault.create(place, actor="ann") as vault:
        vault.projects.create("Shop")
    with raw(place) as connection:
        assert connection.execute("SELECT slug FROM project").fetchall() == [("shop",)]
