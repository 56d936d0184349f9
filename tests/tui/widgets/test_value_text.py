"""A value to be read: invisible characters have marks, which are not selected."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.selection import SELECT_ALL

from st_tui.tui.widgets.value_text import ValueText


class Shows(App[None]):
    def compose(self) -> ComposeResult:
        yield ValueText(id="value")


@pytest.mark.parametrize(
    ("value", "drawn", "selected"),
    [
        ("hunter2", "hunter2", "hunter2"),
        ("hunter2\n", "hunter2↵", "hunter2"),
        ("\n\n", "↵\n↵", ""),
        ("a\nb", "a\nb", "a\nb"),
        ("a\n\nb\n", "a\n\nb↵", "a\n\nb"),
        ("two words  \nx ", "two words␣␣\nx␣", "two words  \nx "),
        ("  in", "  in", "  in"),
        ("\ta\tbcde\tf", "→   a→  bcde→   f", "    a   bcde    f"),
        ("a\t ", "a→  ␣", "a    "),
        ("[b]x[/b]\x1b[1m\r", "[b]x[/b]\\x1b[1m\\x0d", "[b]x[/b]\\x1b[1m\\x0d"),
        ("→ ␣ ↵", "→ ␣ ↵", "→ ␣ ↵"),
    ],
)
async def test_what_is_not_seen_is_marked(value: str, drawn: str, selected: str) -> None:
    async with Shows().run_test(size=(40, 10)) as pilot:
        text = pilot.app.query_one(ValueText)
        text.show(value)
        assert str(text.content) == drawn
        found = text.get_selection(SELECT_ALL)
        assert found is not None
        assert found[0].rstrip("\n") == selected
        text.forget()
        assert str(text.content) == ""
        assert value not in str(vars(text))


async def test_a_beginning_has_no_end_to_be_marked() -> None:
    async with Shows().run_test(size=(40, 10)) as pilot:
        text = pilot.app.query_one(ValueText)
        text.show("a\n", "… and more")
        assert str(text.content) == "a\n\n… and more"
