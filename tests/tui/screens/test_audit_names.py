"""The audit log has the names of secrets as hashes; the operator reads them as names."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from textual.pilot import Pilot

from st_tui.core.model import Project
from st_tui.core.secrets.model import Place
from st_tui.core.vault.secrets import Secrets
from st_tui.tui.app import StTui
from st_tui.tui.widgets.audit_list import AuditList
from tests.journeys.driving import opened, project_of, screen_text, until, vault, write

DB = Place("dev", "/common/db/primary")


async def audit_page(pilot: Pilot[None], text: str) -> AuditList:
    """Open the audit log at what has this text."""
    app = pilot.app
    assert isinstance(app, StTui)
    await pilot.press("3")
    await until(pilot, lambda: bool(app.screen.query(AuditList)), "the page is shown")
    await pilot.press("slash")
    await write(pilot, text)
    await pilot.press("enter")
    return app.screen.query_one(AuditList)


async def test_secrets_are_named_in_the_list_and_below_it(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        secrets = vault(demo_app).secrets
        secrets.create(project_of(demo_app), DB, '[b]odd "name"', "1")
        await audit_page(pilot, "create-secret")
        await until(
            pilot,
            lambda: 'dev:/common/db/primary  [b]odd "name"' in screen_text(pilot),
            "the secret is named",
        )
        assert 'created [b]odd "name" in dev:/common/db/primary.' in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: 'secretKey  [b]odd "name"' in screen_text(pilot), "the entry")
        assert "secretVersion  1" in screen_text(pilot)


async def test_of_what_is_gone_the_first_digits_are_shown(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        secrets = vault(demo_app).secrets
        name_hash = secrets.create(project_of(demo_app), DB, "GONE", "1").name_hash.hex()
        secrets.delete(project_of(demo_app), DB, "GONE")
        await audit_page(pilot, "delete-secret")
        await until(pilot, lambda: f"  {name_hash[:8]}…" in screen_text(pilot), "its digits")
        assert f"deleted {name_hash[:8]}… in dev:/common/db/primary." in screen_text(pilot)
        assert name_hash[:9] not in screen_text(pilot)
        await pilot.press("1")
        secrets.create(project_of(demo_app), DB, "GONE", "again")
        await pilot.press("3")
        await until(
            pilot, lambda: "deleted GONE in dev:" in screen_text(pilot), "it is named again"
        )


async def test_only_what_is_on_the_screen_is_looked_for(
    demo_app: StTui, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_for: list[Collection[str]] = []
    ask = Secrets.names_by_hash

    def watched(
        self: Secrets, project: Project, hashes: Collection[str] | None = None
    ) -> dict[str, str]:
        assert hashes is not None
        looked_for.append(hashes)
        return ask(self, project, hashes)

    monkeypatch.setattr(Secrets, "names_by_hash", watched)
    async with demo_app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        with vault(demo_app).together():
            for number in range(60):
                place = Place("dev", "/ci")
                vault(demo_app).secrets.create(project_of(demo_app), place, f"N{number}", "")
        entries = await audit_page(pilot, "create-secret")
        await until(pilot, lambda: "N59" in screen_text(pilot), "the newest are named")
        assert entries.count > 60
        assert 5 < len(set().union(*looked_for)) < 40
