"""A dialog that asks for one line of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from st_tui.core.errors import Refusal
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.widgets.field import Field


class Prompt(Dialog[str]):
    """Asks for a line of text."""

    ACTIONS = (
        Action("answer", "f2,enter", "ok", "Take this", hint=True, shown_key="Enter"),
        *LEAVING,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(
        self, title: str, value: str, placeholder: str, check: Callable[[str], object]
    ) -> None:
        """`check` raises Refusal for an answer that is not valid."""
        super().__init__(title)
        self._value = value
        self._placeholder = placeholder
        self._check = check

    def body(self) -> ComposeResult:
        yield Field(self._value, placeholder=self._placeholder)

    @on(Input.Submitted)
    def action_answer(self) -> None:
        answer = self.query_one(Field).value
        try:
            self._check(answer)
        except Refusal as refusal:
            self.complain(str(refusal))
        else:
            self.dismiss(answer)
