"""The first line of a page: its project, the pages to go to, and the project's facts."""

from __future__ import annotations

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


class TopBar(Widget):
    """`st-tui  Demo › 1 Tokens │ 2 Folders │ 3 Audit          F6 tour   11 tokens   E2EE on`.

    The pages stand where the others' way goes on, so they stay where they are from page to page.
    On a narrow screen the facts go one by one, that of E2EE last.
    """

    DEFAULT_CSS = """
    TopBar { height: 1; width: 1fr; dock: top; background: $panel; padding: 0 1; }
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page
        self._project: Project | None = None
        self._count = ""
        self._offer = ("", "")
        self._pages_at = 0
        """The cell at which the pages begin."""

    def show(self, project: Project | None, count: str) -> None:
        """Show a project, whether its E2EE is on, and how much it has."""
        if (project, count) != (self._project, self._count):
            self._project, self._count = project, count
            self.refresh()

    def offer(self, key: str, does: str) -> None:
        """Show what a key does; two empty texts take that away."""
        if (key, does) != self._offer:
            self._offer = key, does
            self.refresh()

    def render(self) -> Content:
        pages, room = self._pages(), self.content_size.width
        facts = self._facts()
        least = facts[-1].cell_length if facts else 0
        left = self._way(room - pages.cell_length - least - len(_APART))
        self._pages_at = left.cell_length
        left += pages
        while facts and left.cell_length + _joined(facts).cell_length + 2 > room:
            facts = facts[1:]
        return at_both_ends(left, _joined(facts), room)

    def _way(self, width: int) -> Content:
        """What stands before the pages: the app and the project, whose name may be cut."""
        if self._project is None:
            return APP_NAME + _APART
        name = shown(self._project.name)
        room = max(width - APP_NAME.cell_length - 5, _LEAST_NAME)
        return Content.assemble(
            APP_NAME, "  ", Content(name).truncate(room, ellipsis=True), (" › ", "$text-muted")
        )

    def _facts(self) -> list[Content]:
        """What stands on the right, the dispensable first."""
        key, does = self._offer
        facts = []
        if key:
            facts.append(Content.assemble((key, "bold $text-primary"), (f" {does}", "$text-muted")))
        if self._count:
            facts.append(Content.styled(self._count, "$text-muted"))
        if self._project is not None:
            on = self._project.e2ee
            style = "$text-success" if on else "$text-warning"
            facts.append(Content.styled("E2EE on" if on else "E2EE off", style))
        return facts

    def _pages(self) -> Content:
        return Content(_BETWEEN).join(
            [
                Content.styled(
                    f"{number} {title}", "bold underline" if name == self._page else "$text-muted"
                )
                for number, (name, title) in enumerate(PAGES, start=1)
            ]
        )

    async def on_click(self, event: events.Click) -> None:
        left = self.styles.padding.left + self._pages_at
        for number, (name, title) in enumerate(PAGES, start=1):
            right = left + len(f"{number} {title}")
            if left <= event.x < right:
                await self.screen.run_action(f"show_page('{name}')")
            left = right + len(_BETWEEN)


def _joined(facts: list[Content]) -> Content:
    return Content(_APART).join(facts)
