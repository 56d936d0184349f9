"""The filter of the audit log finds what a person sees there."""

from __future__ import annotations

import re
import sqlite3
import threading
from typing import Any

import pytest
from textual.pilot import Pilot

from st_tui.core.model import ServiceToken
from st_tui.core.secrets.model import Place
from st_tui.tui.app import StTui
from st_tui.tui.screens import audit
from st_tui.tui.screens.audit import AuditPage
from st_tui.tui.widgets.audit_list import AuditList
from st_tui.tui.widgets.field import Field
from tests.journeys.driving import opened, project_of, screen_text, token_named, until, vault

SMALL = (80, 24)


async def filtered(pilot: Pilot[Any], text: str) -> list[int]:
    """Type a text into the filter; the numbers of all entries that the list then has."""
    app = pilot.app
    assert isinstance(app, StTui)
    if not app.screen.query(AuditList):
        await pilot.press("3")
        await until(pilot, lambda: bool(app.screen.query(AuditList)), "the page is shown")
    if not app.screen.query("#filter"):
        await pilot.press("slash")
    app.screen.query_one("#filter", Field).value = text
    await until(pilot, lambda: " of " in screen_text(pilot).splitlines()[0], "it is counted")
    page = app.screen
    assert isinstance(page, AuditPage)
    await until(pilot, lambda: page.is_up_to_date, "it is searched")
    assert page._entries is not None
    assert page._entries.found is not None
    assert page.query_one(AuditList).count == len(page._entries.found)
    return list(page._entries.found)


def by_or_about(app: StTui, token: ServiceToken) -> list[int]:
    with sqlite3.connect(app.directory / "vault.db") as connection:
        rows = connection.execute(
            "SELECT seq FROM audit_log WHERE actor = :id OR target = :id ORDER BY seq DESC",
            {"id": token.id},
        ).fetchall()
    connection.close()
    return [seq for (seq,) in rows]


async def test_a_token_s_name_finds_all_that_it_did_also_when_it_is_gone(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        token = token_named(demo_app, "ci-deploy")
        expected = by_or_about(demo_app, token)
        assert len(expected) == token.use_count + 1 == 97  # it was made, too
        assert await filtered(pilot, "ci-deploy") == expected
        assert "ci-deploy  " in screen_text(pilot)
        everything = vault(demo_app).audit.count(project=demo_app.project)
        assert f"97 of {everything} entries" in screen_text(pilot)
        vault(demo_app).tokens.revoke([token])
        assert len(await filtered(pilot, "ci-deplo")) == 98
        assert await filtered(pilot, "CI-DEPLOY ") == by_or_about(demo_app, token)
        await pilot.press("escape")
        await until(pilot, lambda: f"{everything + 1} entries" in screen_text(pilot), "all again")


async def test_every_cell_of_a_row_finds_the_row(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        place = Place("dev", "/common/db/primary")
        vault(demo_app).secrets.create(project_of(demo_app), place, "BRAND_NEW", "x")
        await pilot.press("3")
        await until(pilot, lambda: "BRAND_NEW" in screen_text(pilot), "it is named")
        listing = demo_app.screen.query_one(AuditList)
        rows = [row for index in range(25) if (row := listing.item(index))]
        width = listing.scrollable_content_region.width
        kinds = {row.entry.verdict: row for row in reversed(rows)}
        assert {*kinds} == {"allowed", "denied", None}
        for row in kinds.values():
            line = "  ".join(text for text, _ in listing.draw(row, width - 1))
            for shown in re.split("   *", line):
                if shown.strip():
                    assert row.entry.seq in await filtered(pilot, shown), shown
        found = await filtered(pilot, "brand_n")
        assert len(found) == 1
        assert "BRAND_NEW" in screen_text(pilot)


async def test_what_was_typed_last_is_what_is_shown(
    demo_app: StTui,
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("3", "slash", *"office-syncx")
        await until(pilot, lambda: "0 of " in screen_text(pilot), "nothing is found")
        await pilot.press("backspace")
        office = by_or_about(demo_app, token_named(demo_app, "office-sync"))
        await until(pilot, lambda: f"{len(office)} of " in screen_text(pilot), "all its entries")
        listing = demo_app.screen.query_one(AuditList)
        assert listing.count == len(office)
        await pilot.press("enter", "end")
        await until(pilot, lambda: listing.current is not None, "the oldest")
        assert listing.current is not None
        assert listing.current.entry.seq == office[-1]


async def test_what_is_found_once_the_filter_is_gone_is_not_shown(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()
    search = audit.search

    def slow(*asked: Any) -> list[int]:
        begun.set()
        go_on.wait(30)
        found = search(*asked)
        done.set()
        return found

    monkeypatch.setattr(audit, "search", slow)
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        everything = vault(demo_app).audit.count(project=demo_app.project)
        await pilot.press("3", "slash", "x")
        await until(pilot, begun.is_set, "it is searched")
        await pilot.press("escape")
        go_on.set()
        await until(pilot, done.is_set, "something is found")
        await pilot.pause(0.1)
        assert demo_app.screen.query_one(AuditList).count == everything
        assert f"  {everything} entries" in screen_text(pilot)
