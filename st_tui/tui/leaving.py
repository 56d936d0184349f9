"""How a screen is left: not while it writes, and with something unsaved only after a question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from textual import work
from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType

from st_tui.tui.host import Hosted


class Leavable(Hosted, Screen[ScreenResultType]):
    """A screen that a person leaves with `action_leave`.

    A screen with something to lose says what in `unsaved`, and asks with `leaving_question`. One
    with a secret on it overrides `forget`.
    """

    is_writing = False
    """Whether the screen writes just now: then it stays, or nobody would see what came of it."""

    _deferred: tuple[ScreenResultType | None] | None = None
    """What the screen is to be left with, once no other covers it."""

    @property
    def unsaved(self) -> str:
        """What would be lost if the screen were left now, in words; empty for nothing."""
        return ""

    def leaving_question(self) -> Screen[bool | None]:
        """The question whose yes leaves the screen with something unsaved."""
        raise NotImplementedError

    def forget(self) -> None:
        """Take what is secret off the screen and out of memory."""

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep the screen from being left, and from writing a second time, meanwhile."""
        self.is_writing = True
        try:
            yield
        finally:
            self.is_writing = False

    def action_leave(self) -> None:
        if self.is_writing:
            return
        if self.unsaved:
            self._leave_after_yes()
        else:
            self.leave()

    @work
    async def _leave_after_yes(self) -> None:
        if await self.host.ask(self.leaving_question()):
            self.leave()

    def leave(self, answer: ScreenResultType | None = None) -> None:
        """Leave for good, with an answer for whoever opened the screen."""
        self.forget()  # before it goes: Textual keeps a removed screen for a while
        self.dismiss(answer)

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave now, or once no other screen covers this one: Textual would take off that one."""
        if self.app.screen is self:
            return super().dismiss(result)
        self._deferred = (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        if self._deferred is not None:
            self.dismiss(*self._deferred)
