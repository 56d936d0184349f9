"""A backup, restore or first run that is killed at any step leaves nothing that lasts.

What another program is writing at the time is left alone.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from st_tui.core.store import backup
from st_tui.core.store.sqlite import Sqlite
from tests.cli.conftest import Run, create, run

__all__ = ["run"]

DRAFT = re.compile(r"\.st-tui-new-[0-9a-f]{16}(-wal|-shm|-journal|-lock)?")
MANY = 15
"""A turn has more steps than this, or the steps are not seen."""


@pytest.fixture
def start(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault, a backup of it from before its second project, and room for more backups."""
    place = tmp_path / "start"
    (place / "backups").mkdir(parents=True)
    monkeypatch.setenv("ST_TUI_VAULT", str(place / "vault"))
    assert run("init", "--name", "Shop").status == 0
    for turn in range(30):
        create(run, "--name", f"ci-{turn}")
    assert run("backup", str(place / "old.db")).status == 0
    assert run("project", "create", "--name", "Later").status == 0
    monkeypatch.delenv("ST_TUI_VAULT")
    return place


def stopping(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.durability.stopping", *arguments]


def killed_turns(base: Path, *arguments: str) -> list[Path]:
    """The places where this command was killed, one step later in each."""
    done = subprocess.run(
        stopping(str(base), *arguments), check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    places = sorted(base.glob("[0-9]*"))
    assert len(places) > MANY
    return places


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def flaw(file: Path) -> str | None:
    with closing(sqlite3.connect(file)) as connection:
        return backup.flaw(Sqlite(connection))


def test_a_killed_backup_has_no_file_and_the_next_one_cleans_up(run: Run, start: Path) -> None:
    drafts = 0
    for place in killed_turns(
        start.parent, "backup", "HERE/backups/first.db", "--vault", "HERE/vault"
    ):
        folder = place / "backups"
        left = names(folder)
        drafts += any(map(DRAFT.fullmatch, left))
        whole = [name for name in left if not DRAFT.fullmatch(name)]
        assert whole in ([], ["first.db"])
        for name in whole:
            assert flaw(folder / name) is None
        result = run("backup", str(folder / "second.db"), "--vault", str(place / "vault"))
        assert result.status == 0, result.err
        assert names(folder) == [*whole, "second.db"]
    assert drafts


def test_a_killed_restore_leaves_one_whole_vault_and_no_copies(run: Run, start: Path) -> None:
    copies = 0
    for place in killed_turns(
        start.parent, "restore", "HERE/old.db", "--yes", "--vault", "HERE/vault"
    ):
        vault = place / "vault"
        copies += len(names(vault / "operator")) > 1
        result = run("project", "list", "--json", "--vault", str(vault))
        assert result.status == 0, result.err
        projects = [project["name"] for project in result.json["projects"]]
        assert projects in (["Shop"], ["Shop", "Later"])
        assert run("audit", "verify", "--vault", str(vault)).status == 0
        assert names(vault / "operator") == ["operator.key"]
    assert copies


def test_a_killed_restore_of_a_damaged_vault_can_be_done_again(run: Run, start: Path) -> None:
    vault = start / "vault"
    (vault / "vault.db").write_bytes(b"no database" * 1000)
    for place in killed_turns(
        start.parent, "restore", "HERE/old.db", "--yes", "--vault", "HERE/vault"
    ):
        vault = place / "vault"
        assert run("restore", str(place / "old.db"), "--yes", "--vault", str(vault)).status == 0
        assert run("audit", "verify", "--vault", str(vault)).status == 0
        assert names(vault / "operator") == ["operator.key"]


def test_a_killed_first_run_is_taken_up_by_the_next(run: Run, start: Path) -> None:
    shutil.rmtree(start / "vault")
    copies = 0
    for place in killed_turns(start.parent, "init", "--name", "Shop", "--vault", "HERE/vault"):
        vault = place / "vault"
        copies += vault.exists() and any("new-" in path.name for path in vault.rglob("*"))
        if run("project", "list", "--vault", str(vault)).status != 0:
            assert run("init", "--name", "Shop", "--vault", str(vault)).status == 0
        assert run("project", "list", "--vault", str(vault)).out.count("Shop") <= 1
        assert names(vault / "operator") == ["operator.key"]
        assert {"server.key", "vault.db"} <= set(names(vault))
    assert copies


@pytest.mark.parametrize("after", range(3, 17, 3))
def test_what_another_program_is_writing_is_left_alone(run: Run, start: Path, after: int) -> None:
    vault, folder = start / "vault", start / "backups"
    # One of each that stands still, and one of each that is nobody's.
    commands = (("backup", "HERE/backups/first.db"), ("restore", "HERE/old.db", "--yes"))
    held = [
        subprocess.Popen(
            stopping(str(start), "--hold", str(after), *command, "--vault", "HERE/vault")
        )
        for command in commands
    ]
    try:
        for process in held:
            assert os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1])
        before = names(folder), names(vault / "operator")
        orphan = "0123456789abcdef"
        for path in (folder / f".st-tui-new-{orphan}", vault / "operator" / f"new-{orphan}"):
            for part in ("", "-wal", "-shm", "-journal", "-lock"):
                path.with_name(path.name + part).write_bytes(b"left")
        assert run("backup", str(folder / "second.db"), "--vault", str(vault)).status == 0
        assert (names(folder), names(vault / "operator")) == (
            sorted([*before[0], "second.db"]), before[1],
        )  # fmt: skip
    finally:
        for process in held:
            process.send_signal(signal.SIGCONT)
        ended = [process.wait() for process in held]
    assert ended == [0, 0]
    assert names(folder) == ["first.db", "second.db"]
    assert flaw(folder / "first.db") is None
    assert names(vault / "operator") == ["operator.key"]
