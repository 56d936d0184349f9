"""Projects: a key of their own, and end-to-end encryption that really forgets."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from st_tui.core.crypto import unwrap
from st_tui.core.errors import Refusal
from st_tui.core.files.vault_files import read_key
from st_tui.core.files.vault_layout import SERVER_KEY
from st_tui.core.model import Environment, Project
from st_tui.core.secrets.model import Place
from st_tui.core.store import sqlite
from st_tui.core.vault import DEFAULT_ENVIRONMENTS, Vault, VaultError
from tests.core.vaults import bytes_in_files, raw, v2


def server_copy(directory: Path) -> bytes | None:
    with raw(directory) as connection:
        copy = connection.execute("SELECT server_copy FROM project").fetchone()[0]
    return None if copy is None else bytes(copy)


def test_a_project_has_its_environments_in_order(vault: Vault) -> None:
    project = vault.projects.create("Café  Shop!")
    assert (project.slug, project.e2ee) == ("caf-shop", True)
    assert vault.projects.every() == [project]
    assert vault.environments.every(project) == list(DEFAULT_ENVIRONMENTS)
    assert vault.projects.create("Café Shop").slug == "caf-shop-2"
    assert vault.projects.create("名前").slug == "project"


@pytest.mark.parametrize(
    ("name", "environments"),
    [
        ("", DEFAULT_ENVIRONMENTS),
        ("a\x1bb", DEFAULT_ENVIRONMENTS),
        ("Shop\u2060", DEFAULT_ENVIRONMENTS),
        ("Shop ", DEFAULT_ENVIRONMENTS),
        ("ok", (Environment("dev", "Dev\u3164"),)),
        ("ok", (Environment("dev", " Dev"),)),
        ("n" * 101, DEFAULT_ENVIRONMENTS),
        ("ok", ()),
        ("ok", (Environment("Dev", "x"),)),
        ("ok", (Environment("dev", ""),)),
        ("ok", (Environment("dev", "x"), Environment("dev", "y"))),
    ],
)
def test_a_project_that_breaks_a_rule_is_refused(
    vault: Vault, name: str, environments: tuple[Environment, ...]
) -> None:
    with pytest.raises(Refusal):
        vault.projects.create(name, environments)
    assert vault.projects.every() == []


def test_the_only_project_is_meant_when_none_is_named(vault: Vault) -> None:
    with pytest.raises(VaultError, match="no project yet: make one"):
        vault.projects.get()
    shop = vault.projects.create("Shop")
    assert vault.projects.get() == vault.projects.get("shop") == shop
    vault.projects.create("Bank")
    with pytest.raises(VaultError, match=r"several projects: .* \(shop, bank\)|\(bank, shop\)"):
        vault.projects.get()
    with pytest.raises(VaultError, match="no project 'x': the vault has"):
        vault.projects.get("x")


def test_with_e2ee_off_the_server_key_opens_the_project_key(vault: Vault) -> None:
    project = vault.projects.create("Shop", e2ee=False)
    assert vault.projects.get() == project
    assert not project.e2ee
    copy = server_copy(vault.directory)
    assert copy is not None
    key = read_key(vault.directory, SERVER_KEY)
    opened = unwrap(copy, key, f"{SERVER_KEY} {project.id}")
    assert opened == vault._session.project_key(project.id)


def test_e2ee_on_erases_the_server_copy_from_every_file(vault: Vault, project: Project) -> None:
    assert server_copy(vault.directory) is None
    copies = []
    for _ in range(3):
        assert vault.projects.set_e2ee(project, on=False).e2ee is False
        copy = server_copy(vault.directory)
        assert copy is not None
        copies.append(copy)
        assert copy in bytes_in_files(vault.directory)
        vault.tokens.create(project, v2())
        assert vault.projects.set_e2ee(project, on=True).e2ee is True
        assert server_copy(vault.directory) is None
        for erased in copies:
            assert erased not in bytes_in_files(vault.directory)


def test_an_erased_key_that_a_reader_holds_back_is_told(
    vault: Vault, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    with Vault.open(vault.directory, actor="ann") as mine:
        mine.projects.set_e2ee(project, on=False)
        reader = sqlite3.connect(vault.directory / "vault.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM project").fetchall()
        with pytest.raises(VaultError, match="E2EE is on, but another program was reading"):
            mine.projects.set_e2ee(project, on=True)
        entries = mine.audit.count()
        with pytest.raises(VaultError, match="turn E2EE on again"):
            mine.projects.set_e2ee(mine.projects.get(), on=True)
        reader.close()
        assert mine.projects.get().e2ee
        assert mine.projects.set_e2ee(mine.projects.get(), on=True).e2ee
        assert not (vault.directory / "vault.db-wal").read_bytes()
        assert mine.audit.count() == entries  # Nothing was switched.


def test_a_deleted_project_leaves_only_its_log(vault: Vault, project: Project) -> None:
    vault.folders.create(project, "dev", "/a/b")
    new = vault.tokens.create(project, v2())
    root, folder = Place("dev", "/"), Place("dev", "/a/b")
    vault.secrets.create(project, folder, "A", "x")
    vault.secrets.add_import(project, root, folder)
    vault.projects.delete(project)
    assert vault.projects.every() == []
    assert vault.tokens.lookup(new.token.id).token is None
    with raw(vault.directory) as connection:
        for (table,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'audit_log'"
        ).fetchall():
            assert connection.execute(f"SELECT * FROM {table}").fetchall() == [], table
    assert [(e.event, e.reason) for e in vault.audit.page(limit=2)] == [
        ("delete-project", None),
        ("delete-service-token", "project"),
    ]
    assert json.loads(vault.audit.page(limit=1)[0].details) == {
        "name": "Shop",
        "numberOfFolders": 2,
        "numberOfSecrets": 1,
    }


def test_what_a_colleague_deleted_is_told(vault: Vault, colleague: Vault, project: Project) -> None:
    colleague.projects.delete(project)
    count = vault.audit.count()
    for act in (
        lambda: vault.projects.delete(project),
        lambda: vault.projects.set_e2ee(project, on=False),
        lambda: vault.environments.create(project, Environment("qa", "QA")),
        lambda: vault.environments.delete(project, "dev"),
        lambda: vault.folders.create(project, "dev", "/a"),
    ):
        with pytest.raises(VaultError, match="project 'Shop' is gone"):
            act()
    assert vault.audit.count() == count


def test_another_vaults_server_key_wraps_nothing(
    vault: Vault, project: Project, tmp_path: Path
) -> None:
    """It would lock the right one out of what it wraps from then on."""
    vault.secrets.create(project, Place("dev", "/"), "A", "x")  # its name key is wrapped
    Vault.create(tmp_path / "other", actor="ann").close()
    shutil.copy(tmp_path / "other" / "server.key", vault.directory)
    with pytest.raises(VaultError, match="belongs to another vault"):
        vault.projects.set_e2ee(project, on=False)
    with pytest.raises(VaultError, match="belongs to another vault"):
        vault.projects.create("Second", e2ee=False)
    second = vault.projects.create("Third")
    with pytest.raises(VaultError, match="belongs to another vault"):
        vault.secrets.create(second, Place("dev", "/"), "A", "x")
    assert [one.name for one in vault.projects.every()] == ["Shop", "Third"]
    assert server_copy(vault.directory) is None
