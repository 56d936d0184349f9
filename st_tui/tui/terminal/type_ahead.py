"""Type-ahead: of keys that arrive together, each waits for what the key before it opens.

Textual gives a key to the widget that has the focus when the key arrives. Of `nci` in one piece, as
a slow line sends it, `c` and `i` would go to the page behind the form that `n` opens. In a field,
such a piece may also be a paste, from a terminal that marks none; then its Enter answers nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Coroutine
from contextlib import suppress
from math import inf
from time import monotonic
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

_LONGEST_WAIT = 0.25
"""Seconds that a key waits at most for the key before it, which may have begun a long job."""

_NOWHERE = "Nothing was pasted: go to a field first."


class TypeAhead(App[Result], Generic[Result]):
    """An app that delivers one key after the other.

    A question must not be answered by a key that was typed before it was seen. So its screen has
    `asked_at`, a time on the monotonic clock: keys from before are dropped.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue: deque[events.Event] = deque()
        """Keys and pastes that wait for the one before them."""
        self._waiting: asyncio.Task[None] | None = None
        """Waits until what the last key did is seen."""
        self._unread: Widget | None = None
        """The field that text was delivered to and that may not have read it yet."""
        self._unread_since = 0.0
        """When that was, on the monotonic clock."""

    def on_event(self, event: events.Event) -> Coroutine[Any, Any, None]:
        is_input = isinstance(event, (Burst, events.Key, events.Paste)) and not event.is_forwarded
        # Not awaited here, or `crash.describe` would name this line for every fault in Textual.
        return self._enqueue(event) if is_input and self.screen_stack else super().on_event(event)

    async def _enqueue(self, event: events.Event) -> None:
        if self._waiting is not None:
            self._queue.append(event)
        else:
            await self._deliver(event)

    async def _deliver(self, event: events.Event) -> None:
        if event.time < getattr(self.screen, "asked_at", 0.0):
            return
        focused, before, workers = self.focused, self.screen, set(self.workers)
        if isinstance(event, Burst):
            if self._misses_fields(event.text):
                self.notify(_NOWHERE, severity="warning")
                return
            if not _is_paste(event.text, focused):
                self._queue.extendleft(reversed(event.keys))
                await self._deliver_next()
                return
            event = events.Paste(event.text)
        if isinstance(event, events.Paste) and not _takes_text(focused):
            self.notify(_NOWHERE, severity="warning")
            return
        if isinstance(event, events.Paste) and isinstance(focused, Input):
            event = self._first_line(focused, event)
        if _opens_nothing(event, focused):
            await super().on_event(event)
            self._unread, self._unread_since = focused, event.time
            return
        target, self._unread = self._unread, None
        if target is not None:
            # A key with priority acts at once, and has to find in the field what was typed.
            self._queue.appendleft(event)
        else:
            target = focused or before
            await super().on_event(event)
        self._waiting = asyncio.create_task(
            self._deliver_next_once_seen(target, before, workers), name="type-ahead"
        )

    def _misses_fields(self, text: str) -> bool:
        """Whether text was pasted where no field takes it; as keys it would do harm.

        Over a question, two lines tell a paste. Elsewhere only a length that nobody types does.
        """
        enters = 0 if hasattr(self.screen, "asked_at") else inf
        return not _takes_text(self.focused) and looks_pasted(text, enters)

    def _first_line(self, line: Input, paste: events.Paste) -> events.Paste:
        """A paste for a one-line field. Textual's own, as in the palette, drops the rest unsaid."""
        lines = lines_of(paste.text)
        if hasattr(line, "is_paste") or not lines:  # one of our own fields, which says it itself
            return paste
        if len(lines) > 1:
            self.notify(only_the_first(lines), severity="warning")
        return events.Paste(lines[0])

    async def _deliver_next_once_seen(
        self, target: DOMNode, before: Screen[Any], workers: Collection[Worker[Any]]
    ) -> None:
        """Wait until what a key did is seen, then deliver the next one."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LONGEST_WAIT):
                    await self._is_seen(target, before, workers)
        finally:
            if self.is_running:
                self.call_later(self._deliver_next)

    async def _is_seen(
        self, target: DOMNode, before: Screen[Any], workers: Collection[Worker[Any]]
    ) -> None:
        for node in target.ancestors_with_self:  # so it bubbles up
            await has_handled(node)
        # A list that the cursor just moved in may still read what is under it.
        while (
            self.is_running
            and getattr(target, "is_waiting", False)
            and monotonic() < self._unread_since + _LONGEST_WAIT
        ):
            await asyncio.sleep(0.002)
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
            await has_handled(self.screen)
            await has_handled(self)

    async def _deliver_next(self) -> None:
        self._waiting = None
        while self._queue and self._waiting is None:
            await self._deliver(self._queue.popleft())


def _is_paste(text: str, focused: Widget | None) -> bool:
    """Whether text that arrived in one piece was pasted. Outside of a field it is keys."""
    judge = getattr(focused, "is_paste", looks_pasted)
    return _takes_text(focused) and bool(judge(text))


def _takes_text(focused: Widget | None) -> bool:
    return focused is not None and focused.check_consume_key("a", "a")


def _opens_nothing(event: events.Event, focused: Widget | None) -> bool:
    """Whether an event is text for a field, or moves a cursor. Such come by the dozen.

    They need no wait, and each wait would let the screen be painted.
    """
    if focused is None:
        return False
    if isinstance(event, events.Key):
        return event.key in getattr(focused, "moving_keys", ()) or focused.check_consume_key(
            event.key, event.character
        )
    return _takes_text(focused)  # a paste


async def has_handled(node: DOMNode) -> None:
    """Wait until a node has handled every message that it has got so far."""
    handled = asyncio.Event()
    if node.call_later(handled.set):
        await handled.wait()
