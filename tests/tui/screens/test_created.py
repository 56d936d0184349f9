"""The dialog with a new token's text: it asks before it closes, and nothing of the text is left."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from st_tui.tui.app import StTui
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.created import CloseUncopied, Created
from st_tui.tui.screens.text_alone import TextAlone
from tests.journeys.driving import choose, opened, screen_text, token_named, until, vault


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal with a clipboard: OSC 52 is sent."""
    for name in ("TMUX", "STY", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


async def revealed(pilot: Pilot[Any]) -> Created:
    """A clone of ci-deploy, its text on the screen."""
    await opened(pilot)
    await choose(pilot, "ci-deploy")
    await pilot.press("c")
    await until(pilot, lambda: isinstance(pilot.app.screen, Create), "the form")
    await pilot.press("f2")
    await until(pilot, lambda: isinstance(pilot.app.screen, Created), "the token")
    assert isinstance(pilot.app.screen, Created)
    return pilot.app.screen


async def asked(pilot: Pilot[Any]) -> None:
    """Wait for the question that leaving puts over it."""
    await until(pilot, lambda: isinstance(pilot.app.screen, CloseUncopied), "it asks")


async def closed(pilot: Pilot[Any]) -> None:
    """Wait until the token has gone."""
    await until(pilot, lambda: len(pilot.app.screen_stack) == 1, "the list again")


async def test_nothing_of_a_new_token_stays_once_it_is_closed(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(120, 36)) as pilot:
        dialog = await revealed(pilot)
        secret, key = dialog._new.text.secret, dialog._new.text.key
        assert secret in texts()
        dialog.text_select_all()
        await pilot.press("ctrl+c")
        assert key in demo_app.clipboard
        await pilot.press("q")
        await until(pilot, lambda: "Close without copying?" in screen_text(pilot), "it asks")
        await pilot.press("x")
        await closed(pilot)
        assert demo_app.clipboard == ""
        assert secret not in texts()
        assert key not in texts()
        assert "_new" not in vars(dialog)


async def test_no_key_of_the_token_loses_it_in_the_question(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await revealed(pilot)
        await pilot.press("escape")
        await asked(pilot)
        said = screen_text(pilot)
        assert "The token cannot be shown again." in said
        assert "c copy and close  x close without copying  Esc go back" in said
        for key in ("y", "a", "v", "f3"):
            await pilot.press(key)
            await pilot.pause()
            assert isinstance(demo_app.screen, CloseUncopied), key
        keys = {key for action in CloseUncopied.ACTIONS for key in action.keys.split(",")}
        copying = {"copy", "copy_access", "alone", "try_it"}
        below = {
            key for action in Created.ACTIONS if action.name in copying
            for key in action.keys.split(",")
        }  # fmt: skip
        assert not keys & below
        for key in ("escape", "enter", "q", "n", "f10"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(demo_app.screen, Created), "it is still there")
            await pilot.press("ctrl+q")
            await asked(pilot)
        await pilot.press("x")
        await closed(pilot)


async def test_copy_and_close(demo_app: StTui, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(demo_app, "copy_to_clipboard", sent.append)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        dialog = await revealed(pilot)
        text = dialog._new.text.full
        await pilot.press("escape")
        await asked(pilot)
        await pilot.press("c")
        await closed(pilot)
        assert sent == [text]
        assert text.rpartition(".")[2] not in texts()


@pytest.mark.parametrize("leave", ["escape", "q", "f10"])
async def test_a_copied_token_goes_without_a_question(demo_app: StTui, leave: str) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        dialog = await revealed(pilot)
        key = dialog._new.text.key
        assert dialog.unsaved
        await pilot.press("y", leave)
        await closed(pilot)
        assert key not in texts()
        assert "_new" not in vars(dialog)


async def test_the_app_ends_with_a_copied_token_on_the_screen(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await revealed(pilot)
        await pilot.press("y", "ctrl+q")
        await until(pilot, lambda: not demo_app.is_running, "it ends")


async def test_the_access_token_alone_is_not_the_token(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await revealed(pilot)
        await pilot.press("a", "escape")
        await asked(pilot)
        assert "Only its access token was copied." in screen_text(pilot)
        await pilot.press("c")
        await closed(pilot)


async def test_where_copying_cannot_work_the_token_stays(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "linux")
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await revealed(pilot)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(demo_app.screen, TextAlone), "it is shown alone")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "back")
        await pilot.press("escape")
        await asked(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, TextAlone), "it is shown alone")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "it is still there")
        assert vault(demo_app).tokens.get(token_named(demo_app, "ci-deploy copy").id)
        assert "Symmetric key" in screen_text(pilot)


@pytest.mark.parametrize(
    ("key", "line", "said"), [("y", 1, "they are the token"), ("a", 0, "it is the access token")]
)
async def test_where_a_copy_may_be_lost_on_the_way_it_is_said_and_shown(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch, key: str, line: int, said: str
) -> None:
    """After ssh from inside a tmux, TERM alone tells of it."""
    monkeypatch.setenv("TERM", "tmux-256color")
    for name in ("TMUX", "STY", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    sent: list[str] = []
    monkeypatch.setattr(demo_app, "copy_to_clipboard", sent.append)
    async with demo_app.run_test(size=(80, 24), notifications=True) as pilot:
        await revealed(pilot)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(demo_app.screen, TextAlone), "it is shown alone")
        assert len(sent) == 1
        text = screen_text(pilot)
        lines = text.splitlines()
        assert "".join(part.strip() for part in lines[: line + 1]) == sent[0]
        assert said in text
        await until(pilot, lambda: "Sent to the terminal, but" in screen_text(pilot), "it is said")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "back")
        # It may be lost, so it does not count as copied.
        await pilot.press("escape")
        await asked(pilot)


def texts() -> str:
    """What every living text, on the screen or not yet collected, has to show."""
    return "\n".join(str(each.content) for each in gc.get_objects() if isinstance(each, Static))
