"""The form for the trusted IPs of a V3 token."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from st_tui.core.addresses import parse_ranges
from st_tui.core.errors import Refusal
from st_tui.core.expiry import in_local_time
from st_tui.core.model import IpRange, ServiceToken
from st_tui.core.wording import told_apart
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.field import ListField


class Trust(Dialog[tuple[IpRange, ...]]):
    """Asks for addresses and CIDR blocks, separated by spaces."""

    ACTIONS = (
        Action("save", "f2,enter", "save", "Save the trusted IPs", hint=True, shown_key="Enter"),
        *LEAVING,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, token: ServiceToken) -> None:
        super().__init__(f"Trusted IPs of “{told_apart(token, in_local_time)}”")
        self._token = token

    def body(self) -> ComposeResult:
        yield Static(
            "Addresses or CIDR blocks, separated by spaces. 0.0.0.0/0 and ::/0 together "
            "mean any address.\n",
            markup=False,
        )
        yield ListField(" ".join(block.text for block in self._token.trusted_ips or ()), id="ips")

    @on(Input.Submitted)
    def action_save(self) -> None:
        try:
            ranges = parse_ranges(self.query_one("#ips", ListField).values)
        except Refusal as refusal:
            self.complain(str(refusal))
            return
        if not ranges:
            self.complain("At least one is needed: 0.0.0.0/0 and ::/0 mean any address.")
            return
        self.dismiss(ranges)
