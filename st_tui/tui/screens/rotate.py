"""The form of a rotation: how long the old token works on, and when the new one ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from st_tui.core.errors import Refusal
from st_tui.core.expiry import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    in_both_times,
    in_local_time,
    parse_duration,
    parse_end,
    remaining,
    replaced,
)
from st_tui.core.model import ServiceToken, TokenDraft
from st_tui.core.wording import old_token_works, told_apart
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.screens.comparison import comparison_lines
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.field import Field, Label
from st_tui.tui.widgets.selector import Selector
from st_tui.tui.widgets.token_name import last_use

_OTHER = -1
OVERLAPS = (("at once", 0), ("1 h", HOUR), ("24 h", DAY), ("7 d", 7 * DAY), ("other", _OTHER))
"""The overlaps offered. A day is chosen first, so that Enter alone ends no token at once."""


class Rotation(NamedTuple):
    """A rotation that a person wants, in milliseconds; `expires_at` counts unless `keep_end`."""

    overlap: int
    keep_end: bool
    expires_at: int | None


class Rotate(Dialog[Rotation]):
    """Compares the new token with the old one, and asks for the overlap and the end."""

    ACTIONS = (
        Action("rotate", "f2,enter", "rotate", "Rotate the token", "service-token rotate ID",
               hint=True, shown_key="Enter"),
        *LEAVING,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    Rotate {
        & > .dialog { width: 76; }
        #comparison, #again { margin-bottom: 1; }
        #other { display: none; }
        &.other #other { display: block; }
        #old { height: auto; margin-bottom: 1; }
        &.short #comparison, &.short #again, &.short #old { margin-bottom: 0; }
    }
    """

    def __init__(
        self, token: ServiceToken, draft: TokenDraft, folders: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__(f"Rotate “{told_apart(token, in_local_time)}”")
        self._token = token
        self._comparison = comparison_lines(token, draft, folders)

    def body(self) -> ComposeResult:
        token, now = self._token, self.host.clock()
        yield Static(Content("\n").join(self._comparison), id="comparison")
        if token.is_replaced:
            again = "! It was replaced already: the new token has a row of its own."
            yield Static(Content.styled(again, "$text-warning"), id="again")
        with Horizontal(classes="row"):
            yield Label("Last used")
            yield Static(f" {last_use(token, now)}", markup=False)
        with Horizontal(classes="row"):
            yield Label("Overlap")
            yield Selector(OVERLAPS, all_shown=True, id="overlap")
        with Horizontal(classes="row", id="other"):
            yield Label("")
            yield Field(placeholder="how long both work: 10m, 12h, 30d", id="typed")
        yield Static(id="old")
        with Horizontal(classes="row"):
            yield Label("New end")
            end = remaining(token.expires_at, now)
            yield Field(placeholder=f"as before ({end}); or 45d, a date, never", id="end")

    def on_mount(self) -> None:
        self.query_one("#overlap", Selector).choose(DAY)
        self._say_old()
        self.set_interval(MINUTE / SECOND, self._say_old)

    @on(Selector.Changed, "#overlap")
    def _overlap_chosen(self) -> None:
        self.complain("")
        self.set_class(self.query_one("#overlap", Selector).value == _OTHER, "other")
        self._say_old()

    @on(Input.Changed, "#typed")
    def _say_old(self) -> None:
        """Say until when the old token works on."""
        try:
            old = replaced(self._token, self._overlap(), self.host.clock())
        except Refusal:
            said = Content("")  # not yet typed completely
        else:
            certain = old.ends_at is not None and not old.is_cut
            said = Content.styled(
                old_token_works(old, in_both_times),
                "$text-muted" if certain else "$text-warning",
            )
        self.query_one("#old", Static).update(said)

    def _overlap(self) -> int:
        """The overlap in milliseconds. Raises Refusal if what is typed is none."""
        chosen: int = self.query_one("#overlap", Selector).value
        return parse_duration(self.query_one("#typed", Field).value) if chosen == _OTHER else chosen

    def on_key(self, event: events.Key) -> None:
        """Let a digit begin a typed overlap."""
        overlap = self.query_one("#overlap", Selector)
        if self.focused is overlap and event.character and event.character.isdecimal():
            event.stop()
            overlap.index = len(OVERLAPS) - 1
            field = self.query_one("#typed", Field)
            field.value = event.character
            field.focus()
            field.cursor_position = 1

    @on(Input.Submitted)
    def action_rotate(self) -> None:
        end = self.query_one("#end", Field).value.strip()
        try:
            wanted = Rotation(
                overlap=self._overlap(),
                keep_end=not end,
                expires_at=parse_end(end, self.host.clock()) if end else None,
            )
        except Refusal as refusal:
            self.complain(str(refusal))
            return
        self.dismiss(wanted)
