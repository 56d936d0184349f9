"""A form that nobody finished survives the end of its app, and is offered at the next start."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from st_tui.core.model import Environment, Permission, Scope
from st_tui.core.vault import Vault
from st_tui.tui.app import StTui
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.created import Created
from st_tui.tui.screens.dialog import Confirm
from st_tui.tui.widgets.expiry_selector import ExpirySelector
from tests.journeys.driving import opened, screen_text, until, write
from tests.terminal_session import PATIENCE
from tests.tmux_session import TmuxSession, needs_tmux

NOT_FINISHED = "was not finished"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A vault with one project."""
    directory = tmp_path / "vault"
    with closing(Vault.create(directory, actor="ann")) as vault:
        project = vault.projects.create(
            "Shop", [Environment("dev", "Development"), Environment("prod", "Production")]
        )
        for slug in ("dev", "prod"):
            vault.folders.create(project, slug, "/common/db")
    return directory


def kept(directory: Path) -> Path:
    return directory / "operator" / "form.json"


def wait_for(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def begun(tmux: TmuxSession, directory: Path) -> None:
    """Fill in half of a form, and wait until that is kept."""
    tmux.wait_for("0 tokens")
    tmux.press("n")
    tmux.wait_for("New service token")
    tmux.write("web")
    tmux.wait_for("--name web")
    tmux.press("Enter")
    tmux.wait_for("^d remove scope")
    tmux.write("prod:/common/**")
    tmux.wait_for("‹ prod ›", "2 of 3")
    tmux.press("Enter")
    tmux.wait_for("1   prod ", "/path/**")
    tmux.write("/half")
    tmux.wait_for("matches no folder")
    tmux.press("Tab", "Tab", "Space", "Tab", "Tab", "Right", "Right")
    tmux.wait_for("•1 mo")
    wait_for(lambda: kept(directory).exists() and '"1 mo"' in kept(directory).read_text())


@needs_tmux
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGHUP], ids=lambda s: s.name)
def test_a_dropped_line_loses_no_form(tmp_path: Path, directory: Path, end: int) -> None:
    command = (sys.executable, "-m", "st_tui", "--vault", str(directory))
    with TmuxSession(tmp_path / "one", command) as tmux:
        begun(tmux, directory)
        os.kill(tmux.pid, end)
    with TmuxSession(tmp_path / "two", command) as tmux:
        tmux.wait_for(NOT_FINISHED)
        tmux.press("n")
        tmux.wait_for("New service token", "not finished")
        screen = tmux.wait_for("2 of 3", "! not entered")
        assert [line.split()[:3] for line in screen.splitlines()[2:6:2]] == [
            ["Name", "web"], ["Scopes", "1", "prod"]
        ]  # fmt: skip
        assert "[x] read  [x] write" in screen
        assert "•1 mo" in screen
        tmux.press("F2")
        tmux.wait_for("Scope 2, prod:/half, was typed but not entered")
        tmux.press("y")
        tmux.wait_for("Copy it now")
        assert not kept(directory).exists()
    with closing(Vault.open(directory, actor="ann")) as vault:
        (token,) = vault.tokens.page(vault.projects.get())
        assert token.scopes == (Scope("prod", "/common/**"), Scope("prod", "/half"))
        assert token.permissions == {Permission.READ, Permission.WRITE}


async def test_a_form_that_is_closed_on_purpose_is_not_offered_again(demo_app: StTui) -> None:
    form = kept(demo_app.directory)
    async with demo_app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form")
        await write(pilot, "web")
        await until(pilot, form.exists, "it is kept")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await pilot.press("y")
        await until(pilot, lambda: not form.exists(), "it is deleted")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form again")
        assert "what it is for" in screen_text(pilot)
        await pilot.press("escape")  # nothing to lose: nothing is asked, and nothing was kept
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "closed")
        assert not form.exists()


async def test_a_clone_that_is_made_leaves_nothing(demo_app: StTui) -> None:
    form = kept(demo_app.directory)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form")
        await until(pilot, lambda: "Opens" in screen_text(pilot), "it is judged")
        assert not form.exists()  # nobody typed anything yet
        await write(pilot, "x")
        await until(pilot, form.exists, "it is kept")
        assert demo_app.screen.query_one(ExpirySelector).typed in form.read_text()
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "it is made")
        assert not form.exists()
