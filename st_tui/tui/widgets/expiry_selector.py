"""When a token ends: one of Infisical's presets or a custom end, and the date that gives."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content

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
from st_tui.core.model import ServiceToken
from st_tui.tui.widgets.preset_row import PresetRow

_PRESETS = tuple((preset.short, preset.short) for preset in PRESETS)
_KEEP = "keep"


class EndRow(PresetRow):
    """Asks for a token's end, and says it in local time and UTC."""

    def __init__(
        self,
        label: str,
        now: Callable[[], int],
        presets: tuple[tuple[str, str], ...],
        start: str,
    ) -> None:
        super().__init__(
            label,
            presets,
            start,
            typed="custom",
            placeholder="45d, 6months or a date",
            id="expires",
        )
        self._now = now
        self._warning = Content("")

    def end(self) -> int | None:
        """The end in milliseconds since 1970 UTC; None is never. Raises ExpiryError."""
        return parse_end(self.typed, self._now())

    def say_choice(self) -> None:
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


class ExpirySelector(EndRow):
    """The end of a token to be made.

    It begins with `start`, an end as it is typed. With `same`, that is the life of the token that
    this one is made from, which can be chosen again.
    """

    def __init__(self, now: Callable[[], int], start: str = "", *, same: bool = False) -> None:
        known = [value for _, value in _PRESETS]
        start = _preset_like(start) or start or known[0]
        presets = _PRESETS
        if same and start not in known:
            presets = ((f"same, {span(parse_duration(start))}", start), *presets)
        super().__init__("Expires", now, presets, start)

    async def choose_duration(self, milliseconds: int) -> None:
        """Choose how long the token lives."""
        typed = f"{milliseconds // SECOND}s"
        await self.choose(_preset_like(typed) or typed)

    def warn(self, warning: Content) -> None:
        """Say a warning beside the end."""
        self._warning = warning
        self.say_choice()


class NewEndSelector(EndRow):
    """The end of the token that takes the place of another. It keeps the other's end at first."""

    def __init__(self, token: ServiceToken, now: Callable[[], int]) -> None:
        self._token = token
        super().__init__("New end", now, ((_KEEP, _KEEP), *_PRESETS), _KEEP)

    @property
    def is_kept(self) -> bool:
        """Whether the other token's end is kept."""
        return self.typed == _KEEP

    def end(self) -> int | None:
        return self._token.expires_at if self.is_kept else super().end()

    def say_choice(self) -> None:
        super().say_choice()
        if self.is_kept and self._token.expires_at is None:
            self.say(Content.styled("never, as before", "$text-muted"))


def _preset_like(typed: str) -> str:
    """The preset that a typed end is the same as; empty if it is none."""
    if typed == "never":
        return typed
    try:
        seconds = parse_duration(typed) / SECOND
    except Refusal:
        return ""
    return next((preset.short for preset in PRESETS if preset.seconds == seconds), "")
