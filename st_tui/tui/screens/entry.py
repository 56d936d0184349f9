"""One entry of the audit log in words, with all its fields and its place in the chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from st_tui.core.errors import Refusal
from st_tui.core.expiry import in_both_times, in_local_time, iso, span
from st_tui.core.json_text import read_object
from st_tui.core.model import AuditEntry
from st_tui.core.plain_text import shown
from st_tui.tui.actions import BACK, HELP, PALETTE, Action, bindings
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.leaving import Leavable
from st_tui.tui.widgets.audit_list import AuditList, AuditRow, Entries, row_in_words
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.title import Title

if TYPE_CHECKING:
    from st_tui.core.vault import Vault
    from st_tui.core.vault.entry_context import EntryContext
    from st_tui.tui.widgets.hashed_names import SecretNames

_LABEL = 11
_GONE = {"rotated": "ended by a rotation", "revoked": "revoked", "expired": "expired"}


class EntryScreen(Leavable[None]):
    """The entry under the cursor of a list; up and down go on in that list."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("token", "enter,g", "token", "Show all about the token of this entry",
               "service-token show ID", hint=True),
        Action("folder", "o", "folder", "Go to the folder of this entry", hint=True),
        Action("go(-1)", "up,k", "newer", "Go to the entry above", hint=True),
        Action("go(1)", "down,j", "older", "Go to the entry below", hint=True),
        HELP,
        PALETTE._replace(hint=False),
        BACK,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    EntryScreen {
        #about { padding: 1 2; height: 1fr; scrollbar-size-vertical: 1; }
        #sentence { height: auto; min-height: 2; margin-bottom: 1; }
    }
    """

    def __init__(self, listing: AuditList, entries: Entries, names: SecretNames) -> None:
        """Shows the one of the `entries` that the cursor of the list is on."""
        super().__init__()
        self._listing = listing
        self._entries = entries
        self._names = names
        self._row: AuditRow | None = None
        self._around: EntryContext | None = None
        self._reading = LatestWins(self, self._read_entry)

    def compose(self) -> ComposeResult:
        yield Title()
        with VerticalScroll(id="about", can_focus=False):
            yield Static(id="sentence")
            yield Static(id="facts")
        yield KeyHints(self.ACTIONS)

    def on_mount(self) -> None:
        self._reading.request()

    async def _read_entry(self) -> None:
        """Read the entry and what stands around it, and show both."""
        index = self._listing.cursor
        try:
            found = await self.host.read(lambda vault: _read(vault, self._entries, index))
        except Refusal as refusal:
            self.host.notify(str(refusal), severity="error")
            return
        if found is not None:
            self._row, self._around = found
            self._show(*found)

    def _show(self, row: AuditRow, context: EntryContext) -> None:
        project = self.host.project
        way = [project.name] if project else []
        self.query_one(Title).show(*way, "Audit", f"Entry {row.entry.seq}")
        sentence = row_in_words(row, self._names, context.scope)
        facts = [
            Content.assemble((f"{label:<{_LABEL}}", "$text-muted"), said)
            for label, said in self._facts(row, context)
        ]
        self.query_one("#sentence", Static).update(sentence)
        self.query_one("#facts", Static).update(Content("\n").join(facts))

    def _facts(self, row: AuditRow, context: EntryContext) -> Iterator[tuple[str, Content | str]]:
        """The fields of the entry, each with its label."""
        entry, now = row.entry, self.host.clock()
        yield "When", f"{in_both_times(entry.time)}, {span(now - entry.time)} ago"
        yield "", Content.styled(iso(entry.time), "$text-muted")
        yield "Actor", _named(row.actor, entry.actor, context)
        for label, said in (
            ("From", entry.ip),
            ("With", entry.user_agent),
            ("Event", entry.event),
            ("About", entry.target),
            ("Place", f"{entry.environment}:{entry.path or ''}" if entry.environment else None),
            ("Operation", entry.operation),
            ("Verdict", _verdict(entry)),
        ):
            if said:
                yield label, shown(said)
        yield from self._details(row)
        yield "", ""
        yield "Chain", _chain(entry.seq, follows=context.follows)
        yield "Hash", Content.styled(shown(entry.hash), "$text-muted")
        yield "Before", Content.styled(shown(context.previous), "$text-muted")

    def _details(self, row: AuditRow) -> Iterator[tuple[str, str]]:
        label, text = "Details", self._names.details(row.entry)
        for name, value in (read_object(text) or {"": text}).items():
            yield label, shown(f"{name}  {_in_words(value)}" if name else str(value))
            label = ""

    def action_go(self, amount: int) -> None:
        self._listing.cursor += amount
        self._reading.request()

    def action_token(self) -> None:
        from st_tui.tui.screens.token import open_token

        token = self._around.token if self._around else None
        if token is None:
            self.host.notify("This entry is about no token that still exists.", severity="warning")
        open_token(self, token)

    async def action_folder(self) -> None:
        from st_tui.core.secrets.model import Place
        from st_tui.tui.screens.links import show_folder

        entry = self._row.entry if self._row else None
        if entry is None or entry.environment is None:
            self.host.notify("This entry is about no folder.", severity="warning")
        else:
            await show_folder(self, Place(entry.environment, entry.path or "/"))


def _read(vault: Vault, entries: Entries, index: int) -> tuple[AuditRow, EntryContext] | None:
    rows = entries.page(vault, index, 1)
    return (rows[0], vault.audit.context(rows[0].entry)) if rows else None


def _named(name: str, actor: str, context: EntryContext) -> Content:
    """Who did it; a token's id, and what became of it, behind its name."""
    if name == actor:
        return Content(shown(name))
    deletion = context.deletion
    gone = ""
    if deletion is not None:
        how = _GONE.get(deletion.reason or "", "deleted")
        gone = f"  {how} {in_local_time(deletion.time)}"
    return Content.assemble(shown(name), (f"  {shown(actor)}", "$text-muted"), gone)


def _in_words(value: Any) -> str:
    """A value of the details as a person reads it; a scope as `dev:/common/**`."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_in_words, value)) or "none"
    if isinstance(value, dict) and value.keys() == {"environment", "secretPath"}:
        return f"{value['environment']}:{value['secretPath']}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _verdict(entry: AuditEntry) -> str | None:
    """`denied: path`, `allowed`, or the reason for which a token was deleted."""
    if entry.reason in (None, entry.verdict):
        return entry.verdict
    return f"{entry.verdict}: {entry.reason}" if entry.verdict else entry.reason


def _chain(seq: int, *, follows: bool) -> Content:
    before = f"entry {seq - 1}" if seq > 1 else "the beginning of the log"
    if follows:
        return Content.assemble(("✔ ", "$text-success"), f"follows from {before}")
    return Content.assemble(("✖ ", "$text-error"), f"does not follow from {before}: v verifies all")
