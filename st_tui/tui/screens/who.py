"""Who can reach this? A path or a pattern, and below it, live, the tokens that can reach it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from st_tui.core import reach
from st_tui.core.algebra import TooComplex
from st_tui.core.drafts import check_pattern, request_path
from st_tui.core.errors import Refusal
from st_tui.core.lint.no_folder import why_never
from st_tui.core.model import Environment, Permission, Project
from st_tui.core.patterns import compile_pattern, is_plain
from st_tui.core.plain_text import shown
from st_tui.core.reach import ReachIndex, ReachingTokens
from st_tui.core.secrets.model import Place
from st_tui.tui.actions import Action, bindings
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.screens.overview import Overview
from st_tui.tui.widgets.field import Label
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.reacher_list import ReacherList
from st_tui.tui.widgets.selector import Selector

if TYPE_CHECKING:
    from st_tui.core.vault import Vault


_ANYWHERE = Place("", "/")
"""The root of the first environment."""


class Question(NamedTuple):
    """A path, or a pattern if it has wildcards, in an environment, and an operation."""

    environment: str
    path: str
    operation: Permission

    @property
    def is_pattern(self) -> bool:
        """Whether any path that matches counts."""
        return not is_plain(self.path)


class ProjectReach(NamedTuple):
    """What questions are answered from: an index of all tokens, and each environment's folders."""

    environments: Sequence[Environment]
    folders: Mapping[str, Sequence[str]]
    reach: ReachIndex


class _Superseded(Exception):
    """Another question was asked meanwhile."""


class Who(Overview):
    """Asks the index of all tokens at every keystroke."""

    NAME = "Who can reach this?"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        *Overview.ACTIONS,
        Action("to_list", "down", "list", "Go from the question to the list"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS[-1:])
    DEFAULT_CSS = """
    Who {
        #question {
            layout: grid; grid-size: 2; grid-columns: 12 1fr; grid-rows: 1;
            height: 3; margin: 1 1 0 1;
        }
        #says { height: auto; min-height: 2; max-height: 5; padding: 0 1 0 14; }
    }
    """
    AUTO_FOCUS: ClassVar[str] = "#path"

    def __init__(self, start: Place = _ANYWHERE) -> None:
        """Asks about `start` first."""
        super().__init__()
        self._start = start
        self._known: ProjectReach | None = None
        self._question: Question | None = None
        self._answered: Question | None = None
        self._answering = LatestWins(self, self._answer)

    def body(self) -> ComposeResult:
        with Vertical(id="question"):
            yield Label("Environment")
            yield Selector[str]([], id="environment")
            yield Label("Path")
            yield PathField(
                self._start.path,
                placeholder="/common/db, or /common/** for any folder there",
                id="path",
            )
            yield Label("Operation")
            yield Selector(
                [(permission.value, permission) for permission in Permission],
                all_shown=True,
                id="operation",
            )
        yield Static(id="says")
        yield Static(id="found")
        yield ReacherList(self.host.clock)

    async def read_tokens(self, project: Project) -> None:
        is_first = self._known is None
        if is_first:
            self.say((f"Reading the tokens of {shown(project.name)}…", "$text-muted"))
        self._known = await self.host.read(lambda vault: _read(vault, project))
        self._environment.offer([(e.name, e.slug) for e in self._known.environments])
        if is_first:
            self._environment.choose(self._start.environment)
        self._in_environment()
        if self._question is None:
            self.say("")  # nothing can be asked yet; the remark says why
        else:
            self._answering.request()  # the last valid question, whatever the field holds by now

    @property
    def _environment(self) -> Selector[str]:
        return self.query_one("#environment", Selector)

    @property
    def _path(self) -> PathField:
        return self.query_one("#path", PathField)

    @on(Selector.Changed, "#environment")
    def _in_environment(self) -> None:
        """Offer the environment's folders for completion, and ask there."""
        if self._known is not None and self._environment.options:
            paths = self._known.folders[self._environment.value]
            known = [environment.slug for environment in self._known.environments]
            self._path.offer(paths, known)
        self._ask()

    @on(PathField.Elsewhere)
    def _environment_written(self, event: PathField.Elsewhere) -> None:
        self._environment.choose(event.environment)
        self._in_environment()

    @on(Input.Changed, "#path")
    @on(Selector.Changed, "#operation")
    def _ask(self) -> None:
        """Ask what the form says. If that is not valid, say so, and keep the last answer."""
        if self._known is None:
            return
        if not self._environment.options:
            self._remark("? There is no environment: make one among the folders.", "$text-warning")
            return
        typed = self._path.value
        try:
            path, note = request_path(typed)
            operation = self.query_one("#operation", Selector).value
            question = Question(self._environment.value, path, operation)
            never = None
            if question.is_pattern:
                check_pattern(path)
                never = why_never(path)
        except Refusal as refusal:
            self._remark(f"? {refusal}", "$text-warning")
            return
        if never is not None:
            self._remark(f"{path} {never}", "$text-warning")
        else:
            self._remark(note if note and typed.strip() else "", "$text-muted")
        self._question = question
        self._answering.request()

    async def _answer(self) -> None:
        """Answer the latest question in a thread, because a pattern may take long."""
        known, question = self._known, self._question
        if known is None or question is None:
            return

        def go_on() -> None:
            if self._answering.is_requested or not self.is_running:
                raise _Superseded

        if question.is_pattern:
            self.say((f"Comparing all scopes with {shown(question.path)}…", "$text-muted"))
        try:
            found = await asyncio.to_thread(answer, known, question, go_on)
        except _Superseded:
            return
        except TooComplex as refusal:
            self.say("")
            self._remark(f"? {refusal}", "$text-warning")
            self._list.show_nothing()
            return
        within = "some folder of " if question.is_pattern else ""
        self.say(
            (f"{len(found)} of {len(known.reach.tokens)}", "bold"),
            f" living tokens can {question.operation} {within}",
            (shown(question.path), "bold $text-primary"),
            f" in {shown(question.environment)}",
        )
        is_new, self._answered = question != self._answered, question
        self._list.show(found, says_where=question.is_pattern, top=is_new)

    @property
    def _list(self) -> ReacherList:
        return self.query_one(ReacherList)

    def _remark(self, sentence: str, style: str) -> None:
        said = Content.styled(shown(sentence), style)
        says = self.query_one("#says", Static)
        says.update(said, layout=says.content != said)

    def action_to_list(self) -> None:
        self._list.focus()

    @on(Input.Submitted, "#path")
    def _path_done(self) -> None:
        self.action_open()


def answer(known: ProjectReach, question: Question, go_on: Callable[[], object]) -> ReachingTokens:
    """The tokens that can reach it. Raises TooComplex, and whatever `go_on` raises to stop."""
    environment, path, operation = question
    if not question.is_pattern:
        return reach.who(known.reach, environment, path, operation)
    folders = known.folders.get(environment, ())
    return reach.who_within(
        known.reach, environment, compile_pattern(path), operation, folders, go_on=go_on
    )


def _read(vault: Vault, project: Project) -> ProjectReach:
    return ProjectReach(
        vault.environments.every(project),
        vault.folders.of_each(project),
        reach.build_index(vault.tokens.page(project), vault.now()),
    )
