"""The command palette: type a name, and go to a token, a folder, a warning, or do an action."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Input, Static

from st_tui.core.errors import Refusal
from st_tui.tui import finding
from st_tui.tui.actions import FIELDS, MOVING, Action, actions_of, bindings
from st_tui.tui.finding import Found, Kind
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.cells import column, cut
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.listing import Listing, Piece, RowListing

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

_AT_ONCE = 0.1
"""Seconds that the actions wait for what else is found, so that all is painted once."""

_KIND = 9
"""Columns for what kind of thing was found."""


class FoundList(RowListing[Found]):
    """What was found. The focus stays in the field above."""

    DEFAULT_CSS = """
    FoundList { height: 1fr; }
    FoundList > .listing--cursor { background: $block-cursor-blurred-background; }
    FoundList:ansi > .listing--cursor { text-style: reverse; }
    """
    can_focus = False

    def draw(self, item: Found, width: int) -> list[Piece]:
        key = f" {item.key}" if item.key else ""
        room = width - _KIND - cell_len(key)
        title = cut(item.title, room)
        note = f"  {item.note}" if item.kind is not Kind.ACTION else ""
        return [
            (column(item.kind, _KIND), "dim"),
            (title, ""),
            (column(note, room - cell_len(title)), "dim"),
            (key, "mark"),
        ]


class CommandPalette(Dialog[Found]):
    """Asks what to go to or to do, among all there is in a project, and on the screen below."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("choose", "enter", "go", "Go to the line under the cursor, or do it", hint=True),
        # With priority: Textual's field would take these for scrolling.
        Action("move(-1)", "up", "up", "Go one line up", priority=True),
        Action("move(1)", "down", "choose", "Go one line down", hint=True, shown_key="↑ ↓",
               priority=True),
        Action("page(-1)", "pageup", "page up", "Go one page up", priority=True),
        Action("page(1)", "pagedown", "page down", "Go one page down", priority=True),
        Action("leave", "escape,f10,ctrl+p", "close", "Close this", hint=True),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS[1:])
    DEFAULT_CSS = """
    CommandPalette {
        & > .dialog { width: 72; height: 72%; min-height: 13; padding: 0 1; }
        .title, #fault { display: none; }
        FoundList { margin-top: 1; }
        KeyHints { padding: 0 1; }
        #detail { height: 1; padding: 0 1; color: $text-muted; }
        &.short FoundList { margin-top: 0; }
    }
    """

    def __init__(self, actions: Sequence[Found]) -> None:
        super().__init__("Find")
        self._actions = actions
        self._known: finding.Known | None = None
        self._warnings: Sequence[Found] = ()
        self._searching = LatestWins(self, self._search)
        self._answered: str | None = None
        """The text that everything was found for."""
        self._is_chosen = False
        """Whether Enter waits for what is still being found."""

    def body(self) -> ComposeResult:
        yield Field(placeholder="a token, id, folder, environment, warning or action", id="find")
        yield FoundList(id="found")
        yield Static(id="detail", markup=False)

    def on_mount(self) -> None:
        self._list.show_rows(self._actions)
        self._list.empty = "Nothing has such a name."
        self._answered = ""
        self.query_one(Field).focus()
        self._read_warnings()

    @property
    def _list(self) -> FoundList:
        return self.query_one(FoundList)

    @property
    def _text(self) -> str:
        return self.query_one(Field).value.strip()

    @work(group="warnings")
    async def _read_warnings(self) -> None:
        """Find the warnings behind all else; they come too late for a text that is answered."""
        project = self.host.project
        if project is not None:
            with suppress(Refusal):  # said by the screen that shows them
                self._warnings = await self.host.read_apart(
                    lambda vault: finding.read_warnings(vault, project)
                )

    @on(Input.Changed, "#find")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._is_chosen = False
        self._searching.request()

    async def _search(self) -> None:
        """Show what is found for the text; the actions alone while the rest takes long."""
        text = self._text
        asked = asyncio.ensure_future(self._find(text))
        await asyncio.wait([asked], timeout=_AT_ONCE)
        if not asked.done():
            self._show(text, [])
        self._show(text, await asked)
        if not self._searching.is_requested:
            self._answered = text
            if self._is_chosen:
                self._leave_with_chosen()

    async def _find(self, text: str) -> list[Found]:
        """What the vault has for a text: all but actions."""
        project, read_before = self.host.project, self._known
        if project is None or not text:
            return []

        def job(vault: Vault) -> tuple[finding.Known, list[Found]]:
            places = read_before or finding.read_known(vault, project)
            return places, finding.tokens_with(vault, project, text)

        try:
            known, tokens = await self.host.read(job)
        except Refusal as refusal:
            self._list.empty = str(refusal)
            return []
        self._known = known
        warnings = finding.with_words(self._warnings, text)[: finding.MOST]
        return [*tokens, *finding.places_with(known, text), *warnings]

    def _show(self, text: str, found: Sequence[Found]) -> None:
        fitting = [*finding.with_words(self._actions, text), *found]
        self._list.show_rows(finding.in_order(fitting, text) if text else self._actions, top=True)

    @on(Listing.Moved, "#found")
    def _say_more(self) -> None:
        """Show all about the line under the cursor that has no room in it."""
        found = self._list.current
        detail = self.query_one("#detail", Static)
        more = "" if found is None else found.title if found.kind is Kind.WARNING else found.note
        detail.update(cut(more, detail.content_size.width), layout=False)

    def action_move(self, by: int) -> None:
        self._list.cursor += by

    def action_page(self, by: int) -> None:
        self._list.action_page_down() if by > 0 else self._list.action_page_up()

    @on(Input.Submitted, "#find")
    def _entered(self) -> None:
        self._is_chosen = True
        if self._answered == self._text:
            self._leave_with_chosen()

    @on(Listing.Chosen, "#found")
    def _leave_with_chosen(self) -> None:
        self._is_chosen = False
        if self._list.current is not None:
            self.dismiss(self._list.current)


def actions_found(screen: Screen[Any]) -> list[Found]:
    """The actions of a screen and of its focused widget, but for those that only move."""
    hidden = {action.name for action in (*MOVING, *FIELDS)}
    return [
        Found(
            Kind.ACTION,
            action.sentence,
            f"st-tui {action.cli}" if action.cli else "",
            (action, doer),
            action.every_key,
        )
        for action, doer in actions_of(screen)
        if action.name not in hidden
    ]
