"""A field holds any text, and draws no control character."""

from __future__ import annotations

from textual.app import App, ComposeResult

from st_tui.tui.widgets.field import Field


class OneField(App[None]):
    def compose(self) -> ComposeResult:
        yield Field("a\x1b[31mb\x9bc\u202ed 日\u00a0e")


async def test_what_a_terminal_acts_on_is_not_drawn() -> None:
    app = OneField()
    async with app.run_test(size=(30, 3)) as pilot:
        await pilot.pause()
        field = app.query_one(Field)
        assert field.value == "a\x1b[31mb\x9bc\u202ed 日\u00a0e"
        line = app.screen._compositor.render_strips()[0]
        drawn = "".join(segment.text for segment in line)
        assert drawn.strip() == "a[31mbcd 日\u00a0e"
