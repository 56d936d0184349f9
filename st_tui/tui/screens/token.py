"""All about one service token: scopes and their reach, end, switches, and its log entries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, WorkType

from st_tui.core import lint
from st_tui.core.errors import Refusal
from st_tui.core.expiry import in_both_times, in_local_time, remaining
from st_tui.core.lint.names import Names
from st_tui.core.model import AuditEntry, Project, ServiceToken, Use
from st_tui.core.plain_text import shown
from st_tui.core.wording import counted, times
from st_tui.tui.actions import BACK, HELP, PALETTE, Action, bindings
from st_tui.tui.host import ShowsVault
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.leaving import Leavable
from st_tui.tui.screens.token_actions import TOKEN_ACTIONS, TokenActions
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.token_name import token_name

if TYPE_CHECKING:
    from st_tui.core.vault import Vault
    from st_tui.core.vault.lineage import Lineage, Relative

_ENTRIES = 50
"""Entries of the log that are shown."""


class TokenScreen(TokenActions, ShowsVault, Leavable[None]):
    """The details of a token."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        *TOKEN_ACTIONS,
        HELP,
        PALETTE._replace(hint=False),
        BACK,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    TokenScreen {
        #title { height: 1; padding: 0 1; background: $panel; dock: top; }
        #about { padding: 1 2; height: 1fr; }
    }
    """

    def __init__(self, token: ServiceToken) -> None:
        super().__init__()
        self._token = token
        self._reading = LatestWins(self, self._read_token)
        self._uses: Sequence[Use] = ()
        self._uses_until: int | None = None
        """The token's last use when `_uses` was read."""

    def compose(self) -> ComposeResult:
        yield Static(id="title")
        with VerticalScroll(id="about"):
            yield Static(id="text")
        yield KeyHints(self.ACTIONS)

    # Textual names each option; here they are only handed on.
    def run_worker(self, work: WorkType[Any], **options: Any) -> Worker[Any]:  # type: ignore[override]
        """Let an action outlive this screen, which closes with its token, to say what it did."""
        return self.app.run_worker(work, **options)

    def on_screen_resume(self) -> None:
        self.show()

    def show(self) -> None:
        """Show the token as it is now. If it is gone, go back once no dialog covers this."""
        self._reading.request()

    async def _read_token(self) -> None:
        project = self.host.project
        with suppress(Refusal):  # the app says what is wrong with the vault
            known = await self.host.read(
                lambda vault: _known_of(vault, project, self._token) if project else None
            )
            if self.is_attached:  # this worker outlives the screen
                self._show_known(known)

    def _show_known(self, known: _Known | None) -> None:
        if known is None:
            if self.app.screen is self:
                self.dismiss()
            return
        token = self._token = known.token
        self.query_one("#title", Static).update(
            Content.assemble(
                ("Service token  ", "$text-muted"), (token_name(token, self.host.clock()), "bold")
            )
        )
        scopes = self._scopes(token, known.folders, known.written, known.names)
        lines = [
            *self._facts(token, known.lineage),
            Content(""),
            *scopes,
            Content(""),
        ]
        lines.append(Content.styled("Audit log", "bold $text-primary"))
        lines += [_entry_line(entry) for entry in known.entries]
        self.query_one("#text", Static).update(Content("\n").join(lines))
        if token.last_used != self._uses_until:
            self._uses_until = token.last_used
            self._read_uses(token)

    @work(group="uses", exclusive=True)
    async def _read_uses(self, token: ServiceToken) -> None:
        """Read how the token was used, in a thread: the log of a busy one is long."""
        try:
            self._uses = await self.host.read_apart(lambda vault: vault.audit.uses(token))
        except Refusal:
            return  # only a warning is missing; what is wrong with the vault is said elsewhere
        if self.is_attached:
            self.show()

    def _facts(self, token: ServiceToken, related: Lineage) -> list[Content]:
        now = self.host.clock()
        end = token.expires_at
        facts = [
            ("Id", token.id),
            ("Version", f"V{token.version}"),
            ("Permissions", " and ".join(sorted(token.permissions))),
            (
                "Expires",
                "never" if end is None else f"{in_both_times(end)}  (in {remaining(end, now)})",
            ),
            ("Made", in_both_times(token.created_at)),
            ("Last used", "not yet" if token.last_used is None else in_local_time(token.last_used)),
            ("Used", times(token.use_count)),
        ]
        if token.version == 3:
            facts.append(("Active", "yes" if token.is_active else "no: press a to activate"))
            facts.append(("Trusted IPs", " ".join(b.text for b in token.trusted_ips or ())))
        if before := related.predecessor:
            facts += _relative("Replaces", before)
        for after in related.successors:
            facts += _relative("Replaced by", after)
        return [
            Content.assemble((f"{label:<13}", "$text-muted"), shown(value))
            for label, value in facts
        ]

    def _scopes(
        self,
        token: ServiceToken,
        folders: lint.FolderPaths,
        written: Collection[str],
        names: Names,
    ) -> list[Content]:
        """The scopes, how many folders each opens, and the lint warnings."""
        lines = [Content.styled("Scopes", "bold $text-primary")]
        for number, scope in enumerate(token.scopes, start=1):
            opened = folders.opened(scope)
            if opened is None:
                reach = ("✖ grants nothing: see below", "$text-error")
            else:
                there = len(folders[scope.environment])
                reach = (f"opens {opened} of {counted(there, 'folder')}", "$text-muted")
            lines.append(
                Content.assemble((f"{number} ", "$text-muted"), f"{shown(str(scope)):<32}  ", reach)
            )
        lines += [
            Content.styled(f"! {shown(warning.text)}", "$text-warning")
            for warning in lint.lint(token, folders, written, self._uses, names)
        ]
        return lines

    def chosen_token(self) -> ServiceToken | None:
        return self._token

    def revoked(self) -> None:
        if self.app.screen is self:
            self.dismiss()


@dataclass(frozen=True)
class _Known:
    """What the screen shows of a token besides its uses, which take longer to read."""

    token: ServiceToken
    folders: lint.FolderPaths
    written: Collection[str]
    names: Names
    lineage: Lineage
    entries: Sequence[AuditEntry]


def _known_of(vault: Vault, project: Project, token: ServiceToken) -> _Known | None:
    """What is known of a token by now; None if it is gone."""
    living = vault.tokens.lookup(token.id).token
    if living is None:
        return None
    return _Known(
        living,
        lint.FolderPaths(vault.folders.of_each(project)),
        vault.tokens.written_environments(project, besides=living),
        vault.tokens.names(project),
        vault.tokens.lineage(living),
        vault.audit.page(about=living.id, limit=_ENTRIES),
    )


def open_token(page: Screen[Any], token: ServiceToken | None) -> None:
    """Show all about a token over a page, unless there is none or something covers the page."""
    if token is not None and page.app.screen is page:
        page.app.push_screen(TokenScreen(token))


def _relative(how: str, relative: Relative) -> list[tuple[str, str]]:
    return [(how, f"{relative.name}  {relative.id}"), ("", relative.state(in_local_time))]


def _entry_line(entry: AuditEntry) -> Content:
    verdict = {"allowed": ("✔ ", "$text-success"), "denied": ("✖ ", "$text-error")}
    folder = f"{entry.environment}:{entry.path}" if entry.environment else ""
    return Content.assemble(
        (f"{in_local_time(entry.time)[:16]}  ", "$text-muted"),
        verdict.get(entry.verdict or "", ("  ", "")),
        f"{shown(entry.event):<21} ",
        (shown(folder), "$text-muted"),
        (f"  {shown(entry.reason)}" if entry.reason else "", "$text-muted"),
    )
