"""The first line of a page: its project, the pages to go to, and the project's facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.widget import Widget

from st_tui.core.model import Project
from st_tui.core.plain_text import shown
from st_tui.tui.widgets.title import APP_NAME, at_both_ends

PAGES = (("tokens", "Tokens"), ("folders", "Folders"), ("audit", "Audit"))

_BETWEEN = " │ "
_APART = "   "
_LEAST_NAME = 6
"""Cells that a long name of a project keeps."""


_WARNINGS, _OFFER, _COUNT, _E2EE, _TOLD = range(5)
"""What the facts are, the first to go first."""


class _Fact(NamedTuple):
    """Something that the bar says on the right."""

    rank: int
    content: Content


class TopBar(Widget):
    """`st-tui  Demo › 1 Tokens │ 2 Folders │ 3 Audit          F6 tour   11 tokens   E2EE on`.

    The pages stand where the others' way goes on, so they stay where they are from page to page.
    On a narrow screen the facts go one by one: that of E2EE last, but for what is so just now.
    """

    DEFAULT_CSS = """
    TopBar { height: 1; width: 1fr; dock: top; background: $panel; padding: 0 1; }
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page
        self._project: Project | None = None
        self._count = ""
        self._told: Sequence[str] = ()
        self._offer = ("", "")
        self._warnings = 0
        self._pages_at = 0
        """The cell at which the pages begin."""
        self._warnings_at = range(0)
        """The cells with the number of warnings."""
        self._labels: list[str] = []

    def show(self, project: Project | None, count: str, told: Sequence[str] = ()) -> None:
        """Show a project, whether its E2EE is on, and how much it has.

        `told` is what else is so just now. It is kept where there is little room.
        """
        if (project, count, told) != (self._project, self._count, self._told):
            self._project, self._count, self._told = project, count, told
            self.refresh()

    def offer(self, key: str, does: str) -> None:
        """Show what a key does; two empty texts take that away."""
        if (key, does) != self._offer:
            self._offer = key, does
            self.refresh()

    def warn(self, warnings: int) -> None:
        """Show how many warnings there are. A click on that shows them."""
        if warnings != self._warnings:
            self._warnings = warnings
            self.refresh()

    def render(self) -> Content:
        room = self.content_size.width
        left, facts = self._arranged(room)
        if len(facts) < len(self._told):
            left, facts = self._arranged(room, short=True)
        self._warnings_at = range(0)
        if facts and facts[0].rank == _WARNINGS:
            start = room - _joined(facts).cell_length
            self._warnings_at = range(start, start + facts[0].content.cell_length)
        return at_both_ends(left, _joined(facts), room)

    def _arranged(self, room: int, *, short: bool = False) -> tuple[Content, list[_Fact]]:
        """The left part, and the facts that fit beside it; with `short`, one page has its title."""
        self._labels = [
            f"{number} {title}" if name == self._page or not short else str(number)
            for number, (name, title) in enumerate(PAGES, start=1)
        ]
        pages, facts = self._pages(), self._facts()
        least = _joined([fact for fact in facts if fact.rank >= _E2EE]).cell_length
        left = self._way(room - pages.cell_length - least - len(_APART))
        self._pages_at = left.cell_length
        left += pages
        while facts and left.cell_length + _joined(facts).cell_length + 2 > room:
            facts.remove(min(facts, key=lambda fact: fact.rank))
        return left, facts

    def _way(self, width: int) -> Content:
        """What stands before the pages: the app and the project, whose name may be cut."""
        if self._project is None:
            return APP_NAME + _APART
        name = shown(self._project.name)
        room = max(width - APP_NAME.cell_length - 5, _LEAST_NAME)
        return Content.assemble(
            APP_NAME, "  ", Content(name).truncate(room, ellipsis=True), (" › ", "$text-muted")
        )

    def _facts(self) -> list[_Fact]:
        """What stands on the right."""
        key, does = self._offer
        facts = []
        if self._warnings:  # first: no other fact moves when the number comes
            warnings = Content.styled(f"! {self._warnings}", "$text-warning")
            facts.append(_Fact(_WARNINGS, warnings))
        if key:
            offer = Content.assemble((key, "bold $text-primary"), (f" {does}", "$text-muted"))
            facts.append(_Fact(_OFFER, offer))
        facts += [_Fact(_TOLD, Content.styled(said, "bold $text-primary")) for said in self._told]
        if self._count:
            facts.append(_Fact(_COUNT, Content.styled(self._count, "$text-muted")))
        if self._project is not None:
            on = self._project.e2ee
            style = "$text-success" if on else "$text-warning"
            facts.append(_Fact(_E2EE, Content.styled("E2EE on" if on else "E2EE off", style)))
        return facts

    def _pages(self) -> Content:
        return Content(_BETWEEN).join(
            [
                Content.styled(label, "bold underline" if name == self._page else "$text-muted")
                for label, (name, _) in zip(self._labels, PAGES, strict=True)
            ]
        )

    async def on_click(self, event: events.Click) -> None:
        if event.x - self.styles.padding.left in self._warnings_at:
            await self.screen.run_action("warnings")
            return
        left = self.styles.padding.left + self._pages_at
        for label, (name, _) in zip(self._labels, PAGES, strict=True):
            right = left + len(label)
            if left <= event.x < right:
                await self.screen.run_action(f"show_page('{name}')")
            left = right + len(_BETWEEN)


def _joined(facts: list[_Fact]) -> Content:
    return Content(_APART).join([fact.content for fact in facts])
