"""Hostile names and paths that others put into the file are plain text on every screen."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from textual.app import App

from st_tui.tui.app import StTui
from st_tui.tui.screens.dialog import Confirm, Dialog
from st_tui.tui.widgets.folder_lists import FolderList
from tests.core.vaults import raw
from tests.journeys.driving import opened, screen_text, until

ACTS = "x\x1b[31m[red]\u202ey\x9b"
SHOWN = "x\\x1b[31m[red]\\u202ey\\x9b"


def drawn(app: App[None]) -> str:
    """What the screen's cells hold, as it goes to the terminal."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips(app.size))


def is_text(app: App[None]) -> bool:
    lines = drawn(app)
    return not any(unicodedata.category(c) == "Cc" and c != "\n" for c in lines) and (
        "\u202e" not in lines
    )


def spoil(directory: Path) -> None:
    with raw(directory) as connection:
        [project] = connection.execute("SELECT id FROM project").fetchone()
        place = (project, "dev", f"/{ACTS}")
        connection.execute(
            "INSERT INTO folder (project_id, environment, path) VALUES (?, ?, ?)", place
        )
        connection.execute("UPDATE environment SET name = ? WHERE slug = 'dev'", (ACTS,))
        connection.execute(
            "INSERT INTO secret_import VALUES ('link', ?, ?, ?, 'dev', '/common', 1, 1)", place
        )


async def test_they_are_text_on_every_screen(demo_app: StTui) -> None:
    spoil(demo_app.directory)
    async with demo_app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("2")
        await until(pilot, lambda: bool(demo_app.screen.query(FolderList)), "the page")
        folders = demo_app.screen.query_one(FolderList)
        await until(pilot, lambda: folders.count > 20, "the folders are listed")
        await pilot.press("end")
        await until(
            pilot, lambda: f"dev:/{SHOWN}  0 secrets, 1 import" in screen_text(pilot), "all"
        )
        assert f"└ {SHOWN}" in screen_text(pilot)
        assert is_text(demo_app)
        for key in ("n", "i", "l", "x", "f", "d", "r"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(demo_app.screen, Dialog), "a dialog")
            assert SHOWN in drawn(demo_app), key
            assert is_text(demo_app), key
            await pilot.press("f10")
            await until(pilot, lambda: len(demo_app.screen_stack) == 1, "closed")
        await pilot.press("enter", "d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        assert "Stop importing dev:/common?" in screen_text(pilot)
        assert is_text(demo_app)
