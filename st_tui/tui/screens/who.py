"""Who can reach this? A path or a pattern, and below it, live, the tokens that can reach it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from st_tui.core.algebra import TooComplex
from st_tui.core.drafts import check_pattern, request_path
from st_tui.core.errors import Refusal
from st_tui.core.lint.no_folder import why_never
from st_tui.core.model import Permission, Project
from st_tui.core.plain_text import shown
from st_tui.core.reach import ReachingToken
from st_tui.core.secrets.model import Place
from st_tui.core.vault.overviews import Question, Reached, ReachOverview, Superseded
from st_tui.core.wording import counted
from st_tui.tui.actions import Action, bindings
from st_tui.tui.screens.overview import Overview
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.reacher_list import ReacherList
from st_tui.tui.widgets.selector import Selector

_ANYWHERE = Place("", "/")
"""The root of the first environment."""

_ARROWS = 6
"""Columns of a selector beside what is chosen."""


class Who(Overview[ReachOverview]):
    """Asks the index of all tokens at every keystroke."""

    NAME = "Who can reach this?"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        *Overview.ACTIONS,
        Action("to_list", "down", "list", "Go from the question to the list"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS[-1:])
    DEFAULT_CSS = """
    Who {
        #question { height: 1; margin: 1 1 0 1; }
        #question Selector { width: auto; }
        #environment { max-width: 40%; }
        #path { width: 1fr; }
        #says { height: auto; min-height: 1; max-height: 4; padding: 0 1; }
    }
    """
    AUTO_FOCUS: ClassVar[str] = "#path"

    def __init__(self, start: Place = _ANYWHERE) -> None:
        """Asks about `start` first."""
        super().__init__()
        self._start = start
        self._folders: Mapping[str, Sequence[str]] | None = None
        self._is_known = False
        self._question: Question | None = None
        self._answered: Question | None = None

    def overview(self) -> ReachOverview:
        return ReachOverview()

    def body(self) -> ComposeResult:
        with Horizontal(id="question"):
            yield Selector[str]([], id="environment")
            yield Selector([(one.value, one) for one in Permission], id="operation")
            yield PathField(
                self._start.path,
                placeholder="/common/db, or /common/** for any folder there",
                id="path",
            )
        yield Static(id="says")
        yield Static(id="found")
        yield ReacherList(self._fetch, self.host.clock)

    async def _fetch(self, offset: int, limit: int) -> list[ReachingToken]:
        return await self.ask(ReachOverview.page, offset, limit)

    async def read_tokens(self, project: Project) -> None:
        environments, self._folders = await self.host.read(
            lambda vault: (vault.environments.every(project), vault.folders.of_each(project))
        )
        is_first = not self._environment.options
        self._environment.offer([(one.slug, one.slug) for one in environments])
        longest = max((cell_len(one.slug) for one in environments), default=0)
        self._environment.styles.width = longest + _ARROWS  # another choice moves nothing
        if is_first:
            self._environment.choose(self._start.environment)
        self._in_environment()
        with self.at_work(f"Reading the tokens of {shown(project.name)}…"):
            progress = await self.ask(ReachOverview.begin, project, self.host.clock())
            while not progress.is_all:
                progress = await self.ask(ReachOverview.read_on)
                self.is_at(progress)
        self._is_known = True
        if self._question is None:
            self.say("")  # nothing can be asked yet; the remark says why
        else:
            self._request()  # the last valid question, whatever the field holds by now

    @property
    def _environment(self) -> Selector[str]:
        return self.query_one("#environment", Selector)

    @property
    def _path(self) -> PathField:
        return self.query_one("#path", PathField)

    @on(Selector.Changed, "#environment")
    def _in_environment(self) -> None:
        """Offer the environment's folders for completion, and ask there."""
        if self._folders is not None and self._environment.options:
            self._path.offer(self._folders[self._environment.value], self._folders)
        self._ask()

    @on(PathField.Elsewhere)
    def _environment_written(self, event: PathField.Elsewhere) -> None:
        self._environment.choose(event.environment)
        self._in_environment()

    @on(Input.Changed, "#path")
    @on(Selector.Changed, "#operation")
    def _ask(self) -> None:
        """Ask what the form says. If that is not valid, say so, and keep the last answer."""
        if self._folders is None:
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
        self._request()

    def _request(self) -> None:
        """Ask, and give up what was asked before: a pattern may take long."""
        if self._is_known:
            self._answer()

    @work(group="answer", exclusive=True)
    async def _answer(self) -> None:
        question = self._question
        if question is None:
            return
        try:
            with self.at_work(f"Comparing all scopes with {shown(question.path)}…"):
                found, living = await self._reached(question)
            is_new = question != self._answered
            await self._list.show_reaching(found, says_where=question.is_pattern, top=is_new)
        except TooComplex as refusal:
            self.say("")
            self._remark(f"? {refusal}", "$text-warning")
            self._list.show_nothing()
            return
        except Refusal as refusal:
            self.refuse(refusal)
            return
        self._answered = question
        within = "some folder of " if question.is_pattern else ""
        self.say(
            (f"{found:,} of {counted(living, 'living token')}", "bold"),
            f" can {question.operation} {within}",
            (shown(question.path), "bold $text-primary"),
            f" in {shown(question.environment)}",
        )

    async def _reached(self, question: Question) -> Reached:
        while True:
            try:
                return await self.ask(ReachOverview.ask, question)
            except Superseded:
                pass  # by a page for the list: another question would have ended this worker

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
