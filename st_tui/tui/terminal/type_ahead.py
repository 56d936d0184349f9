"""Keys that arrive together, as over a slow line: each waits for what the one before it opens.

Textual gives a key to what has the focus when it arrives. Of `nci` in one piece the last two would
so go to the page behind the form that `n` opens, and there be keys of their own. In a field such a
piece may be a paste of a terminal that marks none: then its Enter answers nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Coroutine
from contextlib import suppress
from math import inf
from typing import Any, Generic, TypeVar

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker

from st_tui.tui.terminal.pasted_text import Burst, lines_of, looks_pasted, only_the_first

Result = TypeVar("Result")

_LONGEST = 0.25
"""Seconds that a key waits for the one before it, which may have begun something that lasts."""

_NOWHERE = "Nothing was pasted: go to a field first."


class TypeAhead(App[Result], Generic[Result]):
    """An app that gives one key after the other.

    A screen that asks something which a key typed before must not answer has `asked_at`, the time
    on the monotonic clock from which on it may be answered: earlier keys are dropped.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._typed: deque[events.Event] = deque()
        self._follower: asyncio.Task[None] | None = None
        self._unread: Widget | None = None

    def on_event(self, event: events.Event) -> Coroutine[Any, Any, None]:
        is_input = isinstance(event, (Burst, events.Key, events.Paste)) and not event.is_forwarded
        # Not awaited here: every fault in Textual would seem to be one of this line.
        return self._take(event) if is_input and self.screen_stack else super().on_event(event)

    async def _take(self, event: events.Event) -> None:
        if self._follower is not None:
            self._typed.append(event)
        else:
            await self._give(event)

    async def _give(self, event: events.Event) -> None:
        if event.time < getattr(self.screen, "asked_at", 0.0):
            return
        focused, before, workers = self.focused, self.screen, set(self.workers)
        if isinstance(event, Burst):
            if self._hits_no_field(event.text):
                self.notify(_NOWHERE, severity="warning")
                return
            if not _is_paste(event.text, focused):
                self._typed.extendleft(reversed(event.keys))
                await self._give_next()
                return
            event = events.Paste(event.text)
        if isinstance(event, events.Paste) and not _takes_text(focused):
            self.notify(_NOWHERE, severity="warning")
            return
        if isinstance(event, events.Paste) and isinstance(focused, Input):
            event = self._for(focused, event)
        if _opens_nothing(event, focused):
            await super().on_event(event)
            self._unread = focused
            return
        target, self._unread = self._unread, None
        if target is not None:
            # A key with priority is acted upon at once: it must find in the field what was typed.
            self._typed.appendleft(event)
        else:
            target = focused or before
            await super().on_event(event)
        self._follower = asyncio.create_task(
            self._follow(target, before, workers), name="type-ahead"
        )

    def _hits_no_field(self, text: str) -> bool:
        """Whether it is no keys either: lines over a question, or more than anybody types."""
        enters = 0 if hasattr(self.screen, "asked_at") else inf
        return not _takes_text(self.focused) and looks_pasted(text, enters)

    def _for(self, line: Input, paste: events.Paste) -> events.Paste:
        """A paste for one line. Textual's own (the palette's) would drop what follows it unsaid."""
        lines = lines_of(paste.text)
        if hasattr(line, "is_paste") or not lines:  # one of our own fields, which says it itself
            return paste
        if len(lines) > 1:
            self.notify(only_the_first(lines), severity="warning")
        return events.Paste(lines[0])

    async def _follow(
        self, target: DOMNode, before: Screen[Any], workers: Collection[Worker[Any]]
    ) -> None:
        """Wait until what a key did is seen, then let the next one be given."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LONGEST):
                    await self._is_seen(target, before, workers)
        finally:
            if self.is_running:
                self.call_later(self._give_next)

    async def _is_seen(
        self, target: DOMNode, before: Screen[Any], workers: Collection[Worker[Any]]
    ) -> None:
        for node in target.ancestors_with_self:  # so it bubbles up
            await _passed(node)
        while (
            self.is_running
            and self.screen is before
            and any(
                worker.name and worker not in workers and not worker.is_finished
                for worker in self.workers
            )
        ):
            await asyncio.sleep(0.002)
        if self.is_running and self.screen is not before:
            await _passed(self.screen)
            await _passed(self)

    async def _give_next(self) -> None:
        self._follower = None
        while self._typed and self._follower is None:
            await self._give(self._typed.popleft())


def _is_paste(text: str, focused: Widget | None) -> bool:
    """Whether text that arrived in one piece was pasted; elsewhere than in a field it is keys."""
    judge = getattr(focused, "is_paste", looks_pasted)
    return _takes_text(focused) and bool(judge(text))


def _takes_text(focused: Widget | None) -> bool:
    return focused is not None and focused.check_consume_key("a", "a")


def _opens_nothing(event: events.Event, focused: Widget | None) -> bool:
    """Whether it is text for a field or moves a cursor: such come by the dozen, and need no wait.

    Each wait lets the screen be painted.
    """
    if focused is None:
        return False
    if isinstance(event, events.Key):
        return event.key in getattr(focused, "moving_keys", ()) or focused.check_consume_key(
            event.key, event.character
        )
    return _takes_text(focused)  # it is where text is pasted to


async def _passed(node: DOMNode) -> None:
    """Wait until a node has dealt with all that was sent to it."""
    dealt = asyncio.Event()
    if node.call_later(dealt.set):
        await dealt.wait()
