"""A window over the page, for a question or a short form."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from time import monotonic
from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from st_tui.core.plain_text import shown, shown_lines
from st_tui.tui.actions import FIELDS, LEAVING, Action, bindings
from st_tui.tui.leaving import Leavable
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.toasts import stand_below

Result = TypeVar("Result")

_SHORT = 20
"""Lines of a screen below which a dialog has no blank ones."""


class _Box(Vertical):
    """The window itself. Toasts stand below it."""

    def on_resize(self) -> None:
        stand_below(self)


class Dialog(ModalScreen[Result | None], Leavable[Result | None]):
    """A dialog with a title. Leaving it answers None. All of it is plain text, never markup."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: transparent;
        & > .dialog {
            width: 68; max-width: 96%; height: auto; max-height: 94%;
            padding: 1 2 0 2; background: $panel; border: round $primary;
        }
        .title { text-style: bold; margin-bottom: 1; }
        .row { height: 1; }
        Field { background: $background; }
        Field:focus { background: $block-cursor-blurred-background; }
        #fault { height: auto; }
        KeyHints { padding: 0; }
        ToastHolder { display: none; }
        ToastHolder:last-child { display: block; }
        Toast { width: auto; max-width: 100%; margin-top: 0; padding: 0 1; }
        &.short {
            & > .dialog { padding: 0 2; }
            .title { margin-bottom: 0; }
        }
    }
    """
    ACTIONS: ClassVar[tuple[Action, ...]] = LEAVING
    BINDINGS: ClassVar[list[BindingType]] = bindings((*LEAVING, *FIELDS))

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        with _Box(classes="dialog"):
            yield from self.heading()
            yield from self.body()
            yield Static(id="fault", markup=False)
            yield from self.foot()
            yield KeyHints(self.hints())

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < _SHORT, "short")
        for box in self.query(_Box):
            stand_below(box)

    def hints(self) -> Sequence[Action]:
        """The actions that its last line hints at."""
        return self.ACTIONS

    def heading(self) -> ComposeResult:
        """The title, and what stands beside it."""
        yield Static(shown(self._title), classes="title", markup=False)

    def body(self) -> ComposeResult:
        """The widgets between the title and the hints."""
        raise NotImplementedError

    def foot(self) -> ComposeResult:
        """The widgets right above the hints."""
        yield from ()

    def complain(self, sentence: str) -> None:
        """Say in the dialog what has to be corrected; an empty sentence takes that away."""
        self.query_one("#fault", Static).update(Content.styled(shown(sentence), "$text-error"))

    @on(Input.Changed)
    def _corrected(self) -> None:
        if self.query_one("#fault", Static).content:
            self.complain("")


class Confirm(Dialog[bool]):
    """Asks before something is done that cannot be undone. Enter never means yes."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("yes", "y", "yes", "Do it", hint=True),
        Action("leave", "escape,n,q,f10,enter", "no", "Leave everything as it is", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, title: str, effect: str, *, verb: str) -> None:
        super().__init__(title)
        self._effect = effect
        self._verb = verb
        self.asked_at = inf

    def on_mount(self) -> None:
        self.asked_at = monotonic()

    def body(self) -> ComposeResult:
        yield Static(shown_lines(self._effect), markup=False)

    def hints(self) -> list[Action]:
        yes, no = self.ACTIONS
        return [yes._replace(label=self._verb), no._replace(label="go back")]

    def action_yes(self) -> None:
        self.dismiss(True)


def close_form_question(lost: str) -> Confirm:
    """The question before a form is closed that somebody filled in."""
    return Confirm("Close the form?", lost, verb="close")
