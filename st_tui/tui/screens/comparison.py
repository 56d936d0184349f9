"""What one token or draft allows more and less than another, in a form or in a dialog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from st_tui.core.algebra import TooComplex
from st_tui.core.algebra.comparison import Comparison, Grants, Meeting, Surplus, compare
from st_tui.core.expiry import in_local_time
from st_tui.core.model import ServiceToken
from st_tui.core.plain_text import shown
from st_tui.core.wording import told_apart
from st_tui.tui.actions import Action, bindings
from st_tui.tui.screens.command_dialog import COPY_COMMAND, CommandDialog

if TYPE_CHECKING:
    from st_tui.core.vault.comparison import TokenRelation


class ComparisonDialog(CommandDialog[None]):
    """What `other` allows more and less than `one`, and whether they overlap."""

    ACTIONS = (
        COPY_COMMAND,
        Action("leave", "escape,q,f10,enter", "close", "Close this and go back", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    ComparisonDialog {
        & > .dialog { width: 76; }
        VerticalScroll { height: auto; max-height: 14; scrollbar-size-vertical: 1; }
        &.short VerticalScroll { max-height: 7; }
    }
    """

    def __init__(self, one: ServiceToken, other: ServiceToken, found: TokenRelation) -> None:
        names = (f"“{told_apart(token, in_local_time)}”" for token in (one, other))
        super().__init__(" → ".join(names))
        self._ids = (one.id, other.id)
        self._found = found

    def arguments(self) -> Sequence[str]:
        return ("scope", "compare", *self._ids)

    def body(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content("\n").join(self._lines()))

    def _lines(self) -> list[Content]:
        (gains, losses), both = self._found
        if not gains and not losses:
            return _differences(self._found.comparison, "Equivalent: allows the same")
        return [
            _shared(both),
            *_differences(self._found.comparison, ""),
            *([] if gains else [_nothing("Gains")]),
            *([] if losses else [_nothing("Loses")]),
        ]

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


def comparison_lines(
    original: Grants, draft: Grants, folders: Mapping[str, Sequence[str]]
) -> list[Content]:
    """What a draft allows more and less than its original, each with a witness path."""
    try:
        found = compare(original, draft, folders)
    except TooComplex as refusal:
        return [Content.styled(f"! {refusal}", "$text-warning")]
    return _differences(found, "Allows the same as the original")


def _differences(found: Comparison, same: str) -> list[Content]:
    """A line for each gain and loss, or `same` where there is none."""
    gains, losses = found
    if not gains and not losses:
        return [Content.styled(f"= {same} (proved).", "$text-success")]
    more = [Content.styled(f"+ Gains {_surplus(one)}", "$text-warning") for one in gains]
    less = [Content.styled(f"- Loses {_surplus(one)}", "$text-muted") for one in losses]
    return [*more, *less]


def _shared(both: Meeting | None) -> Content:
    if both is None:
        return Content.styled("= No overlap: nothing is allowed by both (proved).", "$text-success")
    access = " and ".join(both.operations)
    folder = f"{shown(both.scope.environment)}:{both.witness}"
    return Content(f"~ Overlap, but not equivalent: both {access} {folder}")


def _nothing(verb: str) -> Content:
    return Content.styled(f"= {verb} nothing (proved).", "$text-success")


def _surplus(one: Surplus) -> str:
    access = " and ".join(one.operations)
    return f"{access} {shown(str(one.scope))}, for example on {one.witness}"
