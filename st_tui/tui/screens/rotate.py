"""How a token is to be rotated: whether the old one lives on for a while, and the new one's end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from st_tui.core.errors import Refusal
from st_tui.core.expiry import parse_duration, parse_end, remaining
from st_tui.core.model import ServiceToken, TokenDraft
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.screens.comparison import beside
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.field import Field, Label


class Rotation(NamedTuple):
    """A rotation as wished: `overlap` in milliseconds, and an end of its own unless kept."""

    overlap: int
    keep_end: bool
    expires_at: int | None


class Rotate(Dialog[Rotation]):
    """Says what the new token allows beside the old one, and asks for the overlap and the end.

    Both may be left empty.
    """

    ACTIONS = (
        Action("rotate", "f2,enter", "rotate", "Rotate the token", "service-token rotate ID",
               hint=True, shown_key="Enter"),
        *LEAVING,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(
        self, token: ServiceToken, draft: TokenDraft, folders: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__(f"Rotate “{token.name}”")
        self._token = token
        self._beside = beside(token, draft, folders)

    def body(self) -> ComposeResult:
        yield Static(Content("\n").join(self._beside))
        yield Static("It gets a new text. The old text stops working:\n", markup=False)
        with Horizontal(classes="row"):
            yield Label("Overlap")
            yield Field(placeholder="at once; or 10m, 24h, 7d", id="overlap")
        with Horizontal(classes="row"):
            yield Label("New end")
            end = remaining(self._token.expires_at, self.st.clock())
            yield Field(placeholder=f"as before ({end}); or 45d, a date, never", id="end")

    @on(Input.Submitted)
    def action_rotate(self) -> None:
        overlap = self.query_one("#overlap", Field).value.strip()
        end = self.query_one("#end", Field).value.strip()
        try:
            wish = Rotation(
                overlap=parse_duration(overlap) if overlap else 0,
                keep_end=not end,
                expires_at=parse_end(end, self.st.clock()) if end else None,
            )
        except Refusal as refusal:
            self.complain(str(refusal))
            return
        self.dismiss(wish)
