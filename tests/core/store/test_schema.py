"""A service token is immutable, whoever writes to the file and however."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
import sqlite_utils

from st_tui.core.addresses import parse_ranges
from st_tui.core.expiry import HOUR
from st_tui.core.model import Order, Project, ServiceToken
from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault
from tests.core.vaults import NOON, raw, sqlite_of, v2, v3

TOKEN_COLUMNS = (
    "id", "project_id", "version", "name", "permissions", "expires_at", "secret_hash",
    "encrypted_key", "iv", "tag", "created_at", "created_by",
)  # fmt: skip


@pytest.fixture
def token(vault: Vault, project: Project) -> ServiceToken:
    return vault.tokens.create(project, v2("ci", "dev:/common/**", "prod:/x")).token


def everything(directory: Path) -> list[list[tuple[object, ...]]]:
    with raw(directory) as connection:
        return [
            connection.execute(f"SELECT * FROM {table}").fetchall()
            for table in ("service_token", "service_token_scope", "service_token_listing")
        ]


FORBIDDEN = {
    **{
        f"update {column}": f"UPDATE service_token SET {column} = {column} WHERE id = :id"
        for column in TOKEN_COLUMNS
    },
    "later end": "UPDATE service_token SET expires_at = NULL WHERE id = :id",
    "more rights": "UPDATE service_token SET permissions = 'read write'",
    "update or replace": "UPDATE OR REPLACE service_token SET name = 'x' WHERE id = :id",
    "insert": "INSERT INTO service_token SELECT * FROM service_token WHERE id = :id",
    "insert or replace": "INSERT OR REPLACE INTO service_token SELECT * FROM service_token",
    "replace": "REPLACE INTO service_token SELECT * FROM service_token WHERE id = :id",
    "upsert": "INSERT INTO service_token SELECT * FROM service_token WHERE true "
    "ON CONFLICT (id) DO UPDATE SET name = 'x'",
    "insert or ignore": "INSERT OR IGNORE INTO service_token SELECT * FROM service_token",
    "add a scope": "INSERT INTO service_token_scope VALUES (:id, 2, 'prod', '/**')",
    "add a scope, or ignore": "INSERT OR IGNORE INTO service_token_scope "
    "VALUES (:id, 2, 'prod', '/**')",
    "replace a scope": "REPLACE INTO service_token_scope VALUES (:id, 0, 'prod', '/**')",
    "upsert a scope": "INSERT INTO service_token_scope VALUES (:id, 0, 'prod', '/**') "
    "ON CONFLICT (token_id, position) DO UPDATE SET secret_path = '/**'",
    "widen a scope": "UPDATE service_token_scope SET secret_path = '/**' WHERE token_id = :id",
    "move a scope": "UPDATE service_token_scope SET token_id = 'x' WHERE token_id = :id",
    "take a scope": "DELETE FROM service_token_scope WHERE token_id = :id AND position = 0",
    "take all scopes": "DELETE FROM service_token_scope",
    "a later end in the list": "UPDATE service_token_listing SET ends_at = ends_at + 1",
    "no end in the list": "UPDATE service_token_listing SET ends_at = NULL",
    "another name in the list": "UPDATE service_token_listing SET name = 'x'",
    "hide from the list": "DELETE FROM service_token_listing WHERE token_id = :id",
    "replace in the list": "REPLACE INTO service_token_listing "
    "SELECT token_id, project_id, name, created_at, NULL, text FROM service_token_listing",
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_token_cannot_be_changed(vault: Vault, token: ServiceToken, statement: str) -> None:
    before = everything(vault.directory)
    values = {"id": token.id} if ":id" in statement else {}
    for foreign_keys, recursive in product((True, False), ("ON", "OFF")):
        with raw(vault.directory, foreign_keys=foreign_keys) as connection:
            connection.execute(f"PRAGMA recursive_triggers = {recursive}")
            with pytest.raises(sqlite3.IntegrityError, match=r"immutable|brought forward|left out"):
                connection.execute(statement, values)
    assert everything(vault.directory) == before
    assert vault.tokens.get(token.id) == token


UTILITIES: dict[str, Callable[[sqlite_utils.Database, dict[str, object]], object]] = {
    "replace": lambda file, row: file.table("service_token").insert(row, replace=True),
    "upsert": lambda file, row: file.table("service_token").upsert(row, pk="id"),
    "update": lambda file, row: file.table("service_token").update(str(row["id"]), {"name": "x"}),
    "insert a scope": lambda file, row: file.table("service_token_scope").insert(
        {"token_id": row["id"], "position": 9, "environment": "dev", "secret_path": "/**"}
    ),
}


@pytest.mark.parametrize("change", UTILITIES.values(), ids=UTILITIES)
def test_sqlite_utils_cannot_change_it_either(
    vault: Vault,
    token: ServiceToken,
    change: Callable[[sqlite_utils.Database, dict[str, object]], object],
) -> None:
    before = everything(vault.directory)
    file = sqlite_utils.Database(vault.directory / "vault.db")
    row = dict(next(file.table("service_token").rows)) | {"name": "x"}
    try:
        with pytest.raises(sqlite3.IntegrityError, match="immutable"):
            change(file, row)
    finally:
        file.close()
    assert everything(vault.directory) == before


def test_scopes_cannot_be_left_for_a_token_to_come(vault: Vault, project: Project) -> None:
    with (
        raw(vault.directory) as connection,
        pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"),
    ):
        connection.execute("INSERT INTO service_token_scope VALUES ('later', 0, 'dev', '/**')")


@pytest.mark.parametrize("foreign_keys", [True, False], ids=["keys on", "keys off"])
def test_a_deleted_token_takes_all_along(
    vault: Vault, project: Project, foreign_keys: bool
) -> None:
    made = vault.tokens.create(project, v3()).token
    with raw(vault.directory, foreign_keys=foreign_keys) as connection:
        connection.execute("INSERT INTO service_token_use VALUES (?, 1, 1)", (made.id,))
        connection.execute("DELETE FROM service_token WHERE id = ?", (made.id,))
        for (table,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'service_token%'"
        ).fetchall():
            assert connection.execute(f"SELECT * FROM {table}").fetchall() == [], table
    assert vault.tokens.next_end() is None


def test_only_the_two_switches_of_v3_and_an_earlier_end_can_change(
    vault: Vault, project: Project
) -> None:
    made = vault.tokens.create(project, v3()).token
    before = everything(vault.directory)
    vault.tokens.set_active(made, True)
    vault.tokens.set_trusted_ips(made, parse_ranges(["10.0.0.0/8"]))
    assert everything(vault.directory) == before
    vault.tokens.rotate(vault.tokens.get(made.id), overlap=HOUR)
    rows = everything(vault.directory)
    assert before[0][0] in rows[0]
    assert set(before[1]) <= set(rows[1])
    assert vault.tokens.get(made.id).expires_at == NOON + HOUR


@pytest.mark.parametrize(
    ("column", "value"),
    [("permissions", "'execute'"), ("permissions", "''"), ("version", "4"),
     ("secret_hash", "x'00'"), ("expires_at", "'tomorrow'"), ("project_id", "'none'")],
)  # fmt: skip
def test_a_row_that_no_token_can_have_is_refused(
    vault: Vault, token: ServiceToken, column: str, value: str
) -> None:
    values = ", ".join({"id": "'new'", column: value}.get(name, name) for name in TOKEN_COLUMNS)
    with raw(vault.directory) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(f"INSERT INTO service_token SELECT {values} FROM service_token")


def test_a_server_copy_cannot_stand_beside_e2ee(vault: Vault, project: Project) -> None:
    with raw(vault.directory) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE project SET server_copy = x'00'")


def test_a_version_of_a_secret_cannot_be_changed(vault: Vault, project: Project) -> None:
    vault.secrets.create(project, Place("dev", "/"), "A", "x")
    with raw(vault.directory) as connection:
        for change in ("SET value_ciphertext = ''", "SET version = 2", "SET created_at = 0"):
            with pytest.raises(sqlite3.IntegrityError, match="immutable: write the next one"):
                connection.execute(f"UPDATE secret_version {change}")
        with pytest.raises(sqlite3.IntegrityError, match="immutable: write the next one"):
            connection.execute("REPLACE INTO secret_version SELECT * FROM secret_version")


def test_folders_are_paths_below_the_root(vault: Vault, project: Project) -> None:
    with raw(vault.directory) as connection:
        for path in ("/", "a", "/a/", ""):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute("INSERT INTO folder VALUES (?, 'dev', ?)", (project.id, path))


def test_lists_are_read_from_an_index_in_every_order(vault: Vault, token: ServiceToken) -> None:
    """Sorting 100,000 tokens for every page takes half a second.

    Whether the listing is true is asked once, as long as nobody writes to the file.
    """
    unknown = Project("p", "p", "p", True, 0)
    vault.tokens.page(unknown)
    end = vault.tokens.next_end()
    statements: list[str] = []
    sqlite_of(vault).set_trace_callback(statements.append)
    for order in Order:
        for backwards in (False, True):
            vault.tokens.page(unknown, order=order, backwards=backwards, limit=10)
    assert vault.tokens.next_end() == end
    sqlite_of(vault).set_trace_callback(None)
    asked = [one for one in statements if not one.startswith("PRAGMA data_version")]
    assert len(asked) == 6
    with raw(vault.directory) as connection:
        for statement in asked:
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
            assert any("COVERING INDEX service_token_" in step for step in plan), plan
            assert not any(step.startswith("SCAN t") for step in plan), plan
