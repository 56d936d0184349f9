"""The first page: the service tokens, and beside them the test-access pane for the chosen one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import cycle, islice
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical

from st_tui.core.errors import Refusal
from st_tui.core.expiry import MINUTE
from st_tui.core.model import (
    Endpoint,
    Environment,
    Order,
    Permission,
    ServiceToken,
)
from st_tui.core.wording import counted
from st_tui.tui.actions import EVERYWHERE, TRY_IT, Action, bindings
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.screens.filtered_page import FilteredPage
from st_tui.tui.screens.known_project import KnownProject, read_known
from st_tui.tui.screens.marking import MARK_ACTIONS, Marking
from st_tui.tui.screens.project_overviews import OVERVIEW_ACTIONS, ProjectOverviews
from st_tui.tui.screens.token_actions import TOKEN_ACTIONS
from st_tui.tui.screens.touring import TOUR_ACTIONS, Touring
from st_tui.tui.screens.unfinished_form import OffersForm
from st_tui.tui.screens.viewing import VIEW_ACTIONS, Viewing
from st_tui.tui.screens.warning_count import CountsWarnings
from st_tui.tui.terminal.type_ahead import has_handled
from st_tui.tui.widgets.listing import Listing
from st_tui.tui.widgets.paged_listing import Look
from st_tui.tui.widgets.token_list import TokenList, Tokens
from st_tui.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from st_tui.tui.widgets.access_pane import AccessPane
    from st_tui.tui.widgets.selector import Selector

_LONGEST_WAIT = 1.0
"""Seconds to wait for keys to reach their field, which may be gone meanwhile."""
_SORTS = ((Order.CREATED, "newest first"), (Order.NAME, "by name"), (Order.EXPIRES, "by expiry"))


class TokensPage(
    CountsWarnings, Viewing, Marking, OffersForm, ProjectOverviews, Touring, FilteredPage
):
    """Find, make and inspect service tokens."""

    NAME = "tokens"
    filter_container = "#left"
    pane_room = "#test"
    filter_hint = "filter by name, environment or path"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("create", "n", "new", "Make a new service token", "service-token create", hint=True),
        Action("open", "enter", "open", "Show all about this token", "service-token show ID",
               hint=True, at="TokenList"),
        Action("test", "t", "test", "Test what this token may do", "check --token-id ID",
               hint=True),
        Action("filter", "slash", "filter", "Filter by name, environment or path", hint=True),
        Action("matrix", "m", "matrix", "Show what each token may do in each folder",
               "scope matrix --env SLUG"),
        *TOKEN_ACTIONS,
        TRY_IT._replace(label="try it", hint=True),
        *OVERVIEW_ACTIONS,
        Action("copy_check", "Y", "copy the check",
               "Copy the command that asks the same as the test", "check --token-id ID"),
        *MARK_ACTIONS,
        *VIEW_ACTIONS,
        Action("sort", "s", "sort", "Sort by age, name or expiry"),
        *TOUR_ACTIONS,
        *EVERYWHERE,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        action for action in ACTIONS if action.name != "open"
    )
    # The test has its room from the first frame on, before its pane is there.
    DEFAULT_CSS = """
    TokensPage {
        #columns { layout: horizontal; height: 1fr; }
        #test { width: 44; height: 1fr; }
        &.-wider #test { width: 56; }
        &.-widest #test { width: 76; }
        &.-narrow {
            #columns { layout: vertical; }
            #left { height: 1fr; }
            #test { width: 1fr; height: 9; }
        }
        &.-narrow.-short #test { height: 7; }
        Toast { width: auto; max-width: 100%; margin-top: 0; padding: 0 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._sort = Order.CREATED
        self._reading = LatestWins(self, self._read_list)
        self._known: KnownProject | None = None
        """What was read of the project last."""
        self._is_old = False
        """Whether that, too, is to be read again, and not the list alone."""
        self._to_top = False
        self._to_choose: ServiceToken | None = None
        """Where the list's cursor goes with the next read: to the top, or to a token."""

    def body(self) -> ComposeResult:
        with Container(id="columns"):
            with Vertical(id="left"):
                yield TokenList(lambda: self.host.clock(), id="tokens")
            yield Container(id="test")

    def on_mount(self) -> None:
        self._sort = Order(self.host.settings.sort)
        self._list.focus()
        self._list.marked = self.marked
        self._list.empty = "Opening…"
        self.set_interval(30, self._list.refresh)
        self.set_interval(1, self._count_down)

    def _count_down(self) -> None:
        """Draw the list again while the chosen token's end is shown in seconds."""
        token = self._list.current
        end = token.expires_at if token is not None else None
        if end is not None and end - self.host.clock() <= 2 * MINUTE:
            self._list.refresh()

    def new_pane(self) -> AccessPane:
        from st_tui.tui.widgets.access_pane import AccessPane

        environment = self.host.settings.environment
        pane = AccessPane(self.host.clock, start_at=(environment, "/") if environment else None)
        self._set_project(pane)
        pane.show(self._list.current)
        self._list.judge = pane.allows
        return pane

    @property
    def _list(self) -> TokenList:
        return self.query_one(TokenList)

    @property
    def token_list(self) -> TokenList:
        return self._list

    def show(self) -> None:
        self._is_old = True
        self._reading.request()

    def apply_filter(self) -> None:
        self._to_top = True
        self._reading.request()

    def choose(self, token: ServiceToken) -> None:
        """Put the cursor on a token, if the list has it; a filter that hides it is closed."""
        self.show_all_unless_in_view(token)
        self._to_choose, self._to_top = token, False
        self._reading.request()

    async def _read_list(self) -> None:
        """Read and show the list, and if that is old, what else is known of the project."""
        project, tokens = self.host.project, self.tokens_listed()
        if project is None or tokens is None:
            self._show_no_project()
            return
        chosen = self._to_choose
        look = self._list.first_look(
            tokens,
            top=self._to_top,
            at=lambda vault: tokens.position(vault, chosen) if chosen else None,
        )
        before = None if self._is_old else self._known
        gone = self.gone(project)
        self._to_top, self._to_choose, self._is_old = False, None, False
        with suppress(Refusal):  # the app says what is wrong with the vault
            known, looked, unmarked = await self.host.read(
                lambda vault: (before or read_known(vault, project), look(vault), gone(vault))
            )
            if self.host.project is not None and self.host.project.id == project.id:
                self.marked.difference_update(unmarked)
                self._show_known(known)
                if chosen is not None and looked.cursor is None and self.filter_text:
                    await self.close_filter()
                    self.choose(chosen)
                else:
                    self._show_list(known, looked)

    def tokens_listed(self) -> Tokens | None:
        project = self.host.project
        if project is None:
            return None
        order, backwards = self.view_order or (self._sort, False)
        limits = self.view.limits(self.host.clock())
        return Tokens(project, self.filter_text, order, backwards, limits)

    def _show_no_project(self) -> None:
        self._known = None
        self.marked.clear()
        self._list.empty = "There is no project: press p to make one."
        self._list.show_items(0, 0)
        self.query_one(TopBar).show(None, "")
        self.call_after_refresh(self.end_tour_elsewhere)

    def _show_known(self, known: KnownProject) -> None:
        before, self._known = self._known, known
        if before is known:
            return
        if before is None or before.places != known.places:
            for pane in self.panes():
                self._set_project(pane)
        self.call_after_refresh(self.end_tour_elsewhere)
        # After the frame that shows the list.
        self.call_after_refresh(self.offer_tour)
        self.call_after_refresh(self.offer_form)
        self.call_after_refresh(self.open_pane)
        self.call_after_refresh(self.say_notice)
        self.call_after_refresh(self.count_warnings)

    def _set_project(self, pane: AccessPane) -> None:
        known = self._known
        if known is not None:
            pane.set_project(known.environments, known.folders, e2ee=known.project.e2ee)

    def _show_list(self, known: KnownProject, look: Look[ServiceToken]) -> None:
        listing = self._list
        listing.environments = [environment.slug for environment in known.environments]
        listing.sorted_by = self.view_order[0] if self.view_order else self._sort
        listing.empty = "Nothing matches the filter." if self.filter_text else self.view.empty
        listing.show_look(look)
        self.say_counts()

    def say_counts(self) -> None:
        if self._known is None:
            return
        count, shown = counted(self._known.tokens, "token"), self._list.count
        if self.filter_text:
            count = f"{shown} of {count}"
        told = [f"{len(self.marked)} marked"] if self.marked else []
        if self.view.title:
            told.append(f"{self.view.title} {shown} of {self._known.tokens}")
            count = ""
        self.query_one(TopBar).show(self._known.project, count, told)

    def tokens_known(self) -> int:
        return self._known.tokens if self._known is not None else 0

    @property
    def is_demo(self) -> bool:
        return self._known is not None and self._known.is_demo

    def chosen_token(self) -> ServiceToken | None:
        return self._list.current

    @on(Listing.Moved, "#tokens")
    def _token_chosen(self) -> None:
        for pane in self.panes():
            # At the tour's last step the token that ended stays in the pane.
            if not (self.query("Tour") and pane.shows_ended_token):
                pane.show(self._list.current)

    def on_selector_changed(self, event: Selector.Changed) -> None:
        if event.selector.id == "environment":
            self.host.remember(environment=str(event.selector.value))

    @on(Listing.Chosen, "#tokens")
    def _token_opened(self) -> None:
        from st_tui.tui.screens.token import open_token

        open_token(self, self._list.current)

    async def action_go_back(self) -> None:
        """Unmark all, once the filter is closed; without marks, go back."""
        if self.marked and not self.query("#filter"):
            self.unmark(set(self.marked))
        else:
            await super().action_go_back()

    def action_open(self) -> None:
        self._list.action_choose()

    @work
    async def action_create(self) -> None:
        from st_tui.tui.screens.create import Create

        if await self.project_first() is None:
            return
        new = await self.host.ask(Create(kept=await self.take_form()))
        if new is not None:
            self.choose(new.token)
            await self.reveal(new)

    async def known_environments(self) -> Sequence[Environment] | None:
        await self._reading.settled()
        return self._known.environments if self._known is not None else None

    @on(TokenList.Seen)
    @on(Listing.Moved, "#tokens")
    def _say_below(self) -> None:
        """Say above the test how many tokens are below the last one shown."""
        below = self._list.below
        for pane in self.panes():
            pane.say_aside(f"↓ {below} more" if below else "")

    def on_access_pane_asked(self) -> None:
        self._list.refresh()  # whether each token is allowed it
        self._say_below()

    async def action_test(self) -> None:
        (await self.open_pane()).focus_path()

    def action_copy_check(self) -> None:
        from st_tui.tui.command_line import pasted

        for pane in self.panes():
            arguments = pane.check()
            if arguments is not None:
                command = pasted(arguments, self.host.directory)
                self.copy_and_say(command, "The check", "the command")

    async def action_try_it(self) -> None:
        from st_tui.tui.screens.try_it import TryIt

        pane = await self.open_pane()
        await self._typed_keys_arrive()
        try:
            asked = pane.asked()
        except Refusal as refusal:
            self.host.notify(str(refusal), severity="warning")
            return
        if asked is None:
            self.host.notify("Choose a token first.", severity="warning")
            return
        self.app.clear_notifications()
        await self.app.push_screen(TryIt(*asked))

    async def _typed_keys_arrive(self) -> None:
        """Wait until the keys before this one, which has priority, reached their field."""
        if self.focused is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LONGEST_WAIT):
                    await has_handled(self.focused)

    def leave_test(self) -> None:
        """Go from the pane back to the list."""
        self._list.focus()

    async def action_tour(self, amount: int, at: int | None = None) -> None:
        self.end_notice()
        await super().action_tour(amount, at)

    def action_sort(self) -> None:
        orders = [order for order, _ in _SORTS]
        self._sort_by(next(islice(cycle(orders), orders.index(self._sort) + 1, None)))

    def on_token_list_sort_asked(self, event: TokenList.SortAsked) -> None:
        """Sort by the column that was clicked; a second click brings the newest first again."""
        self._sort_by(event.order if event.order is not self._sort else Order.CREATED)

    def _sort_by(self, order: Order) -> None:
        self._sort, self.view_order = order, None
        self.host.notify(f"Sorted {dict(_SORTS)[order]}.", timeout=2)
        self.host.remember(sort=order.value)
        self.apply_filter()

    def action_matrix(self) -> None:
        from st_tui.tui.screens.matrix import MatrixScreen

        environment, path = self.tested_place()
        self.open_overview(
            lambda: MatrixScreen(
                text=self.filter_text,
                order=self._sort,
                token=self._list.current,
                environment=environment,
                path=path,
            )
        )

    def tested_place(self) -> tuple[str, str]:
        for pane in self.panes():
            with suppress(Refusal):
                asked = pane.asked()
                if asked is not None:
                    return asked[1].environment, asked[1].path
        return "", "/"

    async def test_in(self, token: ServiceToken, environment: str, path: str) -> None:
        """Test a token in a folder: the pane asks about it, and has the keys."""
        self.choose(token)
        await self._reading.settled()  # a page that was just made knows no environment before
        pane = await self.open_pane()
        pane.preset(environment, path, Permission.READ, Endpoint.E2EE, "")
        pane.show(token)
        await self.action_test()
