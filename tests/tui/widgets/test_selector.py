"""One of a few options: the chosen one is always seen."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from st_tui.tui.widgets.selector import Selector


class _Alone(App[None]):
    def __init__(self, width: int | str, *labels: str) -> None:
        super().__init__()
        self._width, self._labels = width, labels

    def compose(self) -> ComposeResult:
        selector = Selector([(label, label) for label in self._labels])
        selector.styles.width = self._width
        yield selector


@pytest.mark.parametrize(
    ("width", "seen"),
    [
        (19, "‹ europe-west-1 ›"),
        (16, "‹ europe-we… ›"),
        (9, "‹ eu… ›"),
        ("auto", "‹ europe-west-1 ›"),
    ],
)
async def test_a_label_that_is_too_long_is_cut(width: int | str, seen: str) -> None:
    app = _Alone(width, "dev", "europe-west-1")
    async with app.run_test() as pilot:
        selector = app.query_one(Selector)
        assert selector.render_line(0).text.strip() == "‹ dev ›"
        await pilot.press("right")
        assert selector.render_line(0).text.strip() == seen
