"""What a draft or a token allows beside another one, in lines of a form or in a dialog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from st_tui.core.algebra import TooComplex
from st_tui.core.compare import Comparison, Grants, Surplus, compare
from st_tui.core.model import ServiceToken
from st_tui.core.plain_text import shown
from st_tui.tui.actions import Action, bindings
from st_tui.tui.screens.dialog import Dialog


class Beside(Dialog[None]):
    """What another token allows more and less than one."""

    ACTIONS = (Action("leave", "escape,q,f10,enter", "close", "Close this and go back", hint=True),)
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    Beside VerticalScroll { height: auto; max-height: 14; }
    """

    def __init__(self, one: ServiceToken, other: ServiceToken, found: Comparison) -> None:
        super().__init__(f"“{shown(one.name)}” → “{shown(other.name)}”")
        self._found = found

    def body(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content("\n").join(_lines(self._found, "Allows the same")))

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


def beside(original: Grants, draft: Grants, folders: Mapping[str, Sequence[str]]) -> list[Content]:
    """What the draft would allow more and less than its original, each with a path."""
    try:
        found = compare(original, draft, folders)
    except TooComplex as refusal:
        return [Content.styled(f"! {refusal}", "$text-warning")]
    return _lines(found, "Allows the same as the original")


def _lines(found: Comparison, same: str) -> list[Content]:
    gains, losses = found
    if not gains and not losses:
        return [Content.styled(f"= {same} (proved).", "$text-success")]
    more = [Content.styled(f"+ Gains {_surplus(one)}", "$text-warning") for one in gains]
    less = [Content.styled(f"- Loses {_surplus(one)}", "$text-muted") for one in losses]
    return [*more, *less]


def _surplus(one: Surplus) -> str:
    access = " and ".join(one.operations)
    return f"{access} {shown(str(one.scope))}, as on {one.witness}"
