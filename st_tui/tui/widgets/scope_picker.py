"""The scopes of a draft: typed with completion from the folders, picked in a tree, or removed."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from st_tui.core.drafts import (
    check_environment,
    parse_scope,
    scope_path,
    scopes_of_folder,
)
from st_tui.core.errors import Refusal
from st_tui.core.lint import FolderPaths
from st_tui.core.model import Environment, Scope
from st_tui.core.patterns import literal_folder
from st_tui.core.plain_text import shown
from st_tui.core.wording import counted
from st_tui.tui.widgets.field import Label
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.scope_list import ScopeList
from st_tui.tui.widgets.selector import Selector


class _ScopeField(PathField):
    """A field for a scope's path. Several pasted lines are several scopes."""

    typed_enters = 1

    class Pasted(Message):
        """Several lines were pasted."""

        def __init__(self, lines: list[str]) -> None:
            self.lines = lines
            super().__init__()

    def take_lines(self, lines: list[str]) -> str:
        self.post_message(self.Pasted(lines))
        return ""


class ScopePicker(Vertical):
    """A field for one more scope, with what that opens, above the list of scopes so far."""

    DEFAULT_CSS = """
    ScopePicker {
        height: auto;
        #path-says {
            height: auto; min-height: 1; max-height: 6;
            padding: 0 1; margin-left: 12; color: $text-muted;
        }
    }
    """

    class Changed(Message):
        """The scopes changed, or the one being typed.

        `asked_about` is the environment and path that the pane is to ask about now, if another.
        """

        def __init__(self, asked_about: tuple[str, str] | None = None) -> None:
            self.asked_about = asked_about
            super().__init__()

    class Refused(Message):
        """What was typed is no scope."""

        def __init__(self, sentence: str) -> None:
            self.sentence = sentence
            super().__init__()

    def __init__(self, scopes: tuple[Scope, ...] = ()) -> None:
        super().__init__()
        self.scopes = scopes
        self._environments: Sequence[Environment] = ()
        self._folders = FolderPaths({})

    def compose(self) -> ComposeResult:
        with Horizontal(classes="row"):
            yield Label("Environment")
            yield Selector[str]([], id="scope-environment")
        with Horizontal(classes="row"):
            yield Label("Path")
            yield _ScopeField(
                placeholder="/common/**   then Enter", with_patterns=True, id="scope-path"
            )
        yield Static(id="path-says")
        with Horizontal(classes="tall"):
            yield Label("Scopes")
            yield ScopeList(self._reach)

    def set_project(self, environments: Sequence[Environment], folders: FolderPaths) -> None:
        """Say what there is to choose from: the environments, and the folders of each."""
        self._environments, self._folders = environments, folders
        self._selector.offer([(environment.name, environment.slug) for environment in environments])
        self._complete()
        self._show()

    @property
    def environment(self) -> str:
        """The slug of the environment that is chosen."""
        return str(self._selector.value) if self._selector.options else ""

    def choose_environment(self, slug: str) -> None:
        """Choose another environment without telling anybody."""
        self._selector.choose(slug)
        self._complete()
        self._show()

    def drafted(self) -> tuple[Scope, ...]:
        """The scopes so far and the one being typed. Raises Refusal."""
        typed = self.typed()
        return self.scopes if typed is None else (*self.scopes, typed)

    def typed(self) -> Scope | None:
        """The scope being typed, unless it is one of those so far. Raises Refusal."""
        text = self._field.value.strip()
        scope = self._written(text)[0] if text else None
        return None if scope in self.scopes else scope

    def folder_note(self, path: str) -> str:
        """The scopes so far that were picked at this folder: itself, children, all below."""
        here = [s.secret_path for s in self.scopes if s.environment == self.environment]
        return "  ".join(pattern for pattern in scopes_of_folder(path) if pattern in here)

    def cycle(self, path: str) -> None:
        """Change the scope of a folder: itself, then its children, everything below, none."""
        steps = [Scope(self.environment, pattern) for pattern in scopes_of_folder(path)]
        at = next((i for i, step in enumerate(steps) if step in self.scopes), -1)
        rest = tuple(scope for scope in self.scopes if scope not in steps)
        self._change((*rest, steps[at + 1]) if at + 1 < len(steps) else rest)

    @property
    def _selector(self) -> Selector[str]:
        return self.query_one("#scope-environment", Selector)

    @property
    def _field(self) -> PathField:
        return self.query_one("#scope-path", PathField)

    def _change(
        self, scopes: tuple[Scope, ...], asked_about: tuple[str, str] | None = None
    ) -> None:
        self.scopes = scopes
        self._show()
        self.post_message(self.Changed(asked_about))

    def _show(self) -> None:
        self.query_one(ScopeList).show(self.scopes)
        self.query_one("#path-says", Static).update(self._about_path())

    def _about_path(self) -> Content:
        typed = self._field.value.strip()
        if not typed:
            return Content("")
        try:
            scope, note = self._written(typed)
        except Refusal as refusal:
            return Content.styled(shown(str(refusal)), "$text-warning")
        style = "$text-success" if self._folders.opened(scope) else "$text-warning"
        # In the field only its colour tells a completion from what was typed.
        completion = self._field.completion
        tab = f"Tab: {completion}" if completion else None
        said = "  ".join(filter(None, (note, tab)))
        return Content.assemble((f"opens {self._reach(scope)}", style), f"  {said}")

    def _reach(self, scope: Scope) -> str:
        if scope.environment not in self._folders:
            return "no such environment"
        opened = self._folders.opened(scope)
        if opened is None:
            return "grants nothing"
        return f"{opened} of {counted(len(self._folders[scope.environment]), 'folder')}"

    def _complete(self) -> None:
        """Complete the path from the real folders."""
        paths = self._folders.get(self.environment, ())
        self._field.offer(paths, [environment.slug for environment in self._environments])

    @on(Selector.Changed, "#scope-environment")
    def _environment_chosen(self, event: Selector.Changed) -> None:
        event.stop()
        self._complete()
        self._change(self.scopes, (self.environment, "/"))

    @on(PathField.Elsewhere)
    def _environment_written(self, event: PathField.Elsewhere) -> None:
        event.stop()
        self._selector.choose(event.environment)
        self._complete()
        self._change(self.scopes, (self.environment, "/"))

    @on(Input.Changed, "#scope-path")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._change(self.scopes)

    @on(Input.Submitted, "#scope-path")
    def _entered(self) -> None:
        field = self._field
        try:
            scope, _ = self._written(field.value)
        except Refusal as refusal:
            self.post_message(self.Refused(str(refusal)))
            return
        with self.prevent(Input.Changed):
            field.value = ""
        asked_about = scope.environment, literal_folder(scope.secret_path)
        self._change(tuple(dict.fromkeys((*self.scopes, scope))), asked_about)

    @on(_ScopeField.Pasted)
    def _several_pasted(self, event: _ScopeField.Pasted) -> None:
        event.stop()
        scopes: list[Scope] = []
        for number, line in enumerate(event.lines, start=1):
            try:
                scopes.append(self._written(line)[0])
            except Refusal as refusal:
                said = f"Line {number} of the paste: {refusal} No line of it was taken."
                self.post_message(self.Refused(said))
                return
        added = [scope for scope in dict.fromkeys(scopes) if scope not in self.scopes]
        self._change((*self.scopes, *added))
        self.app.notify(f"{len(scopes)} lines were pasted: {counted(len(added), 'scope')} added.")

    def _written(self, line: str) -> tuple[Scope, str | None]:
        """The scope that a line means, and a note on what was changed of it. Raises Refusal.

        `prod:/common/**` names its environment; a path alone is in the chosen one.
        """
        if line.startswith("/") or ":" not in line:
            path, note = scope_path(line)
            return Scope(self.environment, path), note
        scope, note = parse_scope(line)
        check_environment(scope.environment, self._environments)
        return scope, note

    @on(ScopeList.Removed)
    def _removed(self, event: ScopeList.Removed) -> None:
        event.stop()
        self._change(tuple(s for index, s in enumerate(self.scopes) if index != event.index))
