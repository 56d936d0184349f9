"""The scopes of a draft as lines that are edited in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from st_tui.core.drafts import scopes_of_folder
from st_tui.core.errors import Refusal
from st_tui.core.model import Environment, Scope
from st_tui.core.patterns import literal_folder
from st_tui.core.plain_text import shown
from st_tui.core.wording import counted
from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.scope_field import ScopeField
from st_tui.tui.widgets.scope_view import Line, ScopeView
from st_tui.tui.widgets.selector import Selector


class ScopeLines(ScopeView):
    """Edits one line at a time. Enter begins the next one; several pasted lines fill several."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("remove", "ctrl+d", "remove scope", "Take this line's scope out", hint=True,
               priority=True),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    class Changed(Message):
        """The scopes changed, or the one being typed.

        `asked_about` is the environment and path that the pane is to ask about now, if another.
        """

        def __init__(self, asked_about: tuple[str, str] | None = None) -> None:
            self.asked_about = asked_about
            super().__init__()

    class Done(Message):
        """Enter was pressed in the empty line, or the cursor leaves the lines; `above` or below."""

        def __init__(self, *, above: bool = False) -> None:
            self.above = above
            super().__init__()

    # --- what is known, and what is typed ---------------------------------------------------------

    def set_project(
        self, environments: Sequence[Environment], folders: Mapping[str, Sequence[str]]
    ) -> None:
        """Say what there is to choose from: the environments, and the folders of each."""
        self._environments, self._folders = environments, folders
        first = environments[0].slug if environments else ""
        self.lines = [line if line.environment else line._replace(environment=first)
                      for line in self.lines]  # fmt: skip
        self._selector.visible = bool(environments)
        self._selector.offer([(environment.slug, environment.slug) for environment in environments])
        self._selector.choose(self.environment)
        self._complete()
        self._field.cut_environment()
        self._known.set()
        self._arrange()

    async def known(self) -> None:
        """Wait until it was said what there is to choose from."""
        await self._known.wait()

    def say(self, remarks: Mapping[int, Content], counts: Mapping[Scope, int | None]) -> None:
        """Say something of lines, by their index, and how many folders each scope opens."""
        self._remarks, self._counts = remarks, counts
        self._fit()
        self.refresh()

    def scopes(self) -> dict[int, Scope]:
        """The scopes that can be read, by their line: none is there twice."""
        found: dict[int, Scope] = {}
        for index, line in enumerate(self.lines):
            scope = self._read(line)
            if isinstance(scope, Scope) and scope not in found.values():
                found[index] = scope
        return found

    def drafted(self) -> tuple[Scope, ...]:
        """Every scope, and the one that is being typed. Raises Refusal."""
        for line in self.lines:
            if line.text.strip():
                self._written(line)
        return tuple(self.scopes().values())

    def entered(self) -> tuple[Scope, ...]:
        """The scopes that were entered, each once."""
        found = self.scopes()
        return tuple(scope for index, scope in found.items() if self.lines[index].is_entered)

    def not_entered(self) -> list[Scope]:
        """The scopes that were typed but not entered."""
        entered = self.entered()
        return [scope for scope in self.scopes().values() if scope not in entered]

    def replace(self, scopes: Sequence[Scope]) -> None:
        """Put other scopes in the place of all that can be read."""
        before = self.scopes()
        typed = {scope: self.lines[index].is_entered for index, scope in before.items()}
        unread = [line for line in self.lines if isinstance(self._read(line), Refusal)]
        once = dict.fromkeys(scopes)
        self.lines = [Line(*scope, is_entered=typed.get(scope, True)) for scope in once] + unread
        self._end_with_empty()
        self._go(len(self.lines) - 1)

    def folder_note(self, path: str) -> str:
        """The scopes that were picked at this folder: itself, children, all below."""
        here = {line.text for line in self.lines if line.environment == self.environment}
        return "  ".join(pattern for pattern in scopes_of_folder(path) if pattern in here)

    def cycle(self, path: str) -> None:
        """Change the scope of a folder: itself, then its children, everything below, none."""
        environment = self.environment
        steps = [Scope(environment, pattern) for pattern in scopes_of_folder(path)]
        scopes = list(self.scopes().values())
        at = next((i for i, step in enumerate(steps) if step in scopes), -1)
        rest = [scope for scope in scopes if scope not in steps]
        self.replace((*rest, steps[at + 1]) if at + 1 < len(steps) else rest)
        self.lines[-1] = Line(environment, "")
        self._selector.choose(environment)

    def go_to_fault(self) -> None:
        """Put the cursor into the first line that is no scope."""
        faults = (i for i, line in enumerate(self.lines) if isinstance(self._read(line), Refusal))
        if (index := next(faults, None)) is not None:
            self._go(index)

    def step_environment(self, amount: int) -> None:
        """Go on to another environment in the empty line, for the tree."""
        if self.lines[self.at].text:
            self._go(len(self.lines) - 1)
        self._selector.index += amount

    # --- changes ----------------------------------------------------------------------------------

    def _change(self, asked_about: tuple[str, str] | None = None) -> None:
        self._fit()
        self.refresh()
        self.post_message(self.Changed(asked_about))

    def _end_with_empty(self) -> None:
        if not self.lines or self.lines[-1].text:
            self.lines.append(Line(self.lines[-1].environment if self.lines else "", ""))

    def _go(self, index: int) -> None:
        """Put the cursor into another line. An empty one that is left goes, unless it is last."""
        if self.at < len(self.lines) - 1 and self.at != index and not self.lines[self.at].text:
            del self.lines[self.at]
            index -= index > self.at
        self.at = max(0, min(index, len(self.lines) - 1))
        self.fault = Content("")
        self._end_with_empty()
        environment, text, _ = self.lines[self.at]
        first = self._environments[0].slug if self._environments else ""
        self.lines[self.at] = self.lines[self.at]._replace(environment=environment or first)
        with self.prevent(Input.Changed):
            self._field.value = text
            self._field.cursor_position = len(text)
        self._selector.choose(self.environment)
        self._complete()
        self._arrange()
        self._change()

    def _complete(self) -> None:
        """Complete the path from the real folders."""
        environments = [environment.slug for environment in self._environments]
        self._field.offer(self.folders, environments)

    @on(Selector.Changed, "#scope-environment")
    def _environment_chosen(self, event: Selector.Changed) -> None:
        event.stop()
        self._set_environment(event.selector.value)

    @on(PathField.Elsewhere)
    def _environment_written(self, event: PathField.Elsewhere) -> None:
        event.stop()
        self._selector.choose(event.environment)
        self._set_environment(event.environment)

    def _set_environment(self, slug: str) -> None:
        line = self.lines[self.at]
        if slug != line.environment:
            self.lines[self.at] = Line(slug, line.text, is_entered=line.is_entered)
            self._complete()
            self._change((slug, "/"))

    @on(Input.Changed, "#scope-path")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.fault = Content("")
        line = self.lines[self.at]
        if event.value != line.text:
            self.lines[self.at] = Line(line.environment, event.value, is_entered=not event.value)
            self._change()

    @on(Input.Submitted, "#scope-path")
    async def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        await self._known.wait()  # typed ahead of the answer which environments there are
        line = Line(self.environment, self._field.value, is_entered=False)
        self.lines[self.at] = line
        if not line.text.strip():
            self.post_message(self.Done())
            return
        try:
            scope, _ = self._written(line)
        except Refusal:
            self._change()
            return  # it is said below the line
        self.lines[self.at] = Line(scope.environment, scope.secret_path)
        self._end_with_empty()
        asked_about = scope.environment, literal_folder(scope.secret_path)
        if self.lines[-1].text == "":
            self.lines[-1] = Line(scope.environment, "")
        self._go(self.at + 1)
        self._change(asked_about)

    @on(ScopeField.Pasted)
    async def _several_pasted(self, event: ScopeField.Pasted) -> None:
        event.stop()
        await self._known.wait()
        scopes: list[Scope] = []
        for number, text in enumerate(event.lines, start=1):
            try:
                scopes.append(self._written(Line(self.environment, text, is_entered=False))[0])
            except Refusal as refusal:
                said = f"✖ Line {number} of the paste: {refusal} No line of it was taken."
                self.fault = Content.styled(shown(said), "$text-error")
                self._change()
                return
        before = list(self.scopes().values())
        added = [scope for scope in dict.fromkeys(scopes) if scope not in before]
        half_typed = [] if self.lines[self.at].is_entered else [self.lines.pop(self.at)]
        entered = [line for line in self.lines if line.text]
        self.lines = [*entered, *(Line(*scope) for scope in added), *half_typed]
        self.at = len(self.lines) - len(half_typed)
        self._end_with_empty()
        self._go(self.at)
        self.app.notify(f"{len(scopes)} lines were pasted: {counted(len(added), 'scope')} added.")

    @on(ScopeField.Emptied)
    def _emptied(self, event: ScopeField.Emptied) -> None:
        event.stop()
        if self.at > 0:
            self._go(self.at - 1)

    @on(ScopeField.Left)
    def _line_left(self, event: ScopeField.Left) -> None:
        event.stop()
        index = self.at + event.amount
        if 0 <= index < len(self.lines):
            self._go(index)
        else:
            self.post_message(self.Done(above=index < 0))

    def action_remove(self) -> None:
        if self.lines[self.at].text:
            at, environment = self.at, self.environment
            del self.lines[at]
            self._end_with_empty()
            self.lines[-1] = self.lines[-1]._replace(environment=environment)
            self.at = len(self.lines) - 1
            self._go(min(at, len(self.lines) - 1))

    def on_click(self, event: events.Click) -> None:
        index = self._top + event.y
        if index < len(self.lines) and event.y < self._shown:
            self._go(index)
            self._field.focus()
