"""A list of entries of the audit log, the newest first, each day named where it begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.strip import Strip

from st_tui.core.expiry import in_local_time
from st_tui.core.json_text import read_object
from st_tui.core.model import AuditEntry, Project
from st_tui.core.plain_text import shown
from st_tui.tui.widgets.cells import column, cut
from st_tui.tui.widgets.entry_words import entry_in_words
from st_tui.tui.widgets.listing import Piece
from st_tui.tui.widgets.paged_listing import PagedListing

if TYPE_CHECKING:
    from st_tui.core.vault import Vault
    from st_tui.tui.widgets.hashed_names import SecretNames

_DAY, _TIME, _ACTOR, _EVENT, _FROM = 6, 7, 15, 23, 17
_WITH_YEAR = 11
"""Columns of a day with its year, where there is room for it."""
_WIDE, _WIDER = 100, 140
_LEAST_PLACE = 12
MARKS = {"allowed": ("✔ ", "good"), "denied": ("✖ ", "bad")}


class AuditRow(NamedTuple):
    """An entry, and the name of its actor."""

    entry: AuditEntry
    actor: str


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a project, of one token of it, or those that were found."""

    project: Project
    token_id: str | None = None
    found: Sequence[int] | None = None
    """The numbers of the entries that were found, the newest first; None for all."""

    def count(self, vault: Vault) -> int:
        """How many entries there are."""
        if self.found is not None:
            return len(self.found)
        return vault.audit.count(project=self.project, about=self.token_id)

    def page(self, vault: Vault, offset: int, limit: int) -> list[AuditRow]:
        """Some of the entries, with the names of their actors."""
        if self.found is not None:
            entries = vault.audit.numbered(self.found[offset : offset + limit])
        else:
            entries = vault.audit.page(
                project=self.project, about=self.token_id, limit=limit, offset=offset
            )
        names = vault.audit.token_names({entry.actor for entry in entries})
        return [AuditRow(entry, names.get(entry.actor, entry.actor)) for entry in entries]


class AuditList(PagedListing[AuditRow]):
    """Entries of the audit log, newest first."""

    empty = "Nothing in the log matches."
    cursor_piece = 2

    def __init__(self, secret_name: Callable[[AuditEntry], str]) -> None:
        """`secret_name` names the secret that an entry is about."""
        super().__init__(id="entries")
        self._secret_name = secret_name
        self._index = 0
        """The index of the item that is drawn."""

    def identity(self, item: AuditRow) -> int:
        return item.entry.seq

    def draw_header(self, width: int) -> str:
        widths = _widths(width - 1)
        titles = {"From": "  From"}  # a gap stands before it, for what is flush right
        return " " + "".join(
            column(titles.get(title, title), cells) for title, cells in widths.items()
        )

    def render_line(self, y: int) -> Strip:
        self._index = y - self.header_lines + self.scroll_offset.y
        return super().render_line(y)

    def draw(self, item: AuditRow, width: int) -> list[Piece]:
        entry, widths = item.entry, _widths(width)
        mark, style = MARKS.get(entry.verdict or "", ("  ", ""))
        is_denied = entry.verdict == "denied"
        local = in_local_time(entry.time)
        day = local[:10] if widths["Day"] == _WITH_YEAR else local[5:10]
        pieces = [
            (column(day if self._begins_day(local) else "", widths["Day"]), ""),
            (column(local[11:16], _TIME), "dim"),
            (column(item.actor, _ACTOR - 1) + " ", ""),
            (mark, style),
            (column(entry.event, _EVENT - 3) + " ", style if is_denied else ""),
            *self._place(entry, widths["Place"]),
        ]
        if "From" in widths:
            pieces.append((f"  {column(entry.ip or '', _FROM - 2)}", "dim"))
        if "With" in widths:
            pieces.append((column(entry.user_agent or "", widths["With"]), "dim"))
        return pieces

    def _begins_day(self, local: str) -> bool:
        """Whether the day has to be named: on top, and where the entry above is of another one."""
        if self._index == self.scroll_offset.y:
            return True
        above = self.item(self._index - 1)
        return above is not None and in_local_time(above.entry.time)[:10] != local[:10]

    def _place(self, entry: AuditEntry, width: int) -> list[Piece]:
        """The place, or what else the entry is about; behind it, why it was denied."""
        about = f"{entry.environment}:{entry.path or ''}" if entry.environment else _name(entry)
        if name := self._secret_name(entry):
            about = f"{about}  {name}"
        reason = entry.reason if entry.verdict == "denied" and entry.reason else ""
        reason = cut(reason, max(width - _LEAST_PLACE, 0))
        room = width - cell_len(reason) - 1
        return [(column(about, room), "dim"), (f" {reason}", "bad")]


def _widths(width: int) -> Mapping[str, int]:
    """The columns that there is room for, and their widths."""
    day = _WITH_YEAR if width >= _WIDE else _DAY
    fixed = {"Day": day, "Time": _TIME, "Actor": _ACTOR, "Event": _EVENT}
    rest = max(width - sum(fixed.values()), 0)
    if width < _WIDE:
        return fixed | {"Place": rest}
    if width < _WIDER:
        return fixed | {"Place": rest - _FROM, "From": _FROM}
    place = min((rest - _FROM) * 60 // 100, 60)
    return fixed | {"Place": place, "From": _FROM, "With": rest - _FROM - place}


def _name(entry: AuditEntry) -> str:
    return str((read_object(entry.details) or {}).get("name", ""))


def row_in_words(row: AuditRow, names: SecretNames, scope: int | None = None) -> Content:
    """What an entry says, as a sentence behind the mark of its verdict."""
    mark, style = MARKS.get(row.entry.verdict or "", ("", ""))
    color = {"good": "$text-success", "bad": "$text-error"}.get(style, "")
    said = entry_in_words(row.entry, row.actor, names.of(row.entry), scope)
    return Content.assemble((mark, color), shown(said))
