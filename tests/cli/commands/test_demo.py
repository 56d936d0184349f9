"""Opening the app: on the vault, on a throw-away demo, on a demo that is kept."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from st_tui.core.files import vault_files, written_aside
from st_tui.core.vault import Vault
from st_tui.demo import is_demo
from st_tui.tui import _make_demo
from tests.cli.conftest import Run, assert_refused


class Opened(NamedTuple):
    """How the app was opened, and whether its directory was there."""

    directory: Path
    demo: bool
    was_there: bool
    stage: bool = False
    step: int | None = None


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Opened]:
    """A stand-in for the app, which needs a terminal: what it was opened with."""
    opened = []

    def run(
        directory: Path,
        *,
        actor: str,
        demo: bool,
        stage: bool = False,
        step: int | None = None,
        **_: object,
    ) -> int:
        assert actor
        opened.append(Opened(directory, demo, directory.exists(), stage, step))
        return 7

    module = ModuleType("st_tui.tui")
    monkeypatch.setattr(module, "run", run, raising=False)
    monkeypatch.setitem(sys.modules, "st_tui.tui", module)
    return opened


def test_without_a_command_the_app_opens(run: Run, opened: list[Opened], tmp_path: Path) -> None:
    assert run().status == 7
    assert opened == [Opened(tmp_path / "data" / "st-tui", False, False)]
    assert run("--vault", str(tmp_path)).status == 7
    assert opened[1] == Opened(tmp_path, False, True)


def test_a_demo_is_thrown_away(run: Run, opened: list[Opened], directory: Path) -> None:
    # ST_TUI_VAULT names the real vault: the demo must not be made there.
    assert run("demo").status == 7
    [demo] = opened
    assert demo.demo
    assert demo.was_there
    assert demo.directory != directory
    assert not demo.directory.exists()


def test_a_demo_that_is_thrown_away_is_made_in_memory(
    run: Run, opened: list[Opened], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody waits for a disk, unless TMPDIR names another place."""
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", None)
    assert run("demo").status == 7
    in_memory = Path("/dev/shm")  # noqa: S108  # no file of a fixed name is made there
    expected = in_memory if os.access(in_memory, os.W_OK) else Path(tempfile.gettempdir())
    assert opened[-1].directory.parent == expected
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    assert run("demo").status == 7
    assert opened[-1].directory.parent == tmp_path


def test_a_demo_can_be_kept(run: Run, opened: list[Opened], tmp_path: Path) -> None:
    kept = str(tmp_path / "kept")
    assert run("demo", "--vault", kept).status == 7
    assert run("init", "--vault", kept, "--name", "demo").status == 0
    assert run("demo", "--vault", kept).status == 7
    assert [demo.directory for demo in opened] == [Path(kept)] * 2


def test_a_demo_whose_making_was_killed_is_made_again(
    run: Run, opened: list[Opened], tmp_path: Path
) -> None:
    keys_only, no_project = tmp_path / "keys", tmp_path / "empty"
    vault_files.make_directory(keys_only)
    vault_files.make_keys(keys_only, os.urandom)
    Vault.create(no_project, actor="ann").close()
    for left in (keys_only, no_project):
        assert run("demo", "--vault", str(left)).status == 7
        assert opened[-1].directory == left
        _make_demo("ann", left)
        assert is_demo(left)
        before = (left / "vault.db").read_bytes()
        _make_demo("ann", left)
        assert (left / "vault.db").read_bytes() == before


def test_a_demo_opens_on_the_stage_and_at_a_step(
    run: Run, opened: list[Opened], tmp_path: Path
) -> None:
    kept = str(tmp_path / "kept")
    assert run("demo", "--stage").status == 7
    assert run("demo", "--step", "6", "--vault", kept).status == 7
    assert [(each.stage, each.step) for each in opened] == [(True, None), (False, 6)]


@pytest.mark.parametrize("step", ["0", "-1", "16", "six"])
def test_a_step_that_the_tour_lacks_is_refused(run: Run, opened: list[Opened], step: str) -> None:
    assert_refused(run("demo", "--step", step), "--step")
    assert opened == []


def test_a_demo_is_laid_over_nothing_else(
    run: Run, opened: list[Opened], tmp_path: Path, directory: Path
) -> None:
    assert_refused(run("demo", "--vault", str(directory)), "no demo", "empty directory")
    (tmp_path / "file").touch()
    assert_refused(run("demo", "--vault", str(tmp_path)), "other files", "empty directory")
    assert_refused(run("demo", "--vault", str(tmp_path / "file")), "empty directory")
    assert opened == []


def test_the_app_takes_no_project(run: Run, opened: list[Opened]) -> None:
    assert_refused(run("--project", "shop"), "--project")
    assert_refused(run("demo", "--project", "shop"), "--project")
    assert opened == []


DEMO = """
import sys, time, types
module = types.ModuleType("st_tui.tui")
def run(directory, **_):
    (directory / "vault.db").touch()
    print(directory, flush=True)
    time.sleep(60)
module.run = run
sys.modules["st_tui.tui"] = module
from st_tui.cli import main
sys.exit(main(["demo"]))
"""


def ended(number: signal.Signals) -> tuple[Path, int, str]:
    """A demo that was ended by this signal: its directory, status and last words."""
    with subprocess.Popen(
        [sys.executable, "-c", DEMO], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        directory = Path(process.stdout.readline().strip())
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        process.send_signal(number)
        return directory, process.wait(timeout=60), process.stderr.read()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_demo_goes_when_the_terminal_does(number: signal.Signals) -> None:
    directory, status, said = ended(number)
    assert (status, said) == (128 + number, "")
    assert not directory.exists()


def test_a_demo_that_was_killed_goes_with_the_next(
    run: Run, opened: list[Opened], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    killed, status, _ = ended(signal.SIGKILL)
    assert status == -signal.SIGKILL
    assert killed.exists()
    with written_aside.draft(tmp_path, "st-tui-demo-") as living:
        living.mkdir()
        assert run("demo").status == 7
        assert opened[0].was_there
        assert living.exists()
    assert [path for path in tmp_path.iterdir() if path.name.startswith("st-tui")] == []


def test_nothing_heavy_is_imported_before_the_app() -> None:
    code = """
import sys, types
module = types.ModuleType("st_tui.tui")
module.run = lambda directory, **_: print(*sys.modules) or 0
sys.modules["st_tui.tui"] = module
from st_tui.cli import main
sys.exit(main(["--vault", "/nowhere"]))
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not set(done.stdout.split()) & {
        "textual", "rich", "sqlite3", "sqlite_utils", "cryptography", "platformdirs",
    }  # fmt: skip
