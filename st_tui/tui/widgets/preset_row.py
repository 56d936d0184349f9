"""A row of a form with presets side by side, the last of which lets something else be typed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.row import Row
from st_tui.tui.widgets.selector import Selector

_TYPED = ""
"""The value of the preset that stands for what is typed."""
_BLANKS = 60
"""Columns from which on there is room for the blank in `6 mo`."""


class PresetRow(Row):
    """Asks for one of its presets, or for something typed. A digit begins that.

    A preset's value is what a person would type for it. `start` may be something else than they.
    Below them stands what the class makes of the choice: see `say_choice`.
    """

    DEFAULT_CSS = """
    PresetRow #custom { display: none; width: 24; margin-left: 1; }
    PresetRow.custom #custom { display: block; }
    PresetRow.custom #preset { width: 14; }
    """

    class Changed(Message):
        """Another preset was chosen, or something else was typed."""

    def __init__(
        self,
        label: str,
        presets: Sequence[tuple[str, str]],
        start: str,
        *,
        typed: str,
        placeholder: str,
        id: str,  # noqa: A002
    ) -> None:
        """`typed` names the preset that stands for what is typed."""
        super().__init__(label, id=id)
        self._options = [*presets, (typed, _TYPED)]
        self._start = start
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        preset = Selector(self._options, all_shown=True, light=True, id="preset")
        preset.add_class("first")
        known = [value for _, value in self._options]
        is_custom = self._start not in known
        preset.set_reactive(Selector.index, known.index(_TYPED if is_custom else self._start))
        yield preset
        if is_custom:
            yield self._custom_field(self._start)

    def _custom_field(self, typed: str) -> Field:
        self.add_class("custom")
        return Field(typed, placeholder=self._placeholder, id="custom")

    def on_mount(self) -> None:
        self.say_choice()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        is_narrow = event.size.width < _BLANKS
        self._preset.offer(
            [
                (re.sub(r"(?<=\d) ", "", label) if is_narrow else label, value)
                for label, value in self._options
            ]
        )

    @property
    def typed(self) -> str:
        """What was chosen or typed."""
        if not self.is_mounted:
            return self._start
        chosen = str(self._preset.value)
        return chosen or "".join(field.value.strip() for field in self.query(Field))

    def say_choice(self) -> None:
        """Say below the presets what the choice means."""

    def focus_choice(self) -> None:
        """Go to where the choice is made: the presets, or what is typed."""
        field = next(iter(self.query(Field)), None) if self._preset.value == _TYPED else None
        (field or self._preset).focus()

    async def choose(self, value: str) -> None:
        """Choose a preset by its value, or type this where it is none."""
        is_preset = value in [known for _, known in self._options]
        self._preset.choose(value if is_preset else _TYPED)
        await self._show_custom("" if is_preset else value)

    @property
    def _preset(self) -> Selector[str]:
        return self.query_one("#preset", Selector)

    async def _show_custom(self, typed: str = "") -> None:
        """Show the field for something typed if that is chosen, and say what it means."""
        if self._preset.value:
            self.remove_class("custom")
        elif self.query(Field):
            self.add_class("custom")
        else:
            await self.mount(self._custom_field(typed))
        self._has_changed()

    def _has_changed(self) -> None:
        self.say_choice()
        self.post_message(self.Changed())

    @on(Selector.Changed, "#preset")
    async def _preset_chosen(self, event: Selector.Changed) -> None:
        event.stop()
        await self._show_custom()

    @on(Input.Changed, "#custom")
    def _custom_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._has_changed()

    async def on_key(self, event: events.Key) -> None:
        """Let a digit begin what is typed."""
        if self._preset.has_focus and event.character and event.character.isdecimal():
            event.stop()
            self._preset.choose(_TYPED)
            await self._show_custom()
            field = self.query_one("#custom", Field)
            field.value = event.character
            field.focus()
            field.cursor_position = 1
