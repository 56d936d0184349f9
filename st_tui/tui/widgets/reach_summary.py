"""The reach of a draft as a compact tree: for each environment, what it opens and what it does not.

A subtree that is opened as a whole is one word, and so is one that is not opened at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.content import Content
from textual.widget import Widget

from st_tui.core.plain_text import shown
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.row import LABEL, folded

_LONGEST_SLUG = 14


class Part(NamedTuple):
    """A folder or a whole subtree (`/common/**`), and whether it is opened."""

    text: str
    is_open: bool


class Reach(NamedTuple):
    """What a draft opens in an environment: so many of its folders, and which."""

    environment: str
    opened: int
    folders: int
    parts: Sequence[Part]


def reach_of(environment: str, paths: Sequence[str], opens: Callable[[str], bool]) -> Reach:
    """The reach in one environment, whose folders come parents first, the root at the beginning.

    >>> paths = ["/", "/a", "/a/b", "/c", "/c/d"]
    >>> reach = reach_of("dev", paths, lambda path: path.startswith("/a") or path == "/c/d")
    >>> reach.opened, [(part.text, part.is_open) for part in reach.parts]
    (3, [('/', False), ('/a/**', True), ('/c', False), ('/c/d', True)])
    """
    is_open = {path: opens(path) for path in paths}
    is_uniform = dict.fromkeys(paths, True)
    parents: set[str] = set()
    for path in reversed(paths):
        above = path.rpartition("/")[0] or "/"
        if path != "/":
            parents.add(above)
            if not is_uniform[path] or is_open[path] != is_open.get(above):
                is_uniform[above] = False
    parts: list[Part] = []
    whole: set[str] = set()
    for path in paths:
        if path != "/" and (path.rpartition("/")[0] or "/") in whole:
            whole.add(path)
        elif is_uniform[path] and path in parents:
            whole.add(path)
            parts.append(Part("/**" if path == "/" else f"{path}/**", is_open[path]))
        else:
            parts.append(Part(path, is_open[path]))
    return Reach(environment, sum(is_open.values()), len(paths), parts)


class ReachSummary(Widget):
    """Says what a draft opens, in as many lines as there is room for."""

    DEFAULT_CSS = """
    ReachSummary {
        height: 1fr; min-height: 2; width: 1fr; margin-top: 1; text-wrap: nowrap;
    }
    """

    def __init__(self) -> None:
        super().__init__(id="reach-summary")
        self._first: Sequence[Content] = ()
        self._reaches: Sequence[Reach] = ()

    def show(self, reaches: Sequence[Reach], first: Sequence[Content] = ()) -> None:
        """Show the reach in each environment; `first` are lines that stand above it."""
        if (reaches, first) != (self._reaches, self._first):
            self._reaches, self._first = reaches, first
            self.refresh()

    def render(self) -> Content:
        width, height = self.content_size
        lines = self._lines(self._reaches, width)
        if len(lines) > height:  # what is opened comes first
            lines = self._lines(sorted(self._reaches, key=lambda r: r.opened == 0), width)
        return Content("\n").join(lines[:height])

    def _lines(self, reaches: Sequence[Reach], width: int) -> list[Content]:
        lines: list[Content] = []
        for said in self._first:
            lines += folded(said, width)
        if self._first:
            lines.append(Content(""))
        label = "Opens"
        slugs = min(max((len(r.environment) for r in reaches), default=0), _LONGEST_SLUG)
        counts = max((len(_count(reach)) for reach in reaches), default=0)
        for reach in reaches:
            head = f"{column(reach.environment, slugs)}  {_count(reach):>{counts}}   "
            for number, line in enumerate(_in_words(reach, width - LABEL - 1 - len(head))):
                style = "" if reach.opened and not number else "$text-muted"
                before = " " * len(head) if number else head
                lines.append(
                    Content.assemble(
                        (f"{label:<{LABEL + 1}}", "$text-muted"), (before, style), line
                    )
                )
                label = ""
        return lines


def _count(reach: Reach) -> str:
    return f"{reach.opened} of {reach.folders}"


def _in_words(reach: Reach, width: int) -> list[Content]:
    """What is opened, whole, and in one more line as much as fits of what is not."""
    if not reach.opened:
        return [Content.styled("✖ nothing", "$text-muted")]
    opened = "  ".join(shown(part.text) for part in reach.parts if part.is_open)
    closed = "  ".join(shown(part.text) for part in reach.parts if not part.is_open)
    lines = [
        Content.assemble(("  " if number else "✔ ", "$text-success"), line)
        for number, line in enumerate(folded(Content(opened), width - 2))
    ]
    if closed:
        line = Content.styled(f"✖ {closed}", "$text-muted").truncate(width, ellipsis=True)
        lines.append(line)
    return lines
