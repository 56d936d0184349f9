"""A secret's value, shown until the dialog is closed or the terminal loses the focus."""

from __future__ import annotations

from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from st_tui.core.expiry import in_local_time
from st_tui.core.model import Project
from st_tui.core.plain_text import shown
from st_tui.core.secrets.model import Secret
from st_tui.core.secrets.value_shape import shape_of
from st_tui.tui.actions import Action, bindings
from st_tui.tui.command_line import in_folder
from st_tui.tui.leaving import Leavable
from st_tui.tui.screens.dialog import Dialog
from st_tui.tui.screens.text_alone import TextAlone
from st_tui.tui.terminal import clipboard
from st_tui.tui.widgets.value_text import ValueText, as_lines

_SHOWN, _LINES = 20_000, 1_000
"""Characters and lines of a value that are drawn. All of it can be copied or exported."""
_LOGGED = "The audit log says that you looked at it."


class HidesOnBlur(Leavable[None]):
    """Mixed into a screen that shows a value: it is left when the terminal loses the focus."""

    def on_mount(self) -> None:
        self.watch(self.app, "app_focus", self._focus_changed, init=False)

    def on_screen_resume(self) -> None:
        self._focus_changed(self.app.app_focus)

    def _focus_changed(self, is_here: bool) -> None:
        if not is_here:
            self.leave()

    def leave(self, answer: None = None) -> None:
        clipboard.forget(self.app)  # what was selected with the mouse, and copied
        super().leave(answer)


class Reveal(Dialog[None], HidesOnBlur):
    """A secret with its value. Nothing of it stays when this is left."""

    ACTIONS = (
        Action("copy", "y", "copy", "Copy the value", hint=True),
        Action("expand", "x", "follow ${…}", "Put in what its references name, or take it out"),
        Action("alone", "v", "show alone", "Show the value alone, to be selected", hint=True),
        Action("leave", "escape,q,f10,enter", "hide", "Hide the value", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    Reveal {
        .title { margin-bottom: 0; }
        #facts { color: $text-muted; height: auto; }
        #comment { height: auto; max-height: 4; }
        #scroll {
            height: auto; margin: 1 0; padding: 0 1;
            background: $background; scrollbar-size-vertical: 1;
        }
        #value { height: auto; }
        #note { height: auto; max-height: 4; margin-bottom: 1; }
        &.short #note { margin-bottom: 0; }
        #fault { display: none; }
    }
    """

    def __init__(self, project: Project, secret: Secret) -> None:
        super().__init__(secret.name)
        self._project = project
        self._secret_name = secret.name
        self._sealed = secret.sealed
        self._comment = secret.comment
        self._value = secret.value
        self._refers = "${" in secret.value
        self._is_expanded = False

    def body(self) -> ComposeResult:
        yield Static(id="facts", markup=False)
        yield Static(id="comment", markup=False)
        with VerticalScroll(id="scroll"):
            yield ValueText(id="value")
        yield Static(Content.styled(_LOGGED, "$text-muted"), id="note")

    def hints(self) -> list[Action]:
        return [action._replace(hint=action.hint or self._refers) for action in self.ACTIONS]

    def on_mount(self) -> None:
        self._show()
        self.query_one("#scroll").focus()

    def on_resize(self, event: events.Resize) -> None:
        # In lines: a percentage does not count when the height of the dialog is computed.
        self.query_one("#scroll").styles.max_height = event.size.height // 2

    def _show(self) -> None:
        sealed = self._sealed
        facts = (
            f"{shown(str(sealed.place))}  ·  version {sealed.version}  ·  "
            f"{in_local_time(sealed.updated_at)}",
            str(shape_of(self._value)),
        )
        self.query_one("#facts", Static).update("\n".join(filter(None, facts)))
        comment = self.query_one("#comment", Static)
        comment.update(as_lines(self._comment))
        comment.display = bool(self._comment)
        value = self.query_one("#value", ValueText)
        if not self._value:
            value.say("empty")
            return
        drawn, left = beginning(self._value)
        value.show(drawn, f"… and {left:,} characters more: copy or export it" if left else "")

    def forget(self) -> None:
        self._value = ""
        self.query_one("#value", ValueText).forget()

    @work
    async def action_copy(self) -> None:
        outcome = await clipboard.copy(self.app, self._value)
        self.host.notify(f"“{self._secret_name}”: {outcome.message}")
        if not outcome.sent:
            self.action_alone()

    # In a group of its own, or it would end a slow copy, and nobody heard of that.
    @work(group="expand", exclusive=True)
    async def action_expand(self) -> None:
        place, name, expand = self._sealed.place, self._secret_name, not self._is_expanded
        found = await self.host.change(
            "Reading",
            lambda vault: vault.secrets.look_up(
                self._project, place, name, imports=False, expand=expand
            ),
            command=(
                *("secrets", "get", name, *in_folder(place)),
                *(() if expand else ("--no-expand",)),
            ),
        )
        if found is not None and self.app.screen is self:
            self._is_expanded = expand
            [secret] = found.secrets  # a colleague may have changed it meanwhile
            self._sealed, self._comment, self._value = secret.sealed, secret.comment, secret.value
            self._show()
            note = Content.styled(_LOGGED, "$text-muted")
            if found.warnings:
                note = Content.styled(as_lines("\n".join(found.warnings)), "$text-warning")
            self.query_one("#note", Static).update(note)

    def action_alone(self) -> None:
        self.app.push_screen(ValueAlone(self._value))


class ValueAlone(TextAlone, HidesOnBlur):
    """A value alone on the screen, from its first column on, to be selected with the mouse."""

    def __init__(self, value: str) -> None:
        drawn, left = beginning(value)
        lacks = ["the newline at its end"] if value.endswith("\n") else []
        lacks += ["its tabs, which are blanks here"] if "\t" in value else []
        is_what = "the value"
        if left:
            is_what = f"its beginning, {left:,} characters are missing: export it"
        elif lacks:
            is_what = f"the value without {' and '.join(lacks)}"
        super().__init__(as_lines(drawn), is_what)

    def forget(self) -> None:
        self._text = ""
        self.query(Static).first().update("")


def beginning(value: str) -> tuple[str, int]:
    """The part of a value that is drawn, and how many characters follow."""
    drawn = "\n".join(value[:_SHOWN].split("\n", _LINES)[:_LINES])
    return drawn, len(value) - len(drawn)
