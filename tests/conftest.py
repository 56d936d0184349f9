"""Options and fixtures for all tests."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import settings

from st_tui.demo import make
from st_tui.tui.app import StTui
from st_tui.tui.terminal.detection import Appearance
from tests.pictures import ROOT, Pictures

# Hypothesis fails an example that took over 200 ms: machines are noisy, and no test asserts on a
# clock.
settings.register_profile("st-tui", deadline=None)
settings.load_profile("st-tui")


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


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def demo_app(tmp_path: Path, clock: Clock) -> StTui:
    """The app on a demo vault of its own, with a fixed clock and seeded randomness."""
    randbytes = random.Random(7).randbytes
    make(tmp_path / "vault", actor="operator", clock=clock, randbytes=randbytes)
    looks = Appearance("st-tui-dark", ansi_color=False, ascii_only=False)
    return StTui(tmp_path / "vault", looks, actor="operator", clock=clock, randbytes=randbytes)
