"""The scopes of a draft as lines edited in place, each with what it opens and its warning."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from st_tui.core.drafts import check_environment, parse_scope, scope_path, scopes_of_folder
from st_tui.core.errors import Refusal
from st_tui.core.model import Environment, Scope
from st_tui.core.patterns import literal_folder
from st_tui.core.plain_text import shown
from st_tui.core.wording import counted
from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.row import LABEL, folded, indented, set_height
from st_tui.tui.widgets.scope_field import ScopeField
from st_tui.tui.widgets.selector import Selector

_USUAL_SLUG = 10
_LONGEST_SLUG = 14
"""Columns that are kept for an environment's slug, and how many it gets at most."""
_SHORTEST_REMARK = 12
"""Columns. Where there are fewer, a mark stands for the remark beside a line."""


class Line(NamedTuple):
    """A line as it was typed. It is entered once Enter was pressed in it."""

    environment: str
    text: str
    is_entered: bool = True


class ScopeLines(Widget):
    """Lines `environment path`. The one with the cursor has fields, the last one is empty."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("remove", "ctrl+d", "remove scope", "Take this line's scope out", hint=True,
               priority=True),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    ScopeLines {
        height: 3; width: 1fr; text-wrap: nowrap;
        & > * { position: absolute; height: 1; }
    }
    """

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

    def __init__(self, lines: Sequence[Line] = (), *, most: int, columns: int) -> None:
        """`most` lines are shown at a time, probably in so many columns."""
        super().__init__()
        self._probable_columns = columns
        self.lines = [*lines, Line(lines[-1].environment if lines else "", "")]
        self.at = len(self.lines) - 1
        self._most = most
        self._top = max(len(self.lines) - most, 0)
        self.styles.height = self._shown + 1
        self._known = asyncio.Event()
        self._environments: Sequence[Environment] = ()
        self._folders: Mapping[str, Sequence[str]] = {}
        self._remarks: Mapping[int, Content] = {}
        self._counts: Mapping[Scope, int | None] = {}
        self.fault = Content("")
        """What is said until the next change, as that a scope is missing."""

    def compose(self) -> ComposeResult:
        yield Selector[str]([("", "")], id="scope-environment")
        yield ScopeField(placeholder="/path/**, or env:/path", with_patterns=True, id="scope-path")

    def on_mount(self) -> None:
        self._selector.visible = False
        self._arrange()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    @property
    def _selector(self) -> Selector[str]:
        return self.query_one("#scope-environment", Selector)

    @property
    def _field(self) -> ScopeField:
        return self.query_one("#scope-path", ScopeField)

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

    @property
    def environment(self) -> str:
        """The environment of the line with the cursor."""
        return self.lines[self.at].environment

    @property
    def folders(self) -> Sequence[str]:
        """The folders of that environment, the root first."""
        return self._folders.get(self.environment, ())

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
        self.lines = [Line(*scope, is_entered=typed.get(scope, True)) for scope in scopes] + unread
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

    def _read(self, line: Line) -> Scope | Refusal | None:
        """The scope of a line, or why it is none; None for an empty line."""
        if not line.text.strip():
            return None
        try:
            return self._written(line)[0]
        except Refusal as refusal:
            return refusal

    def _written(self, line: Line) -> tuple[Scope, str | None]:
        """The scope that a line means, and a note on what was changed of it. Raises Refusal.

        `prod:/common/**` names its environment; a path alone is in the line's own.
        """
        text = line.text.strip()
        if text.startswith("/") or ":" not in text:
            path, note = scope_path(text)
            scope = Scope(line.environment, path)
        else:
            scope, note = parse_scope(text)
        if self._known.is_set() and not line.is_entered:
            check_environment(scope.environment, self._environments)
        return scope, note

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

    # --- what is drawn ----------------------------------------------------------------------------

    @property
    def _shown(self) -> int:
        """How many lines are shown."""
        return min(len(self.lines), self._most)

    @property
    def _width(self) -> int:
        return self.content_size.width or self._probable_columns

    def _columns(self) -> tuple[int, int, int, int]:
        """The widths of environment, path, count and remark."""
        slugs = [cell_len(line.environment) for line in self.lines]
        slugs += [len(environment.slug) for environment in self._environments]
        environment = min(max(*slugs, _USUAL_SLUG), _LONGEST_SLUG) + 5
        counts = [len(self._count(line)) for line in self.lines]
        count = max(*counts, 8) + 1
        room = self._width - LABEL - environment - count
        settled = (line.text for index, line in enumerate(self.lines) if index != self.at)
        longest = max(map(cell_len, settled), default=0) + 2
        path = max(min(room - 20, 40), 24, min(longest, room - 2))
        remark = room - path
        if remark < _SHORTEST_REMARK:
            path, remark = max(room - 2, 8), 2
        return environment, path, count, remark - 1

    def _arrange(self) -> None:
        """Put the fields into the line with the cursor."""
        self._top = max(min(self._top, self.at), self.at - self._most + 1)
        self._top = max(min(self._top, len(self.lines) - self._most), 0)
        environment, path, _, _ = self._columns()
        y = self.at - self._top
        for field, x, width in (
            (self._selector, LABEL, environment),
            (self._field, LABEL + environment, path),
        ):
            field.styles.offset = (x, y)
            field.styles.width = width
        self._fit()
        self.refresh()

    def _fit(self) -> None:
        set_height(self, self._shown + max(len(self._below()), 1))

    def _below(self) -> list[Content]:
        """What is to be said of the line with the cursor, as lines."""
        return folded(self._about_line(), self._width - LABEL - 2)

    def _about_line(self) -> Content:
        line = self.lines[self.at]
        if self.fault or not line.text.strip():
            return self.fault
        try:
            _, note = self._written(line)
        except Refusal as refusal:
            return Content.styled(f"✖ {shown(str(refusal))}", "$text-error")
        parts = []
        if self._field.completion:
            # In the field only its colour tells a completion from what was typed.
            parts.append(Content.styled(f"Tab: {shown(self._field.completion)}", "$text-muted"))
        if note:
            parts.append(Content.styled(note, "$text-muted"))
        if remark := self._remarks.get(self.at):
            parts.append(remark)
        return Content("   ").join(parts)

    def _count(self, line: Line) -> str:
        scope = self._read(line)
        if not isinstance(scope, Scope) or scope.environment not in self._folders:
            return ""
        opened = self._counts.get(scope)
        return "" if opened is None else f"{opened} of {len(self._folders[scope.environment])}"

    def render(self) -> Content:
        widths = self._columns()
        lines = [self._drawn(index, widths) for index in range(self._top, self._top + self._shown)]
        return Content("\n").join([*lines, *(indented(line) for line in self._below())])

    def _drawn(self, index: int, widths: tuple[int, int, int, int]) -> Content:
        line = self.lines[index]
        environment, path, count, remark = widths
        label = "Scopes" if index == self._top else ""
        last = self._top + self._shown - 1
        if index == last and index < len(self.lines) - 1:
            label = f"↓ {len(self.lines) - 1 - index}"
        number = str(index + 1) if line.text else ""
        opens = self._count(line)
        style = "$text-warning" if opens.startswith("0 ") else "$text-muted"
        return Content.assemble(
            (f"{label:<{LABEL - 2}}{number:>2}"[:LABEL], "$text-muted"),
            f"   {column(line.environment, environment - 3)}",
            f" {column(line.text, path - 1)}",
            (f"{opens:>{count}}", style),
            " ",
            self._beside(index, remark),
        )

    def _beside(self, index: int, width: int) -> Content:
        """The remark on a line, in so many cells."""
        line = self.lines[index]
        found = self._read(line)
        if index == self.at:
            return Content("")  # it is said below, and whole
        if isinstance(found, Refusal):
            said = Content.styled(f"✖ {shown(str(found))}", "$text-error")
        elif not line.is_entered:
            said = Content.styled("! not entered", "$text-warning")
        else:
            said = self._remarks.get(index, Content(""))
        return said.truncate(width, ellipsis=True) if width > 2 else said.truncate(1)
