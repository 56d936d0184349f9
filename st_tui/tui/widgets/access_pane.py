"""Test access, live: a token (or a draft of one), a request, the verdict and why, and the reach."""

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
from st_tui.core.addresses import parse_address
from st_tui.core.drafts import request_path
from st_tui.core.errors import Refusal
from st_tui.core.expiry import MINUTE, SECOND, remaining
from st_tui.core.model import (
    AccessRequest,
    Endpoint,
    Environment,
    Permission,
    ServiceToken,
)
from st_tui.core.plain_text import shown
from st_tui.core.wording import counted
from st_tui.tui.actions import Action, bindings
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.widgets.field import Field, Label
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.near_misses import near_misses
from st_tui.tui.widgets.pane_layout import AROUND, is_paired, is_short, verdict_height
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.reach_tree import Folder, ReachTree, tree
from st_tui.tui.widgets.request_time import RequestTime
from st_tui.tui.widgets.selector import Selector
from st_tui.tui.widgets.token_name import token_name
from st_tui.tui.widgets.verdict import answer_lines

_COUNTED_AT_ONCE = 5_000
"""Folders judged within one key press; more are counted in a worker."""


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

    class Picked(Message):
        """A folder of the reach tree was chosen."""

        def __init__(self, environment: str, path: str) -> None:
            self.environment = environment
            self.path = path
            super().__init__()

    def __init__(
        self,
        now: Callable[[], int],
        *,
        title: str = "Test access",
        note: Callable[[str], str] = lambda path: "",
        about: tuple[str, str] | None = None,
    ) -> None:
        """`note` is what the tree says beside a folder; `about`, the place asked about first."""
        super().__init__()
        self._now = now
        self._title = title
        self._note = note
        self._about = about
        self._token: ServiceToken | None = None
        self._e2ee = True
        self._environments: Sequence[Environment] = ()
        self._folders: Mapping[str, list[Folder]] = {}
        self._paths: Mapping[str, Sequence[str]] = {}
        self._template: AccessRequest | None = None
        self._denied: tuple[ServiceToken, AccessRequest] | None = None
        self._searching = LatestWins(self, self._search)
        self._written_for = 0  # the columns of the verdict that is shown

    def compose(self) -> ComposeResult:
        yield Static(id="subject")
        with Vertical(id="request"):
            yield Label("Environment")
            yield Selector[str]([], id="environment")
            yield Label("Path")
            yield PathField(self._about[1] if self._about else "/", id="path")
            yield Label("Operation")
            yield Selector(
                [(permission.value, permission) for permission in Permission],
                all_shown=True,
                id="operation",
            )
            yield Label("Endpoint")
            yield Selector(
                [("E2EE", Endpoint.E2EE), ("raw", Endpoint.RAW)], all_shown=True, id="endpoint"
            )
            yield Label("From")
            yield Field(placeholder="any address", id="ip")
            yield Label("When")
            yield RequestTime(self._now, id="when")
        yield Static(id="verdict")
        yield Static(id="reach")
        yield ReachTree(id="tree")

    def on_mount(self) -> None:
        self.reach.judge, self.reach.note = self._judge, self._note
        self.query_one(RequestTime).end = self._token.expires_at if self._token else None
        # As it will be laid out, or it is painted twice.
        width = self._columns + self.styles.gutter.width
        self._arrange_for(Size(width, self.app.size.height - AROUND))
        self._environment.offer([(e.name, e.slug) for e in self._environments])
        if self._about:
            self._environment.choose(self._about[0])
        self._in_environment()
        self.set_interval(1, self._watch_the_end)

    def on_resize(self, event: events.Resize) -> None:
        self._arrange_for(event.size)
        if self._columns != self._written_for:
            self._answer()  # the lines that fit are others now

    def _arrange_for(self, size: Size) -> None:
        self.set_class(is_short(size), "-short")
        self.set_class(is_paired(size), "-paired")
        self._give_room()

    def place(
        self,
        environments: Sequence[Environment],
        paths: Mapping[str, Sequence[str]],
        *,
        e2ee: bool,
    ) -> None:
        """Say where the token lives: the project's environments, their folders, the root first, and
        its E2EE."""
        self._e2ee = e2ee
        self._environments = environments
        self._paths = paths
        self._folders = {environment: tree(its[1:]) for environment, its in paths.items()}
        if self.is_mounted:
            self._environment.offer([(e.name, e.slug) for e in environments])
            self._in_environment()

    def show(self, token: ServiceToken | None) -> None:
        """Ask about another token, or the same after a change."""
        another = (self._token.id if self._token else None) != (token.id if token else None)
        self._token = token
        if self.is_mounted:
            when = self.query_one(RequestTime)
            when.end = token.expires_at if token else None
            if another:
                with self.prevent(RequestTime.Changed):
                    when.chosen = None
            when.refresh()
            self._give_room()
            self._answer()
            self._show_reach()

    def _give_room(self) -> None:
        """Give the verdict its height."""
        scopes = len(self._token.scopes) if self._token else 0
        self.query_one("#verdict").styles.height = verdict_height(self._columns, scopes)

    @property
    def _columns(self) -> int:
        """The columns there are for text, also while the pane is not laid out yet."""
        if self.size.width:
            return self.size.width
        width = self.styles.width
        cells = width.cells if width is not None else None
        return (self.app.size.width if cells is None else cells) - self.styles.gutter.width

    def preset(
        self, environment: str, path: str, operation: Permission, endpoint: Endpoint, ip: str
    ) -> None:
        """Fill in a whole request, and show its folder in the tree."""
        self.query_one("#operation", Selector).choose(operation)
        self.query_one("#endpoint", Selector).choose(endpoint)
        with self.prevent(Input.Changed, RequestTime.Changed):
            self.query_one("#ip", Field).value = ip
            self.query_one(RequestTime).chosen = None
        self.ask(environment, path)
        self.reach.point_at(path)

    def ask(self, environment: str, path: str) -> None:
        """Ask about another place."""
        self._environment.choose(environment)
        with self.prevent(Input.Changed):
            self.query_one("#path", PathField).value = path
        self._in_environment()

    def asked(self) -> tuple[ServiceToken, AccessRequest] | None:
        """Whose access is asked about, and which; None without a token. Raises Refusal."""
        if self._token is None:
            return None
        return self._token, self._request(self.query_one("#path", PathField).value)

    @property
    def shows_ended_token(self) -> bool:
        """Whether the token shown has come to its end."""
        end = self._token.expires_at if self._token else None
        return end is not None and self._now() >= end

    def focus_path(self) -> None:
        """Put the cursor behind the path."""
        field = self.query_one("#path", PathField)
        field.focus()
        field.cursor_position = len(field.value)

    @property
    def reach(self) -> ReachTree:
        """The folders, each with whether the token reaches it."""
        return self.query_one(ReachTree)

    @property
    def _environment(self) -> Selector[str]:
        return self.query_one("#environment", Selector)

    def _request(self, path: str) -> AccessRequest:
        """The request in the form. Raises Refusal for what cannot be asked."""
        typed = self.query_one("#ip", Field).value.strip()
        return AccessRequest(
            environment=self._environment.value if self._environment.options else "",
            path=request_path(path).path,
            operation=self.query_one("#operation", Selector).value,
            now=self.query_one(RequestTime).time,
            endpoint=self.query_one("#endpoint", Selector).value,
            e2ee=self._e2ee,
            ip=parse_address(typed) if typed else None,
        )

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
        self._written_for = self._columns
        self._say_subject()
        self._denied = None
        if token is None:
            verdict.update(Content.styled("No token chosen.", "$text-muted"), layout=False)
            return
        try:
            request = self._request(self.query_one("#path", PathField).value)
        except Refusal as refusal:
            verdict.update(Content.styled(f"? {refusal}", "$text-warning"), layout=False)
            return
        misses = near_misses(token, request, self._paths, at_once=True)
        self._say_verdict(token, request, misses or ())
        if misses is None:
            self._denied = token, request
            self._searching.ask()

    async def _search(self) -> None:
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
        typed = self.query_one("#path", PathField).value
        lines = answer_lines(token, request, misses, typed, self._columns)
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

    def _judge(self, path: str) -> bool:
        if self._token is None or self._template is None:
            return False
        return access.decide(self._token, self._template._replace(path=path)).allowed

    def _in_environment(self) -> None:
        """Offer the environment's folders for completion; answer for it, and show its tree."""
        paths = [folder.path for folder in self._here()]
        known = [environment.slug for environment in self._environments]
        self.query_one("#path", PathField).offer(paths, known)
        self._answer()
        self._show_reach()

    def _here(self) -> list[Folder]:
        return self._folders.get(self._environment.value, []) if self._environment.options else []

    def _show_reach(self) -> None:
        try:
            self._template = self._request("/")
        except Refusal:
            self._template = None
        folders = self._here()
        self.reach.show(folders)
        if len(folders) > _COUNTED_AT_ONCE:
            self.query_one("#reach", Static).update("Reach: counting…")
            self.run_worker(
                lambda: self.app.call_from_thread(self._say_reach, self._reached(folders)),
                group="reach",
                exclusive=True,
                thread=True,
            )
        else:
            self._say_reach(self._reached(folders))

    def _reached(self, folders: Sequence[Folder]) -> int:
        return sum(self._judge(folder.path) for folder in folders)

    def _say_reach(self, reached: int) -> None:
        choice = self._environment
        place = shown(choice.options[choice.index][0]) if choice.options else "no environment"
        self.query_one("#reach", Static).update(
            Content.assemble(
                (f"Reach in {place}", "bold"),
                (f"  {reached} of {counted(len(self._here()), 'folder')}", "$text-muted"),
            ),
            layout=False,
        )

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
        self._environment.choose(event.environment)
        self._environment.post_message(Selector.Changed(self._environment))

    @on(Selector.Changed, "#environment")
    def _environment_changed(self) -> None:
        self._in_environment()

    @on(Listing.Chosen, "#tree")
    def _folder_chosen(self, event: Listing.Chosen) -> None:
        event.stop()
        folder = self.reach.current
        if folder is not None:
            self.ask(self._environment.value, folder.path)
            self.post_message(self.Picked(self._environment.value, folder.path))

    def action_leave_pane(self) -> None:
        self.post_message(self.Left())
