"""Secrets from a file and into one, on the screen."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from st_tui.core.secrets.model import Place
from st_tui.core.vault.secrets import Secrets
from st_tui.tui.app import StTui
from st_tui.tui.screens.dialog import Confirm
from st_tui.tui.screens.link_form import LinkForm
from st_tui.tui.screens.secret_files import ExportFile, ExportRemarks, ImportFile
from tests.journeys.driving import opened, project_of, screen_text, until, vault, write
from tests.tui.screens.test_secrets import DB, PASSWORD, go_to, stored

SMALL = (80, 24)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def name_file(pilot: Pilot[None], key: str, dialog: type, name: str) -> None:
    """Open a dialog and type a file's name, then Enter."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, dialog), "the dialog")
    await write(pilot, name)
    await pilot.press("enter")


async def test_a_file_is_read_asked_about_and_written(demo_app: StTui) -> None:
    Path("some.env").write_text("POSTGRES_USER=other\nNEW='a\nb'\n", encoding="utf-8")
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await go_to(pilot, DB)
        await name_file(pilot, "l", ImportFile, "some.env")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        assert "Write 2 secrets into dev:/common/db/primary?" in screen_text(pilot)
        assert "New there: 1. There already: 1" in screen_text(pilot)
        await pilot.press("y")
        await until(pilot, lambda: "1 made, 1 changed, 0 equal" in screen_text(pilot), "written")
        await until(pilot, lambda: "NEW " in screen_text(pilot), "it is listed")
        assert stored(demo_app, "NEW").value == "a\nb"
        assert stored(demo_app, "POSTGRES_USER").sealed.version == 2


async def test_a_files_comments_are_counted_and_written(demo_app: StTui) -> None:
    Path("some.csv").write_text("Key,Value,Comment\nONE,1,why\nTWO,2,\n", encoding="utf-8")
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await go_to(pilot, DB)
        await name_file(pilot, "l", ImportFile, "some.csv")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        assert "Write 2 secrets and 1 comment into dev:/common/db/primary?" in screen_text(pilot)
        await pilot.press("y")
        await until(pilot, lambda: "2 made, 0 changed, 0 equal" in screen_text(pilot), "written")
        assert [stored(demo_app, name).comment for name in ("ONE", "TWO")] == ["why", ""]


async def test_a_file_that_is_not_clear_is_refused_without_repeating_it(demo_app: StTui) -> None:
    Path("bad.env").write_text("A=1\nhunter2\n", encoding="utf-8")
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await go_to(pilot, DB)
        await name_file(pilot, "l", ImportFile, "bad.env")
        await until(pilot, lambda: "Line 2 has no =" in screen_text(pilot), "the line")
        assert "hunter2" not in screen_text(pilot)
        await pilot.press("ctrl+u")
        await pilot.press("enter")
        await until(pilot, lambda: "Name a file." in screen_text(pilot), "why")
        await write(pilot, "none.env")
        await pilot.press("enter")
        await until(pilot, lambda: "no such ordinary file" in screen_text(pilot), "why")
        await pilot.press("f10")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "closed")


async def test_a_folder_goes_into_a_file_of_ones_own(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await go_to(pilot, DB)
        await name_file(pilot, "x", ExportFile, "out.env")
        await until(pilot, lambda: "Wrote 3 secrets to out.env." in screen_text(pilot), "done")
        assert stat.S_IMODE(Path("out.env").stat().st_mode) == 0o600
        assert f"://shop:{PASSWORD}@db" in Path("out.env").read_text(encoding="utf-8")
        await name_file(pilot, "x", ExportFile, "out.env")
        await until(pilot, lambda: "a file of this name already" in screen_text(pilot), "why")
        await pilot.press("ctrl+u")
        await write(pilot, "nowhere/out.env")
        await pilot.press("enter")
        await until(pilot, lambda: "cannot be written: No such file" in screen_text(pilot), "why")
        await pilot.press("ctrl+u")
        await write(pilot, "out.json")
        await pilot.press("tab", "tab", "space", "f2")
        await until(pilot, lambda: "Wrote 3 secrets to out.json." in screen_text(pilot), "done")
        assert "Left out: 2 comments" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "closed")
        raw = json.loads(Path("out.json").read_text(encoding="utf-8"))
        assert raw["DATABASE_URL"].startswith("postgres://${POSTGRES_USER}:")
        events = [entry.event for entry in vault(demo_app).audit.page(limit=2)]
        assert events == ["get-secrets", "get-secrets"]


async def test_imported_secrets_go_along_and_warnings_are_said(demo_app: StTui) -> None:
    worker = Place("dev", "/backend/worker")
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        vault(demo_app).secrets.create(project_of(demo_app), worker, "LOOSE", "${NOWHERE}")
        await go_to(pilot, worker)
        await name_file(pilot, "x", ExportFile, "out.json")
        await until(pilot, lambda: "${NOWHERE} in LOOSE was left as" in screen_text(pilot), "done")
        names = list(json.loads(Path("out.json").read_text(encoding="utf-8")))
        assert names == ["LOOSE", "QUEUE_NAME", "REDIS_URL"]


async def test_what_a_file_cannot_hold_leaves_none_behind(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        vault(demo_app).secrets.create(project_of(demo_app), DB, "it's odd", "1")
        await go_to(pilot, DB)
        await name_file(pilot, "x", ExportFile, "out.env")
        await until(
            pilot, lambda: "dotenv cannot hold the name it's odd" in screen_text(pilot), "why"
        )
        assert not Path("out.env").exists()


async def test_the_format_is_chosen_and_names_that_run_code_are_refused(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        for name, value in {"LD_PRELOAD": "x", "QUOTED": "it's $(id)"}.items():
            vault(demo_app).secrets.create(project_of(demo_app), DB, name, value)
        await go_to(pilot, DB)
        await name_file(pilot, "x", ExportFile, "out.csv")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "written as its name says")
        assert Path("out.csv").read_text(encoding="utf-8").startswith("Key,Value,Comment\n")
        await name_file(pilot, "x", ExportFile, "out.env")
        await until(pilot, lambda: "--allow LD_PRELOAD" in screen_text(pilot), "it says how")
        assert not Path("out.env").exists()
        await pilot.press("tab", "right", "right")
        await until(pilot, lambda: "‹ docker ›" in screen_text(pilot), "another format")
        assert "--allow" not in screen_text(pilot)
        await pilot.press("shift+tab", "end", "x")
        assert "‹ docker ›" in screen_text(pilot)
        vault(demo_app).secrets.delete(project_of(demo_app), DB, "LD_PRELOAD")
        await pilot.press("tab", "left", "left", "f2")
        await until(pilot, lambda: isinstance(demo_app.screen, ExportRemarks), "what to know")
        assert "QUOTED, or none" in screen_text(pilot)
        assert "$(id)" not in screen_text(pilot)
        assert r"QUOTED='it'\''s $(id)'" in Path("out.envx").read_text(encoding="utf-8")
        await pilot.press("enter")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "closed")


async def test_what_is_being_written_cannot_be_left(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_go_on = threading.Event(), threading.Event()
    read, add_import = Secrets.read, Secrets.add_import

    def slow_read(*args: Any, **options: Any) -> Any:
        begun.set()
        may_go_on.wait(10)
        return read(*args, **options)

    def slow_import(*args: Any) -> Any:
        may_go_on.wait(10)
        return add_import(*args)

    monkeypatch.setattr(Secrets, "read", slow_read)
    monkeypatch.setattr(Secrets, "add_import", slow_import)
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await opened(pilot)
        await go_to(pilot, DB)
        await name_file(pilot, "x", ExportFile, "out.env")
        await until(pilot, begun.is_set, "it is begun")
        await pilot.press("f10")
        assert isinstance(demo_app.screen, ExportFile)
        may_go_on.set()
        await until(pilot, lambda: "Wrote 3 secrets" in screen_text(pilot), "done")
        may_go_on.clear()
        await name_file(pilot, "i", LinkForm, "/common/cache")
        await pilot.press("f10")
        assert isinstance(demo_app.screen, LinkForm)
        may_go_on.set()
        await until(pilot, lambda: "→ dev:/common/cache" in screen_text(pilot), "it is listed")
