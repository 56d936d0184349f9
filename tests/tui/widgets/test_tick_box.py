"""A tick box's state can be read without its colour."""

from __future__ import annotations

from textual.app import App, ComposeResult

from st_tui.tui.widgets.tick_box import TickBox


class Probe(App[None]):
    def compose(self) -> ComposeResult:
        yield TickBox("read", False, id="read")


async def test_the_mark_shows_the_state() -> None:
    async with Probe().run_test() as pilot:
        box = pilot.app.query_one(TickBox)
        assert str(box.render()) == "[ ] read"
        for key in ("space", "enter"):
            await pilot.press("tab", key)
        await pilot.click(TickBox)
        assert str(box.render()) == "[x] read"
