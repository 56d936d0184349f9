"""An overview in a process of its own: the same answers, no trace of it, and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from st_tui.tui.analysis import analysis
from st_tui.tui.analysis.in_process import InProcess
from st_tui.tui.app import StTui
from st_tui.tui.screens.overview import Overview
from st_tui.tui.screens.promises import Promises
from st_tui.tui.screens.warnings import Warnings
from st_tui.tui.screens.who import Who
from st_tui.tui.widgets.asked_listing import AskedListing
from tests.journeys.driving import opened, screen_text, until

PROMISES = "no token may write prod:/**\nno token may write staging:/nowhere/**\n"
SCREENS: list[tuple[str, str]] = [
    ("warnings", "warnings about"),
    ("who", "living tokens can read / in dev"),
    ("promises", "1 of 2 hold."),
]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every project has many tokens."""
    monkeypatch.setattr(analysis, "MANY", 0)


def screen(name: str, directory: Path) -> Overview[Any]:
    (directory / "ours").write_text(PROMISES, encoding="utf-8")
    if name == "promises":
        return Promises(str(directory / "ours"))
    return Warnings() if name == "warnings" else Who()


def rows(app: StTui) -> list[object]:
    """Every row of the list that the screen has, on it or not."""
    listing = app.screen.query_one(AskedListing)
    return [listing.item(index) for index in range(listing.count)]


def process_of(app: StTui) -> subprocess.Popen[bytes]:
    """The process in which the overview of the screen works."""
    assert isinstance(app.screen, Overview)
    assert app.screen._analysis is not None
    where = app.screen._analysis._where
    assert isinstance(where, InProcess)
    return where.process


def is_there(pid: int) -> bool:
    """Whether a process is there, and no zombie."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait for another process; the limit is there only to end a failing test."""
    for _ in range(3000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError(f"never happened: {what}")


@pytest.mark.parametrize(("name", "said"), SCREENS)
async def test_its_answers_are_those_of_the_app_itself(
    demo_app: StTui, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        found = []
        for many in (analysis.MANY, 0):
            monkeypatch.setattr(analysis, "MANY", many)
            await demo_app.push_screen(screen(name, tmp_path))
            await until(pilot, lambda: said in screen_text(pilot), said)
            found.append((rows(demo_app), screen_text(pilot)))
            demo_app.screen.dismiss()
            await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the list again")
    in_threads, in_process = found
    assert in_process == in_threads
    assert len(in_process[0]) > 1


@pytest.mark.usefixtures("many")
async def test_closing_the_screen_kills_it(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await until(pilot, lambda: "living tokens can read" in screen_text(pilot), "the answer")
        pid = process_of(demo_app).pid
        os.kill(pid, signal.SIGSTOP)  # whatever it is at
        await pilot.press("escape")
        await until(pilot, lambda: not is_there(pid), "it is gone")


@pytest.mark.usefixtures("many")
async def test_its_end_is_said_in_one_sentence(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await until(pilot, lambda: "living tokens can read" in screen_text(pilot), "the answer")
        process_of(demo_app).kill()
        await pilot.press("a")
        said = "✖ The process that reads the tokens has ended: close this screen and open it again."
        await until(pilot, lambda: said in " ".join(screen_text(pilot).split()), "it is said")
        await pilot.press("escape", "w")
        await until(pilot, lambda: "living tokens can read" in screen_text(pilot), "a new one")


@pytest.mark.usefixtures("many")
async def test_it_has_no_terminal_no_secret_and_no_data_in_its_arguments(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFISICAL_TOKEN", "st.a.b.c")
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await until(pilot, lambda: "living tokens can read" in screen_text(pilot), "the answer")
        own = Path(f"/proc/{process_of(demo_app).pid}")
        arguments = own.joinpath("cmdline").read_text(encoding="utf-8").split("\0")
        assert arguments[1:] == ["-m", "st_tui.tui.analysis.child", ""]
        environment = own.joinpath("environ").read_text(encoding="utf-8")
        assert "INFISICAL_TOKEN" not in environment
        assert str(demo_app.directory) not in environment
        assert os.readlink(own / "fd" / "2") == os.devnull
        terminals = ("/dev/pts", "/dev/tty")
        assert not any(os.readlink(fd).startswith(terminals) for fd in (own / "fd").iterdir())
        assert os.getsid(process_of(demo_app).pid) != os.getsid(0)


_STARTS_ONE = """
import asyncio, os, signal
from pathlib import Path
from typing import Any
from types import SimpleNamespace
from st_tui.tui.analysis.in_process import InProcess

async def main():
    where = InProcess(SimpleNamespace(directory=Path("nowhere"), actor="ann"), None)
    print(where.process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_it_ends_with_the_app_however_that_ends() -> None:
    app = subprocess.run(
        (sys.executable, "-c", _STARTS_ONE), stdout=subprocess.PIPE, check=False, text=True
    )
    assert app.returncode == -signal.SIGKILL
    wait_until(lambda: not is_there(int(app.stdout)), "it is gone")


def test_it_imports_nothing_of_textual() -> None:
    code = "import sys, st_tui.tui.analysis.child; print({'textual', 'rich'} & {*sys.modules})"
    run = subprocess.run((sys.executable, "-c", code), capture_output=True, check=True, text=True)
    assert run.stdout == "set()\n"
