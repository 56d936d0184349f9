"""The tour of the demo, for a presenter: `demo.tour` has its steps, this shows them one by one.

After the steps come the questions of `demo.questions`: each is guessed before it is shown.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from st_tui.core.errors import Refusal
from st_tui.core.expiry import remaining
from st_tui.core.model import Project, ServiceToken
from st_tui.demo.questions import QUESTIONS, Question, closing_title
from st_tui.demo.tour import END_WORDS, ONE_MINUTE_TOKEN, TOUR, Step, one_minute_draft
from st_tui.tui.actions import Action, bindings
from st_tui.tui.host import Hosted
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.toasts import stand_above

LAST = len(TOUR) + len(QUESTIONS)
"""The number of the closing word. The steps come first, then the questions."""


class TourPage(Protocol):
    """The page that shows a step's token and request."""

    async def demonstrate(self, token: ServiceToken, step: Step, *, concealed: bool) -> None:
        """Show a token and the request of a step, or with `concealed` all but the answer."""

    def reveal_answer(self) -> None:
        """Show the answer that was concealed."""

    def leave_test(self) -> None:
        """Go from the test-access pane back to the list."""

    async def action_end_tour(self) -> None:
        """Take the tour off the page."""


class Tour(Hosted, Vertical):
    """Which step of the tour this is, and what is to be seen.

    It stands above the hints, or with the class `-staged` where it stands in the page.
    """

    GUESSES: ClassVar[tuple[Action, ...]] = (
        Action("guess(True)", "y", "yes", "Guess: yes, it may", hint=True),
        Action("guess(False)", "n", "no", "Guess: no, it may not", hint=True),
        Action("app.focus_next", "tab", "next", "Go to the list"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(GUESSES)
    DEFAULT_CSS = """
    Tour {
        dock: bottom; height: auto; margin-bottom: 1; padding: 0 1;
        background: $panel; border-top: hkey $primary;
        #step { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #words { height: auto; min-height: 2; }
        &.-staged {
            dock: none; margin-bottom: 0; border-top: none; padding: 1 2;
            background: $background;
            #words { min-height: 3; padding-top: 1; text-style: bold; }
        }
    }
    """

    def __init__(self, page: TourPage, *, at: int | None = None) -> None:
        """`at` is the step to begin with, counted from 1; else the first."""
        super().__init__()
        self._page = page
        self._at = (at or 1) - 2
        self._guesses: dict[int, bool | None] = {}
        """What was guessed at a question, by its number in the tour; None: shown unguessed."""
        self._project: Project | None = None
        """The project of the tour. Another one may be shown meanwhile."""
        self._one_minute: ServiceToken | None = None
        """The token that ends during the tour, once it was made."""

    def compose(self) -> ComposeResult:
        yield Static(id="step")
        yield Static(id="words", markup=False)

    def on_mount(self) -> None:
        self._project = self.host.project
        self.set_interval(1, self._count_down)

    def on_unmount(self) -> None:
        stand_above(0, self.screen)

    def on_resize(self, event: events.Resize) -> None:
        stand_above(0 if self.has_class("-staged") else self.outer_size.height, self.screen)
        if self._at >= 0:
            self._say_step()

    @property
    def _question(self) -> Question | None:
        """The question that is asked now, if one is."""
        number = self._at - len(TOUR)
        return QUESTIONS[number] if 0 <= number < len(QUESTIONS) else None

    @property
    def ACTIONS(self) -> tuple[Action, ...]:  # what other widgets call theirs
        """What its keys do now: nothing once the question is answered."""
        return self.GUESSES if self.is_guessing else ()

    @property
    def is_guessing(self) -> bool:
        """Whether a question waits for its guess, which takes the keys."""
        return self._question is not None and self._at not in self._guesses

    @property
    def is_elsewhere(self) -> bool:
        """Whether another project is shown than the tour's."""
        shown, own = self.host.project, self._project
        return own is not None and (shown is None or shown.id != own.id)

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        if self._at >= 0 and self.is_attached:
            self._say_step()

    async def step(self, amount: int) -> None:
        """Go on by `amount`, or back. After the last question comes a closing word, then the end.

        Going on from a question that nobody guessed shows its answer first.
        """
        self.app.clear_notifications()  # they are about the step before
        if self.is_guessing and amount > 0:
            self._answer(None)
            return
        self._at = max(self._at + amount, 0)
        if self._at > LAST:
            await self._page.action_end_tour()
            return
        self._say_step()
        self._take_keys()
        question = self._question
        if self._at == LAST:
            self._say(END_WORDS)
            self.workers.cancel_node(self)
        elif question is None:
            self._say(TOUR[self._at].words)
            self._show(TOUR[self._at])
        else:
            self._say(question.step.words if self.is_guessing else self._explained(question))
            self._show(question.step)

    def action_guess(self, yes: bool) -> None:
        if self.is_guessing:
            self._answer(yes)

    def _answer(self, guess: bool | None) -> None:
        """Show the answer to the question, and whether the guess was right."""
        question = self._question
        if question is None:
            return
        self._guesses[self._at] = guess
        self._say(self._explained(question))
        self._say_step()
        for hints in self.screen.query(KeyHints):
            hints.refresh()
        self._page.reveal_answer()
        self._take_keys()

    def _explained(self, question: Question) -> str:
        """Whether the guess was right, if there was one, and why."""
        verdict = {None: "", question.answer: "Right. "}.get(self._guesses[self._at], "Not so. ")
        return f"{verdict}{question.because}"

    def _take_keys(self) -> None:
        """Take the keys at a question; then the list has them again.

        Also when it is answered: a second `n` must open no form.
        """
        had_keys, self.can_focus = self.has_focus, self._question is not None
        if self.can_focus:
            self.focus()
        elif had_keys or self._at == LAST:
            self._page.leave_test()

    def _say(self, words: str) -> None:
        self.query_one("#words", Static).update(words)

    def _say_step(self) -> None:
        """Show which step this is, how long the one-minute token has left, and the keys."""
        left = Content.assemble(
            (self._title(), "bold $text-primary"), (self._time_left(), "$text-warning")
        )
        right = Content("  ").join(
            Content.assemble((key, "bold $text-primary"), (f" {does}", "$text-muted"))
            for key, does in self._keys()
        )
        line = self.query_one("#step", Static)
        room = line.content_size.width - right.cell_length - 2
        if room < left.cell_length:
            left = left.truncate(max(room, 1), ellipsis=True)
        line.update(
            Content.assemble(left, " " * (room + 2 - left.cell_length), right), layout=False
        )

    def _title(self) -> str:
        if self._at == LAST:
            guesses = [self._guesses.get(len(TOUR) + n) for n, _ in enumerate(QUESTIONS)]
            pairs = zip(guesses, QUESTIONS, strict=True)
            right = sum(guess is question.answer for guess, question in pairs)
            return closing_title(right, guessed=sum(guess is not None for guess in guesses))
        question = self._question
        if question is not None:
            number = self._at - len(TOUR) + 1
            return f"Question {number}/{len(QUESTIONS)}  {question.step.title}"
        return f"{self._at + 1}/{len(TOUR)}  {TOUR[self._at].title}"

    def _keys(self) -> tuple[tuple[str, str], ...]:
        if self._at == LAST:
            return (("F6", "close"), ("F5", "back"))
        if self.is_guessing:
            guess = (("y", "yes"), ("n", "no")) if self.has_focus else ()
            return (*guess, ("F6", "show"), ("F8", "end"))
        return (("F6", "next"), ("F5", "back"), ("F8", "end"))

    def _time_left(self) -> str:
        if self._one_minute is None or self._at >= len(TOUR):
            return ""
        now, end = self.host.clock(), self._one_minute.expires_at or 0
        left = remaining(end, now) if now < end else "ended"
        return f"   {ONE_MINUTE_TOKEN}: {left}"

    def _count_down(self) -> None:
        if self._one_minute is not None:
            self._say_step()

    @work(exclusive=True)
    async def _show(self, step: Step) -> None:
        token = await self._token_of(step)
        if token is None:
            if self.is_guessing:
                self._answer(None)
            self._say(f"The token “{step.token}” of this step is gone. F6 goes on.")
            return
        # By now it may be answered: keys can come faster than the token.
        await self._page.demonstrate(token, step, concealed=self.is_guessing)

    async def _token_of(self, step: Step) -> ServiceToken | None:
        host, project = self.host, self._project
        if project is None:
            return None
        # Whoever begins with the last step meets a token that just begins its minute.
        needed = step.token == ONE_MINUTE_TOKEN and self._one_minute is None
        if needed or (step.make_one_minute_token and not self._one_minute_lives()):
            new = await host.change(
                "Making a one-minute token",
                lambda vault: vault.tokens.create(project, one_minute_draft(host.clock())),
            )
            self._one_minute = new.token if new else None
        if step.token == ONE_MINUTE_TOKEN and self._one_minute is not None:
            return self._one_minute  # even after it ended and is gone from the vault
        try:
            found = await host.read(lambda vault: vault.tokens.page(project, text=step.token))
        except Refusal as refusal:
            host.notify(str(refusal), severity="error", timeout=8)
            return None
        return next((token for token in found if token.name == step.token), None)

    def _one_minute_lives(self) -> bool:
        token = self._one_minute
        return token is not None and self.host.clock() < (token.expires_at or 0)
