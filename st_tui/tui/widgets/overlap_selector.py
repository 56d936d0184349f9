"""How long a rotated token works on beside the new one."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content

from st_tui.core.errors import Refusal
from st_tui.core.expiry import in_both_times, parse_duration, replaced
from st_tui.core.model import ServiceToken
from st_tui.core.wording import old_token_works
from st_tui.tui.widgets.preset_row import PresetRow

_AT_ONCE, _A_DAY = "0", "24h"
_OVERLAPS = (("at once", _AT_ONCE), ("1 h", "1h"), ("24 h", _A_DAY), ("7 d", "7d"))


class OverlapSelector(PresetRow):
    """Asks for the overlap, and says until when the old token works.

    A day is chosen first, so that Enter alone ends no token at once.
    """

    def __init__(self, token: ServiceToken, now: Callable[[], int]) -> None:
        super().__init__(
            "Overlap",
            _OVERLAPS,
            _A_DAY,
            typed="other",
            placeholder="10m, 12h or 30d",
            id="overlap",
        )
        self._token = token
        self._now = now

    def overlap(self) -> int:
        """The overlap in milliseconds. Raises Refusal if what is typed is none."""
        return 0 if self.typed == _AT_ONCE else parse_duration(self.typed)

    def say_choice(self) -> None:
        try:
            old = replaced(self._token, self.overlap(), self._now())
        except Refusal as refusal:
            self.say(Content.styled(f"✖ {refusal}", "$text-error"))
            return
        certain = old.ends_at is not None and not old.is_cut
        style = "$text-muted" if certain else "$text-warning"
        self.say(Content.styled(old_token_works(old, in_both_times), style))
