"""A screen that is done while another covers it: Textual would take off the one on top."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType


class Leaves(Screen[ScreenResultType]):
    """Mixed into a screen: where another is over it, it leaves once that has gone."""

    _done: tuple[ScreenResultType | None] | None = None

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave with an answer, now or when this screen is on top again."""
        if self.app.screen is self:
            return super().dismiss(result)
        self._done = (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        if self._done is not None:
            self.dismiss(*self._done)
