"""What a person chose is there again at the next start."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from st_tui.tui.app import StTui
from st_tui.tui.settings import NAMES
from st_tui.tui.settings_file import SettingsFile
from st_tui.tui.terminal.detection import appearance
from st_tui.tui.widgets.token_list import TokenList
from tests.conftest import Clock
from tests.journeys.driving import opened, screen_text, until

_TRUECOLOR = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


class Starts:
    """Starts the app again and again, on one vault and one file of settings."""

    def __init__(self, vault: Path, path: Path, clock: Clock) -> None:
        self.vault, self.path, self.clock = vault, path, clock

    def app(self, environ: dict[str, str] = _TRUECOLOR) -> StTui:
        kept = SettingsFile(self.path, NAMES)
        looks = appearance(environ, kept.settings.theme_name)
        return StTui(self.vault, looks, actor="ann", clock=self.clock, settings_file=kept)

    @property
    def written(self) -> dict[str, object]:
        return tomllib.loads(self.path.read_text()) if self.path.exists() else {}


@pytest.fixture
def starts(demo_app: StTui, tmp_path: Path, clock: Clock) -> Starts:
    return Starts(demo_app.directory, tmp_path / "config" / "config.toml", clock)


async def test_the_theme_the_order_and_the_environment(starts: Starts) -> None:
    async with starts.app().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("f9", "D", "s")
        await until(pilot, lambda: "sort" in starts.written, "it is written")
    assert starts.written == {"theme": "high-contrast", "sort": "name"}
    again = starts.app()
    async with again.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert again.theme == "st-tui-high-contrast"
        current = again.screen.query_one(TokenList).current
        assert current is not None
        assert current.name == "all-folders"


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        (_TRUECOLOR, "st-tui-light"),
        ({"TERM": "xterm-256color"}, "st-tui-light-256"),
        ({"TERM": "xterm"}, "plain"),
        ({"TERM": "linux"}, "console"),
        ({**_TRUECOLOR, "NO_COLOR": "1"}, "plain"),
    ],
)
async def test_a_theme_is_shown_as_the_terminal_can(
    starts: Starts, environ: dict[str, str], theme: str
) -> None:
    SettingsFile(starts.path, NAMES).change({"theme": "light"})
    app = starts.app(environ)
    async with app.run_test(size=(80, 24)):
        assert app.theme == theme


async def test_few_colours_stay_and_nothing_is_written(starts: Starts) -> None:
    app = starts.app({"TERM": "xterm"})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: "few colours" in screen_text(pilot), "it is said")
        assert (app.theme, starts.written) == ("plain", {})


async def test_the_terminals_own_colours_are_one_of_the_themes(starts: Starts) -> None:
    app = starts.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        themes = []
        for _ in range(4):
            await pilot.press("f9")
            themes.append(app.theme)
        names = ["light", "high-contrast"]
        assert themes == [*(f"st-tui-{name}" for name in names), "plain", "st-tui-dark"]


async def test_a_file_with_a_fault_is_said_and_the_app_starts(starts: Starts) -> None:
    SettingsFile(starts.path, NAMES).change({"sort": "name"})
    starts.path.write_text('theme = "drak"\n' + starts.path.read_text())
    app = starts.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        await until(pilot, lambda: "'drak'" in screen_text(pilot), "it is said")
        assert app.theme == "st-tui-dark"


async def test_no_password_is_remembered_with_a_server(starts: Starts) -> None:
    app = starts.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        app.server_url = "http://ann:pa55word@127.0.0.1:9"
        app.server_url = "http://127.0.0.1:9"
        app.server_url = "http://ann:pa55word@127.0.0.1:9"
        await until(pilot, lambda: "server" in starts.written, "it is written")
    assert starts.written == {"server": "http://127.0.0.1:9"}
    assert starts.app().server_url == "http://127.0.0.1:9"
