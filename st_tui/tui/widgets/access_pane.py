"""Test access, live: a token or a draft of one, a request, the verdict and why, and the reach."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Input, Static

from st_tui.core import access
from st_tui.core.errors import Refusal
from st_tui.core.expiry import MINUTE, SECOND, remaining
from st_tui.core.model import AccessRequest, Endpoint, Environment, Permission, ServiceToken
from st_tui.core.plain_text import shown
from st_tui.core.wording import counted
from st_tui.tui.actions import Action, bindings
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.near_misses import near_misses
from st_tui.tui.widgets.pane_layout import AROUND, is_paired, is_short, verdict_height
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.reach_tree import FolderRow, ReachTree, folder_rows
from st_tui.tui.widgets.request_form import RequestForm
from st_tui.tui.widgets.request_time import RequestTime
from st_tui.tui.widgets.selector import Selector
from st_tui.tui.widgets.token_name import token_name
from st_tui.tui.widgets.verdict import verdict_lines

_COUNTED_AT_ONCE = 5_000
"""Folders judged within one key press; more are counted in a thread."""


class AccessPane(Vertical):
    """The pane that answers on every keystroke whether a token may do something, and why."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("leave_pane", "escape,f10", "list", "Go back to the list", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    AccessPane {
        width: 46;
        height: 1fr;
        padding: 0 1;
        border-left: vkey $border;
        #subject { height: 1; margin-bottom: 1; }
        #request { layout: grid; grid-size: 2; grid-columns: 12 1fr; grid-rows: 1; height: 6; }
        #verdict { margin-top: 1; }
        #reach { height: 1; margin-top: 1; }
        &.-short #subject { margin-bottom: 0; }
        &.-short #reach { margin-top: 0; }
        &.-paired #request { grid-size: 4; grid-columns: 12 21 9 1fr; height: 3; }
        &.-paired #request Label { width: 1fr; }
        &.-paired #ip { margin-right: 1; }
    }
    """

    class Left(Message):
        """The person goes back to where they came from."""

    def __init__(
        self,
        now: Callable[[], int],
        *,
        title: str = "Test access",
        folder_note: Callable[[str], str] = lambda path: "",
        start_at: tuple[str, str] | None = None,
    ) -> None:
        """`folder_note` is what the tree says beside a folder's path.

        `start_at` is the environment and path asked about first.
        """
        super().__init__()
        self._now = now
        self._title = title
        self._folder_note = folder_note
        self._start_at = start_at
        self._token: ServiceToken | None = None
        self._e2ee = True
        self._environments: Sequence[Environment] = ()
        self._paths: Mapping[str, Sequence[str]] = {}
        self._rows: dict[str, list[FolderRow]] = {}
        """The tree of each environment that was looked at."""
        self._tree_request: AccessRequest | None = None
        """What is asked of every folder of the tree; None while it cannot be asked."""
        self._denied: tuple[ServiceToken, AccessRequest] | None = None
        """The denial shown, while its near misses are still looked for."""
        self._searching = LatestWins(self, self._search_near_misses)
        self._counting = LatestWins(self, self._count_reached)
        self._verdict_columns = 0

    def compose(self) -> ComposeResult:
        yield Static(id="subject")
        yield RequestForm(self._now, self._start_at[1] if self._start_at else "/")
        yield Static(id="verdict")
        yield Static(id="reach")
        yield ReachTree(id="tree")

    def on_mount(self) -> None:
        self.reach.judge, self.reach.note = self._is_allowed, self._folder_note
        self._form.end_at(self._token)
        # As it will be laid out, or it is painted twice.
        width = self._columns + self.styles.gutter.width
        self._arrange_for(Size(width, self.app.size.height - AROUND))
        self._form.offer_environments(self._environments)
        if self._start_at:
            self._form.environment.choose(self._start_at[0])
        self._show_environment()
        self.set_interval(1, self._watch_the_end)

    def on_resize(self, event: events.Resize) -> None:
        self._arrange_for(event.size)
        if self._columns != self._verdict_columns:
            self._answer()  # other lines fit now

    def _arrange_for(self, size: Size) -> None:
        self.set_class(is_short(size), "-short")
        self.set_class(is_paired(size), "-paired")
        self._set_verdict_height()

    # --- what is asked ---------------------------------------------------------------------------

    def set_project(
        self,
        environments: Sequence[Environment],
        folders: Mapping[str, Sequence[str]],
        *,
        e2ee: bool,
    ) -> None:
        """Say where the token lives: the environments, each one's folders with the root first, and
        whether E2EE is on."""
        self._e2ee = e2ee
        self._environments = environments
        self._paths = folders
        self._rows = {}
        if self.is_mounted:
            self._form.offer_environments(environments)
            self._show_environment()

    def show(self, token: ServiceToken | None) -> None:
        """Ask about another token, or about the same one after a change."""
        is_other = (self._token.id if self._token else None) != (token.id if token else None)
        self._token = token
        if self.is_mounted:
            self._form.end_at(token, back_to_now=is_other)
            self._set_verdict_height()
            self._answer()
            self._show_reach()

    def preset(
        self, environment: str, path: str, operation: Permission, endpoint: Endpoint, ip: str
    ) -> None:
        """Ask a whole request, and show its folder in the tree."""
        self._form.fill(environment, path, operation, endpoint, ip)
        self._show_environment()
        self.reach.point_at(path)

    def ask(self, environment: str, path: str) -> None:
        """Ask about another folder."""
        self._form.go_to(environment, path)
        self._show_environment()

    def asked(self) -> tuple[ServiceToken, AccessRequest] | None:
        """Whose access is asked about, and which; None without a token. Raises Refusal."""
        if self._token is None:
            return None
        return self._token, self._form.request(e2ee=self._e2ee)

    @property
    def shows_ended_token(self) -> bool:
        """Whether the token shown has come to its end."""
        end = self._token.expires_at if self._token else None
        return end is not None and self._now() >= end

    def focus_path(self) -> None:
        """Put the cursor behind the path."""
        field = self._form.path
        field.focus()
        field.cursor_position = len(field.value)

    @property
    def reach(self) -> ReachTree:
        """The folders, each with whether the token reaches it."""
        return self.query_one(ReachTree)

    @property
    def _form(self) -> RequestForm:
        return self.query_one(RequestForm)

    # --- the verdict -----------------------------------------------------------------------------

    @property
    def _columns(self) -> int:
        """The columns there are for text, also while the pane is not laid out yet."""
        if self.size.width:
            return self.size.width
        width = self.styles.width
        cells = width.cells if width is not None else None
        return (self.app.size.width if cells is None else cells) - self.styles.gutter.width

    def _set_verdict_height(self) -> None:
        scopes = len(self._token.scopes) if self._token else 0
        self.query_one("#verdict").styles.height = verdict_height(self._columns, scopes)

    def _say_subject(self) -> None:
        """Say whose access this is and, in its last two minutes, count down."""
        token, now = self._token, self._now()
        name = Content.styled(token_name(token, now), "bold") if token else Content("")
        end = token.expires_at if token else None
        left = f"  {remaining(end, now)}" if end is not None and end - now <= 2 * MINUTE else ""
        self.query_one("#subject", Static).update(
            Content.assemble((f"{self._title}  ", "$text-muted"), name, (left, "$text-warning")),
            layout=False,
        )

    def _answer(self) -> None:
        token = self._token
        verdict = self.query_one("#verdict", Static)
        self._verdict_columns = self._columns
        self._say_subject()
        self._denied = None
        if token is None:
            verdict.update(Content.styled("No token chosen.", "$text-muted"), layout=False)
            return
        try:
            request = self._form.request(e2ee=self._e2ee)
        except Refusal as refusal:
            verdict.update(Content.styled(f"? {refusal}", "$text-warning"), layout=False)
            return
        misses = near_misses(token, request, self._paths, at_once=True)
        self._say_verdict(token, request, misses or ())
        if misses is None:
            self._denied = token, request
            self._searching.request()

    async def _search_near_misses(self) -> None:
        """Search in a thread for what a denial came near to, and say it if it is still shown."""
        denied = self._denied
        if denied is None:
            return
        misses = await asyncio.to_thread(near_misses, *denied, self._paths)
        if misses and self._denied is denied:
            self._say_verdict(*denied, misses)

    def _say_verdict(
        self, token: ServiceToken, request: AccessRequest, misses: Sequence[str]
    ) -> None:
        lines = verdict_lines(token, request, misses, self._form.path.value, self._columns)
        self.query_one("#verdict", Static).update(Content("\n").join(lines), layout=False)

    def _watch_the_end(self) -> None:
        """Turn the verdict at the very second that the token ends, while somebody looks."""
        end = self._token.expires_at if self._token else None
        if end is None:
            return
        left = end - self._now()
        if -2 * SECOND < left <= 0:
            self._answer()
            self._show_reach()
        elif 0 < left <= 2 * MINUTE:
            self._say_subject()

    # --- the reach -------------------------------------------------------------------------------

    def _is_allowed(self, path: str) -> bool:
        if self._token is None or self._tree_request is None:
            return False
        return access.decide(self._token, self._tree_request._replace(path=path)).allowed

    def _show_environment(self) -> None:
        """Offer the environment's folders for completion; answer for it, and show its tree."""
        paths = self._paths.get(self._form.slug, ())
        self._form.offer_folders(paths, [environment.slug for environment in self._environments])
        self._answer()
        self._show_reach()

    def _folders_here(self) -> list[FolderRow]:
        """The tree of the environment that is shown: the same list until the next project."""
        slug = self._form.slug
        if slug not in self._rows:
            self._rows[slug] = folder_rows(self._paths[slug][1:]) if slug in self._paths else []
        return self._rows[slug]

    def _show_reach(self) -> None:
        try:
            self._tree_request = self._form.request(e2ee=self._e2ee, path="/")
        except Refusal:
            self._tree_request = None
        folders = self._folders_here()
        self.reach.show(folders)
        if len(folders) > _COUNTED_AT_ONCE:
            self.query_one("#reach", Static).update("Reach: counting…")
            self._counting.request()
        else:
            self._say_reach(self._reached(folders))

    async def _count_reached(self) -> None:
        folders = self._folders_here()
        reached = await asyncio.to_thread(self._reached, folders)
        if folders is self._folders_here():  # another environment has said its own count
            self._say_reach(reached)

    def _reached(self, folders: Sequence[FolderRow]) -> int:
        return sum(self._is_allowed(folder.path) for folder in folders)

    def _say_reach(self, reached: int) -> None:
        selector = self._form.environment
        options = selector.options
        environment = shown(options[selector.index][0]) if options else "no environment"
        self.query_one("#reach", Static).update(
            Content.assemble(
                (f"Reach in {environment}", "bold"),
                (f"  {reached} of {counted(len(self._folders_here()), 'folder')}", "$text-muted"),
            ),
            layout=False,
        )

    # --- events ----------------------------------------------------------------------------------

    @on(Input.Changed, "#path")
    def _path_typed(self) -> None:
        self._answer()

    @on(Input.Changed, "#ip")
    @on(Selector.Changed, "#operation")
    @on(Selector.Changed, "#endpoint")
    @on(RequestTime.Changed)
    def _request_changed(self) -> None:
        self._answer()
        self._show_reach()

    @on(PathField.Elsewhere)
    def _environment_written(self, event: PathField.Elsewhere) -> None:
        event.stop()
        selector = self._form.environment
        selector.choose(event.environment)
        selector.post_message(Selector.Changed(selector))

    @on(Selector.Changed, "#environment")
    def _environment_changed(self) -> None:
        self._show_environment()

    @on(Listing.Chosen, "#tree")
    def _folder_chosen(self, event: Listing.Chosen) -> None:
        event.stop()
        folder = self.reach.current
        if folder is not None:
            self.ask(self._form.slug, folder.path)

    def action_leave_pane(self) -> None:
        self.post_message(self.Left())
