"""The audit log: who did what, when, and how it was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from st_tui.core.errors import Refusal
from st_tui.core.model import Project
from st_tui.core.wording import counted
from st_tui.tui.actions import EVERYWHERE, LINKED, Action, bindings
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.screens.entry import EntryScreen
from st_tui.tui.screens.filtered_page import FilteredPage
from st_tui.tui.screens.responsive import WIDE
from st_tui.tui.widgets.audit_list import AuditList, Entries, row_in_words
from st_tui.tui.widgets.cells import cut
from st_tui.tui.widgets.hashed_names import SecretNames
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from st_tui.core.vault import Vault


class AuditPage(FilteredPage):
    """The log, a filter, the entry under the cursor in words, and a check of the chain."""

    NAME = "audit"
    filter_container = "#log"
    filter_hint = "filter by time, actor, event, verdict, place or name"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("open", "enter", "open", "Show all about this entry", hint=True),
        Action("filter", "slash", "filter",
               "Filter by any text that is shown: time, actor, event, verdict, place or name",
               hint=True),
        Action("verify", "v", "verify", "Check that each entry follows from the one before it",
               "audit verify", hint=True),
        LINKED._replace(hint=False),
        *EVERYWHERE,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS[1:])
    DEFAULT_CSS = """
    AuditPage {
        AuditList { height: 1fr; }
        #said { height: 3; padding: 0 1; border-top: solid $panel; }
    }
    """

    def __init__(self, token_id: str | None = None, name: str = "") -> None:
        """Shows the whole log, or what was done by one token and to it; `name` is that token's."""
        super().__init__()
        self._token_id = token_id
        self._name = name
        self._entries: Entries | None = None
        """What the list shows."""
        self._showing = LatestWins(self, self._show_log)
        self._goes_on_top = False
        """Whether the next showing puts the cursor on top."""
        self._names = SecretNames(self, self.host, self._secrets_named)

    def body(self) -> ComposeResult:
        with Vertical(id="log"):
            yield AuditList(self._names.of)
            yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self._list.focus()
        # At once, so that both are painted in one frame: a message comes after it.
        self.watch(self._list, "cursor", self._say_entry, init=False)

    def on_screen_resume(self) -> None:
        self._names.forget_the_gone()

    @property
    def is_up_to_date(self) -> bool:
        """Whether what is shown is the answer to the filter."""
        return self._showing.is_idle

    @property
    def _list(self) -> AuditList:
        return self.query_one(AuditList)

    def show(self, *, top: bool = False) -> None:
        self._goes_on_top = self._goes_on_top or top
        self._showing.request()

    async def _show_log(self) -> None:
        """Search the log if there is a filter, and show it if the filter is still the same."""
        project, text, token_id = self.host.project, self.filter_text, self._token_id
        if project is None:
            self._list.show_items(0, 0)
            return
        top = self._goes_on_top
        try:
            found = None
            if text:  # that takes long
                found = await self.host.read_apart(lambda v: search(v, project, text, token_id))
            entries = Entries(project, token_id, found)
            look = self._list.first_look(entries, top=top)
            count, looked = await self.host.read(
                lambda v: (v.audit.count(project=project, about=token_id), look(v))
            )
        except Refusal as refusal:
            self.host.notify(str(refusal), severity="error")
            return
        if (project, text) == (self.host.project, self.filter_text):
            self._goes_on_top, self._entries = False, entries
            said = counted(count, "entry", "entries")
            said = said if found is None else f"{len(found)} of {said}"
            self.query_one(TopBar).show(project, self._about(said))
            self._list.show_look(looked)

    def _about(self, count: str) -> str:
        """What stands in the title: the count, and the token that the entries are about."""
        if not self._name:
            return count
        is_wide = self.size.width >= WIDE
        return f"{cut(self._name, 40)}: {count}" if is_wide else cut(self._name, 18)

    @on(Listing.Moved, "#entries")
    def _say_entry(self) -> None:
        row = self._list.current
        if row is not None:  # without the program, which the entry itself has
            row = row._replace(entry=row.entry._replace(user_agent=None))
        said = row_in_words(row, self._names) if row else ""
        self.query_one("#said", Static).update(said, layout=False)

    def _secrets_named(self) -> None:
        self._list.refresh()
        self._say_entry()

    @on(Listing.Chosen, "#entries")
    def _open_entry(self) -> None:
        if self._entries is not None and self.app.screen is self:
            self.app.push_screen(EntryScreen(self._list, self._entries, self._names))

    def action_open(self) -> None:
        self._list.action_choose()

    def apply_filter(self) -> None:
        self.show(top=True)

    @work(group="verify", exclusive=True)
    async def action_verify(self) -> None:
        broken = await self.host.find(
            "Verifying the log", lambda vault: vault.audit.first_broken() or 0
        )
        if broken is not None:
            self.host.did("audit", "verify")
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


def search(vault: Vault, project: Project, text: str, token_id: str | None = None) -> list[int]:
    """The numbers of the entries that show a text, newest first.

    With a token's id, only entries by it and about it count.
    """
    try:
        secrets = vault.secrets.hashes_of_names(project, text)
    except Refusal:
        secrets = []  # the log can be searched without the operator's key
    return vault.audit.find(project, text, secrets, about=token_id)
