"""When a request is made: now, or a time ahead that the arrow keys choose."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from st_tui.core.expiry import DAY, LAST_TIME, in_one_unit
from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.selector import between_arrows

_FARTHEST = 360 * DAY
"""How far ahead the time goes for a token that never ends."""


class RequestTime(Widget, can_focus=True):
    """A time in steps of a day, from now to a day after the token's end, with a stop at the end."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("later", "right,l", "later", "In When: one day later, stopping at the token's end"),
        Action("earlier", "left,h", "earlier", "In When: one day earlier, not before now"),
        Action("to_end", "end", "the end", "In When: go to the token's end"),
        Action("to_now", "home", "now", "In When: go back to now"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    RequestTime {
        height: 1;
        width: 1fr;
        &:focus { background: $block-cursor-blurred-background; text-style: bold; }
        &:ansi:focus { text-style: reverse; }
    }
    """

    chosen: reactive[int | None] = reactive(None)
    """Milliseconds since 1970 UTC; None is now, as time goes on."""

    class Changed(Message):
        """The person chose another time."""

    def __init__(self, now: Callable[[], int], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._now = now
        self.end: int | None = None

    @property
    def time(self) -> int:
        """The chosen time in milliseconds since 1970 UTC."""
        return self._now() if self.chosen is None else self.chosen

    def watch_chosen(self) -> None:
        self.set_class(self.chosen is not None, "-ahead")
        if self.is_mounted:
            self.post_message(self.Changed())

    def render(self) -> Content:
        if self.chosen is None:
            text = "now"
        else:
            text = "the end"
            if self.chosen != self.end:
                days = round((self.chosen - self._now()) / DAY)
                text = f"in {days} d" if days else f"in {in_one_unit(self.chosen - self._now())}"
        return between_arrows(text, focused=self.has_focus)

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.refresh()

    def _after(self, time: int) -> int | None:
        """The next stop; None after the last."""
        now, end = self._now(), self.end
        if end is not None and time < end <= time + DAY:
            return end
        last = now + _FARTHEST if end is None else max(end, now) + DAY
        return time + DAY if time + DAY <= min(last, LAST_TIME) else None

    def _before(self, time: int) -> int | None:
        """The stop before it; None is now."""
        now, end = self._now(), self.end
        if end is not None and max(time - DAY, now) <= end < time:
            return end
        return time - DAY if time - DAY > now else None

    def action_later(self) -> None:
        following = self._after(self.time)
        if following is not None:
            self.chosen = following

    def action_earlier(self) -> None:
        self.chosen = self._before(self.time)

    def action_to_end(self) -> None:
        if self.end is not None and self.end > self._now():
            self.chosen = self.end

    def action_to_now(self) -> None:
        self.chosen = None

    def on_click(self) -> None:
        self.action_later()
