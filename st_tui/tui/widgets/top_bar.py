"""The two lines on top: where you are, and the pages to go to."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widget import Widget

from st_tui.core.model import Project
from st_tui.core.plain_text import shown

PAGES = (
    ("tokens", "Service Tokens"),
    ("folders", "Folders & Secrets"),
    ("audit", "Audit log"),
)


class TopBar(Widget):
    """Project, E2EE and a count on one line; the pages, and perhaps a key to press, on the next."""

    DEFAULT_CSS = """
    TopBar { height: 2; dock: top; background: $panel; padding: 0 1; }
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page
        self._project: Project | None = None
        self._count = ""
        self._offer = ("", "")

    def show(self, project: Project | None, count: str) -> None:
        """Show a project, whether its E2EE is on, and how much it has."""
        if (project, count) != (self._project, self._count):
            self._project, self._count = project, count
            self.refresh()

    def offer(self, key: str, does: str) -> None:
        """Show beside the pages what a key does; two empty texts take that away."""
        if (key, does) != self._offer:
            self._offer = key, does
            self.refresh()

    def render(self) -> Content:
        left = Content.styled("st-tui", "bold $text-primary")
        right = Content("")
        if self._project is not None:
            left += Content.assemble(
                f"  {shown(self._project.name)}", (f"  ›  {dict(PAGES)[self._page]}", "$text-muted")
            )
            e2ee = "E2EE on" if self._project.e2ee else "E2EE off"
            style = "$text-success" if self._project.e2ee else "$text-warning"
            right = Content.assemble((e2ee, style), f"  {self._count}")
        room = self.content_size.width
        left = left.truncate(max(room - right.cell_length - 2, 0), ellipsis=True)
        gap = " " * max(room - left.cell_length - right.cell_length, 0)
        tabs = self._tabs()
        key, does = self._offer
        offer = Content.assemble((key, "bold $text-primary"), (f" {does}", "$text-muted"))
        between = room - tabs.cell_length - offer.cell_length
        if not key or between < 1:
            return Content.assemble(left, gap, right, "\n", tabs)
        return Content.assemble(left, gap, right, "\n", tabs, " " * between, offer)

    def _tabs(self) -> Content:
        return Content(" │ ").join(
            [
                Content.styled(
                    f"{number} {title}", "bold underline" if name == self._page else "$text-muted"
                )
                for number, (name, title) in enumerate(PAGES, start=1)
            ]
        )

    async def on_click(self, event: events.Click) -> None:
        left = 1
        for number, (name, title) in enumerate(PAGES, start=1):
            right = left + len(f"{number} {title}")
            if event.y == 1 and left <= event.x < right:
                await self.screen.run_action(f"show_page('{name}')")
            left = right + 3
