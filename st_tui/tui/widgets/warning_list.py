"""Lint warnings, the weightiest first, each kind named where it begins; and one of them in full."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual.content import Content
from textual.strip import Strip

from st_tui.core.lint import Fix, Kind, Way
from st_tui.core.plain_text import shown
from st_tui.core.vault.overviews import TokenWarning
from st_tui.tui.widgets.asked_listing import AskedListing, Fetch
from st_tui.tui.widgets.cells import column, cut
from st_tui.tui.widgets.listing import Piece
from st_tui.tui.widgets.token_name import name_column, token_name

KINDS: Final = {
    Kind.GRANTS_NOTHING: "Grants nothing",
    Kind.NEAR_LIMIT: "Near its limit",
    Kind.WIDER_THAN_USED: "Wider than used",
    Kind.NEVER_EXPIRES: "Never expires",
    Kind.SURPRISING: "May surprise",
    Kind.REDUNDANT: "Redundant",
    Kind.NAME: "Name",
}
"""What stands before the warnings of a kind."""

_KIND = max(map(len, KINDS.values())) + 2
_NAME, _LONG_NAME = 17, 27
_WIDE = 100


class WarningList(AskedListing[TokenWarning]):
    """Warnings by weight, each with its token's name."""

    cursor_piece = 1

    def __init__(self, fetch: Fetch[TokenWarning], now: Callable[[], int]) -> None:
        super().__init__(fetch, id="warnings")
        self._now = now
        self.empty = ""
        self._index = 0
        """The index of the warning that is drawn."""

    def identity(self, item: TokenWarning) -> tuple[str, str]:
        return item.token.id, item.warning.text

    def draw_header(self, width: int) -> str:
        return " " + column("Kind", _KIND) + column("Token", _name_width(width - 1)) + "Warning"

    def render_line(self, y: int) -> Strip:
        self._index = y - self.header_lines + self.scroll_offset.y
        return super().render_line(y)

    def draw(self, item: TokenWarning, width: int) -> list[Piece]:
        name = _name_width(width)
        kind, said = KINDS[item.warning.kind], item.warning.sentence
        for said_already in (f"{kind}: ", f"It {kind.lower()}: "):
            said = said.removeprefix(said_already)
        return [
            (column(kind if self._begins_kind(item) else "", _KIND), "warning"),
            (name_column(item.token, self._now(), name - 1) + " ", ""),
            (column(said, max(width - name - _KIND, 0)), "dim"),
        ]

    def _begins_kind(self, item: TokenWarning) -> bool:
        """Whether the kind has to be named: on top, and where the line above is of another one."""
        if self._index == self.scroll_offset.y:
            return True
        above = self.item(self._index - 1)
        return above is not None and above.warning.kind is not item.warning.kind


def warning_in_full(row: TokenWarning, now: int) -> Content:
    """The whole sentence, and below it what `f` would do."""
    name = cut(token_name(row.token, now), _LONG_NAME)
    said = Content.assemble((name, "bold"), f"  {shown(row.warning.text)}")
    fix = row.warning.fix
    if fix is None:
        return Content.assemble(said, ("\nNothing to mend, if that is meant.", "$text-muted"))
    return Content.assemble(said, "\n", ("f", "bold $text-primary"), f" {fix_in_words(fix)}")


def fix_in_words(fix: Fix) -> str:
    """What a fix does to a token that exists, which itself cannot be changed."""
    return shown(f"clone it, and {fix.words}" if fix.way is Way.MEND else fix.words)


def _name_width(width: int) -> int:
    return _NAME if width < _WIDE else _LONG_NAME
