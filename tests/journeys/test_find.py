"""The palette finds what there is, and `:` goes to a path."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from st_tui.core.model import Scope
from st_tui.tui.app import StTui
from st_tui.tui.screens.command_palette import CommandPalette
from st_tui.tui.screens.folders import FoldersPage
from st_tui.tui.screens.to_path import ToPath
from st_tui.tui.widgets.folder_lists import FolderList
from st_tui.tui.widgets.token_list import TokenList
from tests.journeys.driving import (
    nothing_answered,
    opened,
    screen_text,
    token_named,
    until,
    write,
)
from tests.tmux_session import TmuxSession, needs_tmux


async def _find(pilot: Pilot[None], text: str, key: str = "ctrl+p") -> None:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette), "the palette opens")
    await write(pilot, text)
    await pilot.press("enter")
    await until(pilot, lambda: len(pilot.app.screen_stack) == 1, "the palette is gone")


def _chosen(app: StTui) -> str:
    token = app.screen.query_one(TokenList).current
    return token.name if token else ""


@pytest.mark.parametrize("by", ["ci-dep", "CI-DEPLOY", "id"])
async def test_a_token_is_found(demo_app: StTui, by: str) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        text = token_named(demo_app, "ci-deploy").id[:8] if by == "id" else by
        await _find(pilot, text)
        await until(pilot, lambda: _chosen(demo_app) == "ci-deploy", "the cursor is on it")


async def test_a_token_is_found_by_a_scope_behind_a_filter_and_from_another_page(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("slash")
        await write(pilot, "legacy")
        await pilot.press("enter", "3")
        await until(pilot, lambda: demo_app.current_mode == "audit", "the audit page is shown")
        scope = Scope("dev", "/*/*")
        assert scope in token_named(demo_app, "second-level").scopes
        await _find(pilot, str(scope))
        await until(pilot, lambda: demo_app.current_mode == "tokens", "the tokens are shown")
        await until(pilot, lambda: _chosen(demo_app) == "second-level", "the cursor is on it")


@pytest.mark.parametrize(
    ("text", "environment", "path"),
    [("dev:/common/db", "dev", "/common/db"), ("staging", "staging", "/")],
)
async def test_a_folder_and_an_environment_are_found(
    demo_app: StTui, text: str, environment: str, path: str
) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await _find(pilot, text)
        await until(pilot, lambda: demo_app.current_mode == "folders", "the folders are shown")

        def there() -> tuple[str, str]:
            place = cast("FoldersPage", demo_app.screen).chosen_place()
            return place or ("", "")

        await until(pilot, lambda: there() == (environment, path), f"{environment}:{path}")


async def test_a_warning_is_found(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(demo_app.screen, CommandPalette), "it opens")
        await until(pilot, lambda: demo_app.screen._warnings != (), "the warnings are read")  # type: ignore[attr-defined]
        await write(pilot, "never expires")
        await until(pilot, lambda: "warning  legacy-billing: " in screen_text(pilot), "it is found")
        await pilot.press("enter")
        await until(pilot, lambda: "Warnings" in screen_text(pilot), "the warnings are open")


async def test_enter_waits_for_what_the_vault_has(demo_app: StTui) -> None:
    """Typed ahead, the whole line arrives before anything is read."""
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("ctrl+p", *"top-level".replace("-", ""), "escape")
        await pilot.press("ctrl+p", *"metrics", "enter")
        await until(pilot, lambda: _chosen(demo_app) == "metrics-ingest", "the cursor is on it")


async def test_a_path_is_tested(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(demo_app.screen, ToPath), "it asks")
        await write(pilot, "dev:/common/ca")
        await until(pilot, lambda: "dev:/common/cache" in screen_text(pilot), "it is completed")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "/common/cache" in screen_text(pilot), "it is tested")


async def test_enter_waits_for_the_places_too(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        async with nothing_answered(demo_app):
            await pilot.press("colon")
            await write(pilot, "dev:/common/db")
            await pilot.press("enter")
            await until(pilot, lambda: "dev:/common/db" in screen_text(pilot), "it is typed")
            assert isinstance(demo_app.screen, ToPath)
            assert "no environment" not in screen_text(pilot)
        await until(pilot, lambda: not isinstance(demo_app.screen, ToPath), "it goes on")
        await until(pilot, lambda: "  /common/db  " in screen_text(pilot), "to the test of it")


async def test_a_vault_that_is_gone_has_no_places(demo_app: StTui, tmp_path: Path) -> None:
    async with demo_app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        moved = (tmp_path / "vault").rename(tmp_path / "elsewhere")
        await pilot.press("colon")
        await write(pilot, "dev:/common/db")
        for _ in range(2):
            await pilot.press("enter")
            await until(pilot, lambda: "There is no vault" in screen_text(pilot), "it is said")
            assert "no environment" not in screen_text(pilot)
        moved.rename(tmp_path / "vault")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(demo_app.screen, ToPath), "it is there again")


async def test_a_path_is_opened(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(demo_app.screen, ToPath), "it asks")
        await until(pilot, lambda: demo_app.screen._known.folders != (), "it knows the folders")  # type: ignore[attr-defined]
        await write(pilot, "/frontend/web")
        await until(pilot, lambda: "→ dev:/frontend/web" in screen_text(pilot), "it is said")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: demo_app.current_mode == "folders", "the folders are shown")
        await until(
            pilot,
            lambda: (
                getattr(demo_app.screen.query_one(FolderList).current, "path", "")
                == "/frontend/web"
            ),
            "the cursor is on it",
        )


async def test_a_place_that_is_none_is_said(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(demo_app.screen, ToPath), "it asks")
        await until(pilot, lambda: demo_app.screen._known.folders != (), "it knows the folders")  # type: ignore[attr-defined]
        await write(pilot, "live:/a")
        await pilot.press("enter")
        await until(pilot, lambda: "There is no environment “live”" in screen_text(pilot), "said")


@needs_tmux
def test_over_ssh_at_80x24(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "st_tui", "demo")
    with TmuxSession(tmp_path / "tmux", command) as session:
        session.wait_for("11 tokens")
        session.press("C-p")
        session.wait_for("a token, id, folder", "Enter go  ↑ ↓ choose  Esc close")
        session.write("nightly")
        session.wait_for("token    nightly-backup")
        session.press("Enter")
        session.wait_for("Test nightly-backup")
        session.write(":")
        session.wait_for("Go to a path", "Enter test there")
        session.write("prod:/nowhere\r")
        session.wait_for("nightly-backup", "ALLOWED", "/nowhere")
