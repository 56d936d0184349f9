"""When a token ends: one of Infisical's presets or a custom end, and the date that gives."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from st_tui.core.expiry import (
    PRESETS,
    ExpiryError,
    expires_after,
    in_both_times,
    parse_end,
    remaining,
    span,
)
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.selector import Selector

_CUSTOM = -1


class ExpirySelector(Vertical):
    """Asks for a token's end.

    With `same`, as for a clone, it begins with the original's `duration` in milliseconds, where
    None is never.
    """

    DEFAULT_CSS = """
    ExpirySelector {
        height: 2; width: 1fr;
        #custom { display: none; }
        &.custom { height: 3; }
        &.custom #custom { display: block; }
        #when { height: 1; padding: 0 1; }
    }
    """

    class Changed(Message):
        """Another end was chosen or typed."""

    def __init__(
        self, now: Callable[[], int], *, duration: int | None = None, same: bool = False
    ) -> None:
        super().__init__()
        self._now = now
        self._options: list[tuple[str, int | None]] = [
            (preset.label, None if preset.seconds is None else preset.seconds * 1000)
            for preset in PRESETS
        ]
        if same and duration not in [value for _, value in self._options]:
            self._options.insert(0, (f"Same ({span(duration or 0)})", duration))
        self._start = duration if same else self._options[0][1]
        self._options.append(("Custom", _CUSTOM))

    def compose(self) -> ComposeResult:
        yield Selector(self._options, id="preset")
        yield Field(placeholder="45d, 6months, 2027-01-31 or 2027-01-31T18:00Z", id="custom")
        yield Static(id="when")

    def on_mount(self) -> None:
        self.query_one("#preset", Selector).choose(self._start)
        self._say()

    def end(self) -> int | None:
        """The chosen end in milliseconds since 1970 UTC; None is never. Raises ExpiryError."""
        now = self._now()
        chosen = self.query_one("#preset", Selector).value
        if chosen == _CUSTOM:
            return parse_end(self.query_one("#custom", Field).value, now)
        return None if chosen is None else expires_after(chosen, now)

    def _say(self) -> None:
        try:
            end = self.end()
        except ExpiryError as error:
            text = Content.styled(str(error), "$text-warning")
        else:
            now = self._now()
            text = (
                Content.styled("never: it lives until somebody revokes it", "$text-warning")
                if end is None
                else Content.assemble(
                    (in_both_times(end), "$text-muted"),
                    (f"  (in {remaining(end, now)})", "$text-muted"),
                )
            )
        self.query_one("#when", Static).update(text)

    @on(Selector.Changed, "#preset")
    def _preset_chosen(self) -> None:
        self.set_class(self.query_one("#preset", Selector).value == _CUSTOM, "custom")
        self._say()
        self.post_message(self.Changed())

    @on(Input.Changed, "#custom")
    def _custom_typed(self) -> None:
        self._say()
        self.post_message(self.Changed())
