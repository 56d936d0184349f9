"""The first line: of a page, which has the pages to go to, and of every other screen."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from st_tui.core.model import Project
from st_tui.tui.widgets.title import Title
from st_tui.tui.widgets.top_bar import TopBar

DEMO = Project("id", "demo", "Demo", True, 0)
LONG = Project("id", "long", "Billing of the northern branch", False, 0)


class _Screen(Screen[None]):
    """A screen of one line, and which pages it was asked to show."""

    def __init__(self, line: Widget) -> None:
        super().__init__()
        self.line = line
        self.asked: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.line

    def action_show_page(self, name: str) -> None:
        self.asked.append(name)


class _Alone(App[None]):
    """One line alone."""

    def __init__(self, line: Widget) -> None:
        super().__init__()
        self.alone = _Screen(line)

    def get_default_screen(self) -> Screen[None]:
        return self.alone


async def drawn(line: Title | TopBar, width: int) -> str:
    """What the line says where it has so many columns."""
    async with _Alone(line).run_test(size=(width, 3)):
        return str(line.render())


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (40, "st-tui  Demo › Matrix        11 tokens"),
        (32, "st-tui  Demo › Matrix"),
        (20, "Demo › Matrix"),
        (10, "Matrix"),
        (7, "Matr…"),
    ],
)
async def test_a_title_says_where_you_are_at_any_width(width: int, line: str) -> None:
    title = Title()
    title.show("Demo", "Matrix", facts="11 tokens")
    assert await drawn(title, width) == line


async def test_a_title_is_plain_text() -> None:
    title = Title()
    title.show("[b]x", "a\x1bb")
    assert await drawn(title, 40) == r"st-tui  [b]x › a\x1bb"


@pytest.mark.parametrize(
    ("project", "width", "line"),
    [
        (DEMO, 80, "› 1 Tokens │ 2 Folders │ 3 Audit    F6 tour   11 tokens   E2EE on"),
        (DEMO, 70, "› 1 Tokens │ 2 Folders │ 3 Audit    11 tokens   E2EE on"),
        (DEMO, 60, "› 1 Tokens │ 2 Folders │ 3 Audit      E2EE on"),
        (LONG, 60, "st-tui  Billi… › 1 Tokens │ 2 Folders │ 3 Audit   E2EE off"),
    ],
)
async def test_a_page_has_the_pages_to_go_to_and_its_facts(
    project: Project, width: int, line: str
) -> None:
    bar = TopBar("tokens")
    bar.show(project, "11 tokens")
    bar.offer("F6", "tour")
    assert (await drawn(bar, width)).endswith(line)


@pytest.mark.parametrize(
    ("told", "width", "line"),
    [
        (["3 marked"], 90, "3 Audit   F6 tour   3 marked   11 tokens   E2EE on"),
        (["3 marked"], 80, "› 1 Tokens │ 2 Folders │ 3 Audit   3 marked   11 tokens   E2EE on"),
        (["3 marked"], 60, "› 1 Tokens │ 2 Folders │ 3 Audit     3 marked"),
        (["soon 2 of 11", "3 marked"], 60, "› 1 Tokens │ 2 │ 3    soon 2 of 11   3 marked"),
    ],
)  # fmt: skip
async def test_what_is_so_just_now_is_kept_longest(told: list[str], width: int, line: str) -> None:
    bar = TopBar("tokens")
    bar.show(DEMO, "11 tokens", told)
    bar.offer("F6", "tour")
    assert (await drawn(bar, width)).endswith(line)


async def test_a_click_goes_to_a_page_whose_title_gave_way() -> None:
    bar = TopBar("tokens")
    bar.show(DEMO, "", ["soon 2 of 11", "3 marked"])
    app = _Alone(bar)
    async with app.run_test(size=(60, 3)) as pilot:
        await pilot.click(bar, offset=(31, 0))
    assert app.alone.asked == ["audit"]


@pytest.mark.parametrize(("column", "page"), [(17, "tokens"), (28, "folders"), (40, "audit")])
async def test_a_click_goes_to_a_page(column: int, page: str) -> None:
    bar = TopBar("tokens")
    bar.show(DEMO, "11 tokens")
    app = _Alone(bar)
    async with app.run_test(size=(80, 3)) as pilot:
        await pilot.click(bar, offset=(column, 0))
    assert app.alone.asked == [page]
