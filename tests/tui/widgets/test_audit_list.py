"""The list of the audit log: each day is named where it begins, and only what is seen is read."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import App, ComposeResult

from st_tui.core.expiry import DAY
from st_tui.core.model import AuditEntry
from st_tui.tui.widgets.audit_list import AuditList, AuditRow
from st_tui.tui.widgets.paged_listing import Look, PagedListing
from tests.conftest import NOW
from tests.journeys.driving import screen_text, until

A_DAY = 10
"""Entries of each day."""


class MadeUp:
    """A million entries, ten of each day, the newest first; the newest is denied."""

    def __init__(self) -> None:
        self.read: set[int] = set()

    def count(self, vault: object) -> int:
        return 1_000_000

    def page(self, vault: object, offset: int, limit: int) -> Sequence[AuditRow]:
        self.read.add(offset)
        return [self._row(index) for index in range(offset, offset + limit)]

    @staticmethod
    def _row(index: int) -> AuditRow:
        verdict, reason = ("denied", "path") if index == 0 else ("allowed", "allowed")
        return AuditRow(
            AuditEntry(
                seq=1_000_000 - index, time=NOW - index // A_DAY * DAY, actor="ci", ip=None,
                user_agent=None, event="get-secrets", project_id="p", target=None,
                environment="dev", path="/a", operation="read", verdict=verdict, reason=reason,
                details="{}", hash="",
            ),
            "ci",
        )  # fmt: skip


class ListApp(App[None]):
    def __init__(self, source: MadeUp) -> None:
        super().__init__()
        self.source = source

    def compose(self) -> ComposeResult:
        yield AuditList(lambda _entry: "")

    def on_mount(self) -> None:
        listing = self.query_one(AuditList)
        listing.focus()
        look: Look[AuditRow] = listing.first_look(self.source)(None)  # type: ignore[arg-type]
        listing.show_look(look)

    async def read(self, job: object) -> object:
        return job(None)  # type: ignore[operator]


async def test_a_day_is_named_where_it_begins_and_on_top() -> None:
    source = MadeUp()
    app = ListApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "dev:/a" in screen_text(pilot), "it is drawn")
        lines = screen_text(pilot).splitlines()[1:]
        days = [line[1:6] for line in lines]
        assert days[:21] == ["11-23", *[" " * 5] * 9, "11-22", *[" " * 5] * 9, "11-21"]
        assert "✖ get-secrets" in lines[0]
        assert lines[0].rstrip().endswith("path")
        assert not any("✖" in line for line in lines[1:])
        await pilot.press(*["down"] * 25)
        await until(
            pilot, lambda: screen_text(pilot).splitlines()[1][1:6] == "11-23", "the top is named"
        )
        assert screen_text(pilot).splitlines()[1:].count("11-22") <= 1


async def test_of_a_million_entries_only_pages_are_read() -> None:
    source = MadeUp()
    app = ListApp(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("end")
        listing: PagedListing[AuditRow] = app.query_one(AuditList)
        await until(pilot, lambda: listing.current is not None, "the oldest")
        assert listing.current is not None
        assert listing.current.entry.seq == 1
        assert len(source.read) < 8
