"""When a token ends: one of Infisical's presets or a custom end, and the date that gives."""

from __future__ import annotations

from collections.abc import Callable

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from st_tui.core.errors import Refusal
from st_tui.core.expiry import (
    PRESETS,
    SECOND,
    in_both_times,
    parse_duration,
    parse_end,
    remaining,
    span,
)
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.row import Row
from st_tui.tui.widgets.selector import Selector

_CUSTOM = ""
_BLANKS = 60
"""Columns from which on there is room for the blank in `6 mo`."""


class ExpirySelector(Row):
    """Asks for a token's end, and says it in local time and UTC.

    It begins with `start`, an end as it is typed. With `same`, that is the life of the token that
    this one is made from, which can be chosen again.
    """

    DEFAULT_CSS = """
    ExpirySelector #custom { display: none; width: 24; margin-left: 1; }
    ExpirySelector.custom #custom { display: block; }
    ExpirySelector.custom #preset { width: 14; }
    """

    class Changed(Message):
        """Another end was chosen or typed."""

    def __init__(self, now: Callable[[], int], start: str = "", *, same: bool = False) -> None:
        super().__init__("Expires", id="expires")
        self._now = now
        self._options = [(preset.short, preset.short) for preset in PRESETS]
        known = [value for _, value in self._options]
        start = _preset_like(start) or start or known[0]
        if same and start not in known:
            self._options.insert(0, (f"same, {span(parse_duration(start))}", start))
        self._options.append(("custom", _CUSTOM))
        self._start = start
        self._warning = Content("")

    def compose(self) -> ComposeResult:
        preset = Selector(self._options, all_shown=True, id="preset").add_class("first")
        known = [value for _, value in self._options]
        is_custom = self._start not in known
        preset.set_reactive(Selector.index, known.index(_CUSTOM if is_custom else self._start))
        yield preset
        if is_custom:
            yield self._custom_field(self._start)

    def _custom_field(self, typed: str) -> Field:
        self.add_class("custom")
        return Field(typed, placeholder="45d, 6months or a date", id="custom")

    def on_mount(self) -> None:
        self._say_end()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        is_narrow = event.size.width < _BLANKS
        preset = self.query_one("#preset", Selector)
        preset.offer(
            [
                (label.replace(" ", "") if is_narrow else label, value)
                for label, value in self._options
            ]
        )

    @property
    def typed(self) -> str:
        """The end as it was chosen or typed, for `parse_end`."""
        if not self.is_mounted:
            return self._start
        chosen = str(self.query_one("#preset", Selector).value)
        return chosen or "".join(field.value.strip() for field in self.query(Field))

    def end(self) -> int | None:
        """The end in milliseconds since 1970 UTC; None is never. Raises ExpiryError."""
        return parse_end(self.typed, self._now())

    async def choose_duration(self, milliseconds: int) -> None:
        """Choose how long the token lives."""
        typed = f"{milliseconds // SECOND}s"
        preset = _preset_like(typed)
        self.query_one("#preset", Selector).choose(preset or _CUSTOM)
        await self._show_custom("" if preset else typed)

    def warn(self, warning: Content) -> None:
        """Say a warning beside the end."""
        self._warning = warning
        self._say_end()

    def _say_end(self) -> None:
        try:
            end = self.end()
        except Refusal as refusal:
            self.say(Content.styled(f"✖ {refusal}", "$text-error"))
            return
        if end is None:
            self.say(self._warning)
            return
        left = f"in {remaining(end, self._now())}"
        both = f"{in_both_times(end)}   {left}"
        self.say(Content("   ").join([Content.styled(both, "$text-muted"), self._warning]).rstrip())

    async def _show_custom(self, typed: str = "") -> None:
        """Show the field for a custom end if one is chosen, and say the end."""
        if self.query_one("#preset", Selector).value:
            self.remove_class("custom")
        elif self.query(Field):
            self.add_class("custom")
        else:
            await self.mount(self._custom_field(typed))
        self._say_end()
        self.post_message(self.Changed())

    @on(Selector.Changed, "#preset")
    async def _preset_chosen(self, event: Selector.Changed) -> None:
        event.stop()
        await self._show_custom()

    @on(Input.Changed, "#custom")
    def _custom_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._say_end()
        self.post_message(self.Changed())

    async def on_key(self, event: events.Key) -> None:
        """Let a digit begin a custom end."""
        preset = self.query_one("#preset", Selector)
        if preset.has_focus and event.character and event.character.isdecimal():
            event.stop()
            preset.choose(_CUSTOM)
            await self._show_custom()
            field = self.query_one("#custom", Field)
            field.value = event.character
            field.focus()
            field.cursor_position = 1


def _preset_like(typed: str) -> str:
    """The preset that a typed end is the same as; empty if it is none."""
    if typed == "never":
        return typed
    try:
        seconds = parse_duration(typed) / SECOND
    except Refusal:
        return ""
    return next((preset.short for preset in PRESETS if preset.seconds == seconds), "")
