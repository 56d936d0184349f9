"""How a screen is left: also while another covers it, and not with something unsaved in it."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType

from st_tui.tui.host import Hosted


class Leavable(Hosted, Screen[ScreenResultType]):
    """Mixed into a screen: where another is over it, it leaves once that has gone.

    Textual would take off the one on top.
    """

    _done: tuple[ScreenResultType | None] | None = None

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave with an answer, now or when this screen is on top again."""
        if self.app.screen is self:
            return super().dismiss(result)
        self._done = (result,)
        return AwaitComplete()

    @property
    def unsaved(self) -> str:
        """What would be lost if the app ended now, in words; leaving the screen asks then."""
        return ""

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_screen_resume(self) -> None:
        if self._done is not None:
            self.dismiss(*self._done)
