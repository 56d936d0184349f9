"""The form of a rotation: how long the old token works on, and when the new one ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, Static

from st_tui.core.errors import Refusal
from st_tui.core.expiry import MINUTE, SECOND, in_local_time
from st_tui.core.model import ServiceToken, TokenDraft
from st_tui.core.wording import told_apart
from st_tui.tui import command_line
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.screens.command_dialog import COPY_COMMAND, CommandDialog
from st_tui.tui.screens.comparison import comparison_lines
from st_tui.tui.widgets.expiry_selector import NewEndSelector
from st_tui.tui.widgets.overlap_selector import OverlapSelector
from st_tui.tui.widgets.preset_row import PresetRow
from st_tui.tui.widgets.row import LABEL
from st_tui.tui.widgets.token_name import last_use


class Rotation(NamedTuple):
    """A rotation that a person wants, in milliseconds; `expires_at` counts unless `keep_end`."""

    overlap: int
    keep_end: bool
    expires_at: int | None


class Rotate(CommandDialog[Rotation]):
    """Compares the new token with the old one, and asks for the overlap and the end."""

    ACTIONS = (
        Action("rotate", "f2,enter", "rotate", "Rotate the token", "service-token rotate ID",
               hint=True, shown_key="Enter"),
        COPY_COMMAND,
        *LEAVING,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    Rotate {
        & > .dialog { width: 76; }
        #comparison, #again, #used, #overlap { margin-bottom: 1; }
        &.short { #comparison, #again, #used, #overlap { margin-bottom: 0; } }
    }
    """

    def __init__(
        self, token: ServiceToken, draft: TokenDraft, folders: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__(f"Rotate “{told_apart(token, in_local_time)}”")
        self._token = token
        self._comparison = comparison_lines(token, draft, folders)

    def body(self) -> ComposeResult:
        token, clock = self._token, self.host.clock
        yield Static(Content("\n").join(self._comparison), id="comparison")
        if token.is_replaced:
            again = "! It was replaced already: the new token has a row of its own."
            yield Static(Content.styled(again, "$text-warning"), id="again")
        used = ("Last used".ljust(LABEL + 1), "$text-muted")
        yield Static(Content.assemble(used, last_use(token, clock())), id="used")
        yield OverlapSelector(token, clock)
        yield NewEndSelector(token, clock)

    def on_mount(self) -> None:
        self.set_interval(MINUTE / SECOND, self._say_times)

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.set_class(self.has_class("short"), "-tight")

    def _say_times(self) -> None:
        for row in self.query(PresetRow):
            row.say_choice()
        self.show_command()

    @on(PresetRow.Changed)
    def _chosen(self) -> None:
        self.show_command()

    def _wanted(self) -> Rotation:
        """The rotation that was chosen. Raises Refusal if something typed is not valid."""
        end = self.query_one(NewEndSelector)
        return Rotation(self.query_one(OverlapSelector).overlap(), end.is_kept, end.end())

    def arguments(self) -> Sequence[str]:
        try:
            overlap, keep_end, ends_at = self._wanted()
        except Refusal:
            return ()
        return command_line.rotate(self._token, overlap, keep_end=keep_end, ends_at=ends_at)

    @on(Input.Submitted)
    def action_rotate(self) -> None:
        try:
            wanted = self._wanted()
        except Refusal:
            self._go_to_what_is_wrong()  # which is said there
        else:
            self.dismiss(wanted)

    def _go_to_what_is_wrong(self) -> None:
        try:
            self.query_one(OverlapSelector).overlap()
        except Refusal:
            self.query_one(OverlapSelector).focus_choice()
        else:
            self.query_one(NewEndSelector).focus_choice()
