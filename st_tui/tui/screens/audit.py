"""The audit log: who did what, when, and how it was answered."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from st_tui.core.errors import Refusal
from st_tui.core.expiry import in_both_times, in_local_time
from st_tui.core.json_text import read_object
from st_tui.core.model import AuditEntry, Project
from st_tui.core.plain_text import shown
from st_tui.core.wording import counted
from st_tui.tui.actions import EVERYWHERE, Action, bindings
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.screens.filtered_page import FilteredPage
from st_tui.tui.widgets.cells import column
from st_tui.tui.widgets.listing import Listing, Piece
from st_tui.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from st_tui.core.vault import Vault

_AT_ONCE = 5_000
"""Entries that are searched within one key press; more are searched in a thread."""

_HASHED_NAME = re.compile(r'"secretKey":"([0-9a-f]{8})([0-9a-f]{56})"')
_TIME, _ACTOR, _EVENT, _VERDICT = 12, 15, 21, 14


class AuditList(Listing[AuditEntry]):
    """Entries of the audit log, newest first."""

    empty = "Nothing in the log matches."

    def __init__(self, page: AuditPage) -> None:
        super().__init__(id="entries")
        self._page = page

    def load(self, offset: int, limit: int) -> Sequence[AuditEntry]:
        return self._page.fetch(offset, limit)

    def identity(self, item: AuditEntry) -> int:
        return item.seq

    def draw_header(self, width: int) -> str:
        return (
            " "
            + column("Time", _TIME)
            + column("Actor", _ACTOR)
            + column("Event", _EVENT)
            + column("Verdict", _VERDICT)
            + column("Place", max(width - 1 - _TIME - _ACTOR - _EVENT - _VERDICT, 0))
        )

    def draw(self, item: AuditEntry, width: int) -> list[Piece]:
        mark, style = _MARKS.get(item.verdict or "", ("", ""))
        verdict = f"{mark}{item.reason or ''}"
        about = _folder(item) or _name(item)
        if name := self._page.secret_name(item):
            about = f"{about}  {name}"
        return [
            (column(in_local_time(item.time)[5:16], _TIME), "dim"),
            (column(self._page.actor(item), _ACTOR - 1) + " ", ""),
            (column(item.event, _EVENT - 1) + " ", ""),
            (column(verdict, _VERDICT - 1) + " ", style),
            (column(about, max(width - _TIME - _ACTOR - _EVENT - _VERDICT, 0)), "dim"),
        ]


_MARKS = {"allowed": ("✔ ", "good"), "denied": ("✖ ", "bad")}


class AuditPage(FilteredPage):
    """The log, a filter, the whole entry under the cursor, and a check of the chain."""

    NAME = "audit"
    filter_container = "#log"
    filter_hint = "filter by time, actor, event, verdict, place or name"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("filter", "slash", "filter",
               "Filter by any text that is shown: time, actor, event, verdict, place or name",
               hint=True),
        Action("verify", "v", "verify", "Check that each entry follows from the one before it",
               "audit verify", hint=True),
        *EVERYWHERE,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    AuditPage {
        AuditList { height: 1fr; }
        #entry { height: 6; padding: 0 1; border-top: hkey $border; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}
        """What is shown of each actor: the name of a token, by its id."""
        self._secret_names: dict[str, str] = {}
        """What is shown of each secret, by the keyed hash of its name."""
        self._unnamed: set[str] = set()
        """The hashes whose names are still to be looked up."""
        self._naming = LatestWins(self, self._name_secrets)
        self._found: Sequence[int] | None = None
        """The numbers of the entries that the filter found; None without a filter."""
        self._searching = LatestWins(self, self._search)
        self._goes_on_top = False
        """Whether the search under way puts the cursor on top."""

    def body(self) -> ComposeResult:
        with Vertical(id="log"):
            yield AuditList(self)
            yield Static(id="entry")

    def on_mount(self) -> None:
        self.query_one(AuditList).focus()

    def fetch(self, offset: int, limit: int) -> Sequence[AuditEntry]:
        """A page of the project's entries, or of those that the filter found."""
        vault, project = self.host.vault, self.host.project
        if vault is None or project is None:
            return ()
        if self._found is not None:
            return vault.audit.numbered(self._found[offset : offset + limit])
        return vault.audit.page(project=project, limit=limit, offset=offset)

    def actor(self, entry: AuditEntry) -> str:
        """Who did it: a token by its name, anybody else as the log says."""
        vault = self.host.vault
        if vault is not None and entry.actor not in self._names:
            self._names[entry.actor] = vault.audit.token_name(entry.actor) or entry.actor
        return self._names.get(entry.actor, entry.actor)

    def secret_name(self, entry: AuditEntry) -> str:
        """The name of the secret that an entry is about; the log has its keyed hash only.

        The name is looked up in a thread. Until then, and if the secret is gone, the first digits
        of the hash stand for it.
        """
        hashed = _HASHED_NAME.search(entry.details)
        if hashed is None:
            return ""
        name_hash = hashed[1] + hashed[2]
        if name_hash not in self._secret_names:
            self._unnamed.add(name_hash)
            self._naming.request()
        return self._secret_names.get(name_hash, f"{hashed[1]}…")

    async def _name_secrets(self) -> None:
        project, wanted = self.host.project, self._unnamed
        if project is None or not wanted:
            return
        self._unnamed = set()
        try:
            found = await self.host.read(lambda v: v.secrets.names_by_hash(project, wanted))
        except Refusal:
            found = {}  # the log can be read without the operator's key
        for name_hash in wanted:
            self._secret_names[name_hash] = found.get(name_hash, f"{name_hash[:8]}…")
        if found:
            self.query_one(AuditList).refresh()
            self._entry_chosen()

    def on_screen_resume(self) -> None:
        """Look up again what had no name: it may have one now."""
        gone = [key for key, name in self._secret_names.items() if name == f"{key[:8]}…"]
        for key in gone:
            del self._secret_names[key]

    def show(self, *, top: bool = False) -> None:
        vault, project = self.host.vault, self.host.project
        if vault is None or project is None:
            self.query_one(AuditList).reload(0)
            return
        count = vault.audit.count(project=project)
        if not self.filter_text:
            self._found = None
            self.query_one(AuditList).reload(count, top=top)
            self.query_one(TopBar).show(project, counted(count, "entry", "entries"))
        elif count <= _AT_ONCE:
            self._show_found(search(vault, project, self.filter_text), count, top=top)
        else:
            self._goes_on_top = self._goes_on_top or top
            self._searching.request()

    async def _search(self) -> None:
        """Search in a thread, and show what was found if the filter is still the same."""
        project, text = self.host.project, self.filter_text
        if project is None or not text:
            return
        try:
            found, count = await self.host.read(
                lambda vault: (search(vault, project, text), vault.audit.count(project=project))
            )
        except Refusal as refusal:
            self.host.notify(str(refusal), severity="error")
            return
        if (project, text) == (self.host.project, self.filter_text):
            top, self._goes_on_top = self._goes_on_top, False
            self._show_found(found, count, top=top)

    def _show_found(self, found: Sequence[int], count: int, *, top: bool) -> None:
        self._found = found
        self.query_one(AuditList).reload(len(found), top=top)
        entries = counted(count, "entry", "entries")
        self.query_one(TopBar).show(self.host.project, f"{len(found)} of {entries}")

    @on(Listing.Moved, "#entries")
    def _entry_chosen(self) -> None:
        entry = self.query_one(AuditList).current
        whole = _whole(entry, self.secret_name(entry)) if entry else ""
        self.query_one("#entry", Static).update(whole)

    def apply_filter(self) -> None:
        self.show(top=True)

    @work(group="verify", exclusive=True)
    async def action_verify(self) -> None:
        broken = await self.host.change(
            "Verifying the log", lambda vault: vault.audit.first_broken() or 0
        )
        if broken == 0:
            self.host.notify(
                "The whole chain holds: no entry was changed, and none before the last taken out."
            )
        elif broken is not None:
            self.host.notify(
                f"The chain breaks at entry {broken}: it, or one before it, was changed.",
                severity="error",
                timeout=10,
            )


def search(vault: Vault, project: Project, text: str) -> list[int]:
    """The numbers of the entries that show a text, newest first."""
    try:
        secrets = vault.secrets.hashes_of_names(project, text)
    except Refusal:
        secrets = []  # the log can be searched without the operator's key
    return vault.audit.find(project, text, secrets)


def _folder(entry: AuditEntry) -> str:
    return f"{entry.environment}:{entry.path or ''}" if entry.environment else ""


def _about(entry: AuditEntry) -> str:
    parts = (entry.target, entry.operation, _folder(entry))
    return "  ".join(part for part in parts if part)


def _name(entry: AuditEntry) -> str:
    return str((read_object(entry.details) or {}).get("name", ""))


def _whole(entry: AuditEntry, secret_name: str) -> Content:
    named = f'"secretKey":{json.dumps(secret_name, ensure_ascii=False)}'
    facts = [
        (f"entry {entry.seq}", in_both_times(entry.time)),
        (
            "actor",
            "  ".join(part for part in (entry.actor, entry.ip, entry.user_agent) if part),
        ),
        ("about", _about(entry)),
        ("details", _HASHED_NAME.sub(lambda _: named, entry.details)),
        ("hash", entry.hash),
    ]
    return Content("\n").join(
        [Content.assemble((f"{label:<11}", "$text-muted"), shown(text)) for label, text in facts]
    )
