"""An entry of the audit log, in words and with all its fields."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from textual.pilot import Pilot

from st_tui.core.secrets.model import Place
from st_tui.tui.app import StTui
from st_tui.tui.screens.audit import AuditPage
from st_tui.tui.screens.entry import EntryScreen
from st_tui.tui.screens.folders import FoldersPage
from st_tui.tui.screens.token import TokenScreen
from tests.journeys.driving import opened, project_of, screen_text, token_named, until, vault, write

SMALL = (80, 24)


async def opened_entry(pilot: Pilot[None], text: str) -> None:
    """Open the newest entry of the log that has a text."""
    app = pilot.app
    await pilot.press("3")
    await until(pilot, lambda: isinstance(app.screen, AuditPage), "the page")
    page = app.screen
    assert isinstance(page, AuditPage)
    await pilot.press("slash")
    await write(pilot, text)
    await until(pilot, lambda: page.is_up_to_date and " of " in screen_text(pilot), "it is found")
    await pilot.press("enter", "enter")
    await until(pilot, lambda: isinstance(app.screen, EntryScreen), "the entry")
    await until(pilot, lambda: "Chain" in screen_text(pilot), "all of it")


async def test_an_entry_is_told_in_words_and_in_full(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await opened_entry(pilot, "ci-deploy")
        with closing(sqlite3.connect(demo_app.directory / "vault.db")) as connection:
            rows = connection.execute(
                "SELECT seq, ip, environment, path, verdict, hash FROM audit_log "
                "WHERE actor = ? ORDER BY seq DESC LIMIT 1",
                (token_named(demo_app, "ci-deploy").id,),
            ).fetchone()
            seq, ip, environment, path, verdict, own_hash = rows
            [before] = connection.execute(
                "SELECT hash FROM audit_log WHERE seq = ?", (seq - 1,)
            ).fetchone()
        text = " ".join(screen_text(pilot).split())
        assert f"Entry {seq}" in text
        did = "read" if verdict == "allowed" else "wanted to read"
        assert f"ci-deploy {did} {environment}:{path} from {ip} with cli: {verdict}" in text
        assert f"✔ follows from entry {seq - 1}" in text
        assert own_hash in text
        assert before in text


async def test_it_leads_to_its_token_and_its_folder_and_back(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await opened_entry(pilot, "dev:/common/mail")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "its token")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.screen, EntryScreen), "back")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(demo_app.screen, FoldersPage), "its folder")
        page = demo_app.screen
        assert isinstance(page, FoldersPage)
        await until(
            pilot,
            lambda: str((page.chosen_place() or Place("", "")).path).startswith("/common/mail"),
            "is chosen",
        )
        assert "Esc back" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.screen, EntryScreen), "back again")


async def test_up_and_down_go_on_in_the_log(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        secrets = vault(demo_app).secrets
        secrets.create(project_of(demo_app), Place("dev", "/ci"), "FIRST", "1")
        secrets.create(project_of(demo_app), Place("dev", "/ci"), "SECOND", "2")
        await opened_entry(pilot, "create-secret")
        await until(pilot, lambda: "created SECOND in dev:/ci" in screen_text(pilot), "the newest")
        await pilot.press("down")
        await until(pilot, lambda: "created FIRST in dev:/ci" in screen_text(pilot), "the older")
        await pilot.press("up", "escape")
        await until(pilot, lambda: isinstance(demo_app.screen, AuditPage), "the log")
        await until(pilot, lambda: "created SECOND in dev:/ci" in screen_text(pilot), "is in step")


async def test_a_changed_entry_does_not_follow(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        newest = vault(demo_app).audit.page(limit=1)[0]
        changed = newest._replace(ip="10.9.8.7")
        assert vault(demo_app).audit.context(newest).follows
        assert not vault(demo_app).audit.context(changed).follows


async def test_details_are_read_as_a_person_reads_them(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(100, 36)) as pilot:
        await opened(pilot)
        await pilot.press("3", "slash")
        await write(pilot, "legacy-billing")
        await pilot.press("enter", "end", "enter")  # the oldest: it was made to live for ever
        await until(pilot, lambda: "Details" in screen_text(pilot), "the entry")
        text = " ".join(screen_text(pilot).split())
        assert "expiresAt none" in text
        assert "scopes prod:/backend/billing" in text
        assert "permissions read, write" in text
        assert "None" not in text
        assert "[" not in text
