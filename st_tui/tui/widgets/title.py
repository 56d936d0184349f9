"""The first line of a screen: where you are, and what is to be known there."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from st_tui.core.plain_text import shown

APP_NAME = Content.styled("st-tui", "bold $text-primary")


class Title(Widget):
    """One line: `st-tui  Demo › Matrix` on the left, and facts about the screen on the right.

    A screen yields it first, and tells it where it is as soon as that is known:

        yield Title()
        self.query_one(Title).show(project.name, "Matrix", facts="11 tokens")

    All of it is plain text. Facts may be a Content, styled in the screen's own way. Where the line
    is short, the facts go first, then the app's name, then the beginning of the way.
    """

    DEFAULT_CSS = """
    Title { height: 1; width: 1fr; dock: top; background: $panel; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._way: tuple[str, ...] = ()
        self._facts = Content("")

    def show(self, *way: str, facts: Content | str = "") -> None:
        """Show the way to this screen, its project first, and what stands on the right."""
        if isinstance(facts, str):
            facts = Content.styled(shown(facts), "$text-muted")
        if (way, facts) != (self._way, self._facts):
            self._way, self._facts = way, facts
            self.refresh()

    def render(self) -> Content:
        room = self.content_size.width
        return at_both_ends(breadcrumb(self._way, room), self._facts, room)


def breadcrumb(way: tuple[str, ...], width: int) -> Content:
    """The way to a screen in at most so many cells. Where you are, its last part, is kept."""
    if not way:
        return APP_NAME
    *above, here = (shown(part) for part in way)
    last = Content.styled(here, "bold")
    parts = Content(" › ").join([*(Content.styled(part, "$text-muted") for part in above), last])
    for one in (Content.assemble(APP_NAME, "  ", parts), parts):
        if one.cell_length <= width:
            return one
    return last.truncate(max(width, 1), ellipsis=True)


def at_both_ends(left: Content, right: Content, width: int) -> Content:
    """Two texts at the ends of a line; without the right one if they have no gap between."""
    gap = width - left.cell_length - right.cell_length
    return Content.assemble(left, " " * gap, right) if right and gap > 1 else left
