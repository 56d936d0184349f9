"""All about one service token: what it is, what it opens, how it was used, and where to go on."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, WorkType

from st_tui.core.errors import Refusal
from st_tui.core.lint import Fix
from st_tui.core.model import ServiceToken
from st_tui.tui.actions import BACK, HELP, PALETTE, Action, bindings
from st_tui.tui.host import ShowsVault
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.leaving import Leavable
from st_tui.tui.screens.responsive import Responsive
from st_tui.tui.screens.token_actions import TOKEN_ACTIONS, TokenActions
from st_tui.tui.screens.token_reading import (
    MOST_DAYS,
    MOST_ENTRIES,
    Known,
    Logged,
    read_known,
    read_logged,
)
from st_tui.tui.widgets import token_facts
from st_tui.tui.widgets.key_hints import KeyHints
from st_tui.tui.widgets.title import Title
from st_tui.tui.widgets.token_name import token_name
from st_tui.tui.widgets.warning_list import fix_in_words

if TYPE_CHECKING:
    from st_tui.core.vault.lineage import Relative

_ENTRIES = 6
"""Entries of the log that are shown where the screen is not tall."""
_TALL = 36
_DAYS = 14
_WIDE, _WIDER = 100, 120
_FIRST = 0.1
"""Seconds that the first frame waits for what it shows, so that it is painted once."""
_PATIENCE = 0.3
"""Seconds until it is said that the log is being read."""


class TokenScreen(TokenActions, ShowsVault, Responsive[None], Leavable[None]):
    """The details of a token, and the ways from it to all that is known of it elsewhere."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("test", "t", "test", "Test what this token may do", "check --token-id ID",
               hint=True),
        Action("fix", "f", "fix", "Mend what is warned of", hint=True),
        *TOKEN_ACTIONS,
        Action("history", "h", "log", "Show all that this token did and what was done to it",
               "audit list --token ID", hint=True),
        Action("matrix", "m", "matrix", "Show its column in the matrix",
               "scope matrix --env SLUG"),
        Action("who", "w", "who", "Ask who else can reach what its first scope opens",
               "scope who --env SLUG --path PATH"),
        Action("relative(-1)", "less_than_sign", "replaced", "Go to the token that it replaced"),
        Action("relative(1)", "greater_than_sign", "successor", "Go to the token that replaced it"),
        HELP,
        PALETTE._replace(hint=False),
        BACK,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    TokenScreen {
        #about { padding: 1 1 0 1; height: 1fr; scrollbar-size-vertical: 1; }
        #columns { height: auto; }
        #left { width: 1fr; height: auto; padding: 0 1; }
        #right { width: 1fr; height: auto; padding: 1 1 0 1; }
        #columns { layout: vertical; }
        &.-wider #columns { layout: horizontal; }
        &.-wider #right { padding: 0 1; }
    }
    """

    def __init__(self, token: ServiceToken) -> None:
        super().__init__()
        self._token = token
        self._known: Known | None = None
        self._logged: Logged | None = None
        self._logged_for: object = None
        """What `_logged` was read for."""
        self._is_slow = False
        """Whether the log takes so long that this is said."""
        self._reading = LatestWins(self, self._read_all)
        self._reading_log = LatestWins(self, self._read_log)
        self._log_read = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Title()
        with VerticalScroll(id="about"), Horizontal(id="columns"):
            yield Static(id="left")
            yield Static(id="right")
        yield KeyHints(self.ACTIONS)

    async def on_mount(self) -> None:
        self.show()
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST):
                await self._log_read.wait()

    # Textual names each option; here they are only handed on.
    def run_worker(self, work: WorkType[Any], **options: Any) -> Worker[Any]:  # type: ignore[override]
        """Let an action outlive this screen, which closes with its token, to say what it did."""
        if options.get("group") == "latest-wins":
            return super().run_worker(work, **options)
        return self.app.run_worker(work, **options)

    def on_screen_resume(self) -> None:
        self.show()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self._draw()

    def show(self) -> None:
        """Show the token as it is now. If it is gone, go back once no dialog covers this."""
        self._reading.request()

    async def _read_all(self) -> None:
        project = self.host.project
        known = None
        if project is not None:
            try:
                known = await self.host.read(lambda v: read_known(v, project, self._token.id))
            except Refusal:
                return  # the app says what is wrong with the vault
        if not self.is_attached:
            return  # this worker outlives the screen
        if known is None:
            if self.app.screen is self:
                self.dismiss()
            return
        self._known, self._token = known, known.token
        asked = known.token, known.folders, known.tokens
        if asked != self._logged_for:
            self._logged_for = asked
            self._log_read.clear()
            self._reading_log.request()
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await self._log_read.wait()
            self._is_slow = not self._log_read.is_set()
        self._draw()

    async def _read_log(self) -> None:
        """Read what takes long, and show it if the screen waits for nothing else."""
        known, project = self._known, self.host.project
        if known is None or project is None:
            return
        with suppress(Refusal):  # what is wrong with the vault is said elsewhere
            self._logged = await self.host.read_apart(lambda v: read_logged(v, project, known))
        self._log_read.set()
        if self._is_slow:
            self._is_slow = False
            self._draw()

    def _draw(self) -> None:
        project, known, logged = self.host.project, self._known, self._logged
        if known is None or project is None or not self.is_attached:
            return
        token, now, width = known.token, self.host.clock(), self._width
        self.query_one(Title).show(project.name, "Tokens", token_name(token, now))
        folders = logged.usage.folders if logged else None
        left = [
            *token_facts.facts(token, known.related, now),
            Content(""),
            token_facts.heading("Scopes"),
            *token_facts.scopes(token, known.folders, folders, width),
        ]
        right = []
        if logged is not None:
            left += token_facts.warnings(logged.warnings, self._fixes)
            days = _DAYS if self.size.width < _WIDE else MOST_DAYS
            usage = logged.usage._replace(days=logged.usage.days[-days:])
            right = [*token_facts.usage(usage, known.opened, now, width,
                                        ascii_only=self.host.ascii_only), Content("")]  # fmt: skip
        elif self._is_slow:
            right = [Content.styled("Reading its uses in the audit log…", "$text-muted")]
        entries = known.entries[: MOST_ENTRIES if self.size.height >= _TALL else _ENTRIES]
        right += token_facts.log_lines(entries, known.names, token, width)
        self.query_one("#left", Static).update(Content("\n").join(left))
        self.query_one("#right", Static).update(Content("\n").join(right))

    @property
    def _width(self) -> int:
        """The cells of a line."""
        width = self.size.width
        return (width // 2 if width >= _WIDER else width) - 5

    @property
    def _fixes(self) -> list[Fix]:
        """What mends the warnings, the weightiest first, each once."""
        found = self._logged.warnings if self._logged else ()
        return list({each.fix.words: each.fix for each in found if each.fix}.values())

    @property
    def _place(self) -> tuple[str, str]:
        """Where to test the token: in the folder it used last, else in the first that it opens."""
        if self._logged is not None and self._logged.usage.folders:
            return self._logged.usage.folders[0][:2]
        return self._known.first if self._known else ("", "/")

    def chosen_token(self) -> ServiceToken | None:
        return self._token

    def revoked(self) -> None:
        if self.app.screen is self:
            self.dismiss()

    @work
    async def action_fix(self) -> None:
        from st_tui.tui.screens.picker import Picker

        fixes = self._fixes
        fix: Fix | None = fixes[0] if fixes else None
        if len(fixes) > 1:
            fix = await self.host.ask(Picker("Mend", [(fix_in_words(one), one) for one in fixes]))
        if fix is not None:
            self.mend(fix)

    async def action_test(self) -> None:
        from st_tui.tui.screens.links import show_test

        await show_test(self, self._token, *self._place)

    def action_matrix(self) -> None:
        from st_tui.tui.screens.links import show_matrix

        show_matrix(self, self._token, *self._place)

    def action_who(self) -> None:
        from st_tui.tui.screens.links import show_who

        for scope in self._token.scopes[:1]:
            show_who(self, *scope)

    def action_history(self) -> None:
        from st_tui.tui.screens.links import show_log

        show_log(self, self._token.id, self._token.name)

    def action_relative(self, direction: int) -> None:
        from st_tui.tui.screens.links import show_log

        related = self._known.related if self._known else None
        found: list[Relative] = []
        if related is not None and direction > 0:
            found += related.successors[-1:]
        elif related is not None and related.predecessor is not None:
            found.append(related.predecessor)
        for relative in found:
            if relative.token is not None:
                open_token(self, relative.token)
            else:
                show_log(self, relative.id, relative.name)


def open_token(page: Screen[Any], token: ServiceToken | None) -> None:
    """Show all about a token over a page, unless there is none or something covers the page."""
    if token is not None and page.app.screen is page:
        page.app.push_screen(TokenScreen(token))
