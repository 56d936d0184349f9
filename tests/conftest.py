"""Options and fixtures for all tests."""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest
from hypothesis import settings

from st_tui.demo import make
from st_tui.tui.app import StTui
from st_tui.tui.terminal.detection import Appearance
from tests.journeys.driving import close_vaults
from tests.pictures import ROOT, Pictures

# Hypothesis fails an example that took over 200 ms: machines are noisy, and no test asserts on a
# clock.
settings.register_profile("st-tui", deadline=None)
settings.load_profile("st-tui")

# Else every worker, and every program that a test starts, compiles all it imports.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30  # noqa: S108
if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
    # Every change waits for the disk, and no test cuts the power: in memory nothing waits, and a
    # busy disk makes no test late.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two workers for each processor, since half of a test is waiting; none for a few tests.

    Never over eight: a container may be lent fewer processors than it sees.
    """
    a_few = all(Path(name.partition("::")[0]).is_file() for name in config.args)
    return 0 if a_few else min(2 * (os.cpu_count() or 1), 8)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what only this project's tests know."""
    parser.addoption(
        "--update-pictures",
        action="store_true",
        help="write the screens' pictures anew instead of comparing with them",
    )
    parser.addoption(
        "--pairs",
        type=int,
        default=3_000,
        help="how many pairs of short patterns the algebra is tried on (a night's run: 200000)",
    )


@pytest.fixture
def pictures(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Pictures:
    """The stored pictures of screens: ``await pictures.check(pilot, "main")``."""
    monkeypatch.delenv("NO_COLOR", raising=False)  # Textual would draw in greys
    return Pictures(
        texts=ROOT / "tests" / "pictures",
        drawings=ROOT / "screenshots",
        actual=tmp_path,
        update=request.config.getoption("--update-pictures"),
    )


NOW = 1_795_435_200_000
"""2026-11-23T12:00:00Z, a Monday: the day on which everything in the tests happens."""


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' machine stands in Greenwich, wherever it is."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that a test starts neither reads nor changes what a person's app remembers."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config-home"))


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def demo_vault(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, random.Random]:
    """A demo vault to be copied, and the seeded randomness as it was then."""
    directory = tmp_path_factory.mktemp("demo") / "vault"
    seeded = random.Random(7)
    make(directory, actor="operator", clock=Clock(), randbytes=seeded.randbytes)
    return directory, seeded


@pytest.fixture
def demo_app(
    tmp_path: Path, clock: Clock, demo_vault: tuple[Path, random.Random]
) -> Iterator[StTui]:
    """The app on a demo vault of its own, with a fixed clock and seeded randomness."""
    made, seeded = demo_vault
    directory = shutil.copytree(made, tmp_path / "vault")
    randbytes = copy(seeded).randbytes
    looks = Appearance("st-tui-dark", ansi_color=False, ascii_only=False)
    yield StTui(directory, looks, actor="operator", clock=clock, randbytes=randbytes)
    close_vaults()
