"""The form for the trusted IPs of a V3 token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input

from st_tui.core.addresses import ANYWHERE_TEXT, covers_every_address, parse_ranges
from st_tui.core.errors import Refusal
from st_tui.core.expiry import in_local_time
from st_tui.core.model import IpRange, ServiceToken
from st_tui.core.wording import counted, told_apart
from st_tui.tui import command_line
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.screens.command_dialog import COPY_COMMAND, CommandDialog
from st_tui.tui.widgets.field import ListField
from st_tui.tui.widgets.row import Row


class Trust(CommandDialog[tuple[IpRange, ...]]):
    """Asks for addresses and CIDR blocks, separated by spaces."""

    ACTIONS = (
        Action("save", "f2,enter", "save", "Save the trusted IPs", "service-token trust ID",
               hint=True, shown_key="Enter"),
        COPY_COMMAND,
        *LEAVING,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = "Trust ListField { width: 1fr; }"

    def __init__(self, token: ServiceToken) -> None:
        super().__init__(f"Trusted IPs of “{told_apart(token, in_local_time)}”")
        self._token = token

    def body(self) -> ComposeResult:
        with Row("Trusted", id="trusted"):
            yield ListField(
                " ".join(block.text for block in self._token.trusted_ips or ()),
                placeholder="10.0.0.0/8 192.0.2.7",
                id="ips",
            ).add_class("first")

    def _ranges(self) -> tuple[IpRange, ...]:
        """What is typed. Raises Refusal if that is not valid."""
        ranges = parse_ranges(self.query_one("#ips", ListField).values)
        if not ranges:
            anywhere = " and ".join(ANYWHERE_TEXT)
            raise Refusal(f"At least one is needed: {anywhere} mean any address.")
        return ranges

    def arguments(self) -> Sequence[str]:
        try:
            return command_line.trust(self._token, self._ranges())
        except Refusal:
            return ()

    @on(Input.Changed, "#ips")
    def show_command(self) -> None:
        super().show_command()
        self.query_one(Row).say(self._meaning())

    def _meaning(self) -> Content:
        """What the addresses mean, or what is wrong with them."""
        try:
            ranges = self._ranges()
        except Refusal as refusal:
            return Content.styled(f"✖ {refusal}", "$text-error")
        if covers_every_address(ranges):
            return Content.styled("Any address may use the token.", "$text-muted")
        blocks = counted(len(ranges), "block")
        return Content.styled(f"{blocks}: any other address is refused.", "$text-muted")

    @on(Input.Submitted)
    def action_save(self) -> None:
        try:
            self.dismiss(self._ranges())
        except Refusal:
            self.query_one("#ips").focus()  # what is wrong is said there
