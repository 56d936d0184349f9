"""The keys of the screen below, by its parts: paged, searched with `/`, and run with Enter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input, Static

from st_tui.tui.actions import EVERYWHERE, MOVING, Action, actions_of, bindings
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.cells import column, cut
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.listing import Listing, Piece, RowListing

_PARTS = {
    "AccessPane": "In the test",
    "Listing": "In a list",
    "Field": "In a field",
    "Selector": "In a choice",
    "TickBox": "In a choice",
}
"""What the parts of a screen are called, by the class of their widget."""

_HERE, _EVERYWHERE, _KEYS = "On this screen", "Everywhere", 12


class HelpLine(NamedTuple):
    """An action and the node that does it; or the name of a part, above its actions."""

    part: str
    action: Action | None = None
    doer: DOMNode | None = None


class ActionList(RowListing[HelpLine]):
    """Actions with their keys, below the parts of the screen that have them."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        *MOVING,
        Action("page_down", "space", "next page", "Go one page down", hint=True),
        Action("page_up", "b", "page before", "Go one page up", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = "ActionList { height: 1fr; }"
    empty = "No key does that."

    def draw(self, item: HelpLine, width: int) -> list[Piece]:
        if item.action is None:
            return [(column(item.part, width), "header")]
        return [
            (column(item.action.every_key, _KEYS) + " ", "mark"),
            (column(item.action.sentence, width - _KEYS - 1), ""),
        ]

    def validate_cursor(self, cursor: int) -> int:
        """Never the name of a part."""
        cursor = super().validate_cursor(cursor)
        if not self.rows or self.rows[cursor].action is not None:
            return cursor
        step = -1 if 0 < cursor < self.cursor else 1
        return super().validate_cursor(cursor + step)

    def action_page_down(self) -> None:
        self._show_from(self.scroll_offset.y + self.size.height)

    def action_page_up(self) -> None:
        self._show_from(self.scroll_offset.y - self.size.height)

    def _show_from(self, top: int) -> None:
        """Let this line be the first on the screen, as far as there are lines enough."""
        last = max(self.count - self.size.height, 0)
        self.scroll_to(y=min(max(top, 0), last), animate=False, immediate=True)
        self.cursor = max(top, 0)

    @property
    def position(self) -> str:
        """Which of its lines are on the screen, and how many there are."""
        first = self.scroll_offset.y
        return f"{first + 1}–{min(first + self.size.height, self.count)} of {self.count}"


class Help(Dialog[None]):
    """A screen's actions, each with its keys and the CLI command that does the same."""

    ACTIONS = (
        Action("run", "enter", "run", "Do what the line under the cursor says", hint=True),
        Action("search", "slash", "search", "Search the keys", hint=True),
        Action("leave", "escape,f10,f1,question_mark,q", "close", "Close the help", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS[1:])
    DEFAULT_CSS = """
    Help {
        & > .dialog { width: 74; height: 80%; min-height: 14; padding: 0 1; }
        .title { width: 1fr; margin: 0; padding: 0 1; }
        #position { width: auto; padding: 0 1; color: $text-muted; }
        #search, #fault { display: none; margin: 0; }
        &.searching #search { display: block; }
        KeyHints { padding: 0 1; }
        #detail { height: 1; padding: 0 1; color: $text-muted; }
    }
    """

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__("Keys of this screen")
        self._lines = help_lines(actions_of(screen))

    def body(self) -> ComposeResult:
        yield ActionList(id="actions")
        yield Field(placeholder="words of what is looked for", id="search")
        yield Static(id="detail", markup=False)

    def heading(self) -> ComposeResult:
        with Horizontal(classes="row"):
            yield from super().heading()
            yield Static(id="position", markup=False)

    @property
    def _list(self) -> ActionList:
        return self.query_one(ActionList)

    def on_mount(self) -> None:
        self.watch(self._list, "scroll_y", self._say_where, init=False)
        self._list.show_rows(self._lines)
        self._list.cursor = 1
        self._list.focus()

    def action_search(self) -> None:
        self.add_class("searching")
        self.query_one(Field).focus()

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        self._list.show_rows(_with_words(self._lines, event.value), top=True)
        self._list.cursor = 1

    @on(Listing.Moved, "#actions")
    def _say_where(self) -> None:
        """Say which lines are shown, and the command that does the same as the chosen one."""
        self.query_one("#position", Static).update(self._list.position)
        line, detail = self._list.current, self.query_one("#detail", Static)
        command = line.action.cli if line is not None and line.action is not None else ""
        said = cut(f"st-tui {command}", detail.content_size.width) if command else ""
        detail.update(said, layout=False)

    @on(Input.Submitted, "#search")
    @on(Listing.Chosen, "#actions")
    def action_run(self) -> None:
        """Do what the line under the cursor says."""
        line = self._list.current
        self.dismiss(None)
        if line is not None and line.action is not None and line.doer is not None:
            self.app.call_later(self.app.run_action, line.action.name, line.doer)


def help_lines(actions: Iterable[tuple[Action, DOMNode]]) -> list[HelpLine]:
    """The actions below the parts that have them, what works everywhere last."""
    everywhere = {action.name for action in EVERYWHERE}
    parts: dict[str, list[HelpLine]] = {}
    for action, doer in actions:
        part = _EVERYWHERE if action.name in everywhere else _part_of(doer)
        parts.setdefault(part, []).append(HelpLine(part, action, doer))
    last = parts.pop(_EVERYWHERE, [])
    if last:
        parts[_EVERYWHERE] = last
    return [line for part, lines in parts.items() for line in (HelpLine(part), *lines)]


def _part_of(doer: DOMNode) -> str:
    kinds = (kind.__name__ for kind in type(doer).__mro__)
    return next((_PARTS[kind] for kind in kinds if kind in _PARTS), _HERE)


def _with_words(lines: Sequence[HelpLine], text: str) -> list[HelpLine]:
    """The lines whose action has all words, below the names of their parts."""
    words = text.lower().split()
    kept = [
        (line.action, line.doer)
        for line in lines
        if line.action is not None and line.doer is not None
        if all(word in _words(line.action) for word in words)
    ]
    return help_lines(kept)


def _words(action: Action) -> str:
    return f"{action.sentence} {action.cli} {action.label}".lower()
