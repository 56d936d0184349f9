"""The request that the test-access pane asks about: where, what, how, from where and when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from st_tui.core.addresses import parse_address
from st_tui.core.drafts import request_path
from st_tui.core.model import AccessRequest, Endpoint, Environment, Permission, ServiceToken
from st_tui.tui.widgets.field import Field, Label
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.request_time import RequestTime
from st_tui.tui.widgets.selector import Selector

_LONGEST_SLUG = 12
"""Cells that a slug gets at most: the path is more."""


class RequestForm(Horizontal):
    """Six fields. Each tells of a change by its own message, which bubbles up to the pane.

    They stand in one line, `‹ dev ›  ‹ read ›  PATH  from any  now  E2EE`. With the class
    `-folded` there are two, what is asked and how; with `-tall` the path has one of its own too.
    """

    DEFAULT_CSS = """
    RequestForm {
        height: 1;
        #environment, #operation { width: 9; padding: 0; margin-right: 2; }
        #path { width: 1fr; }
        Label { width: 5; }
        #what { width: 1fr; height: 1; }
        #how { width: auto; height: 1; padding-left: 2; }
        #ip { width: 5; background: $background; margin-right: 1; }
        #ip:focus, #ip.-stated { width: 16; }
        #ip:focus { background: $block-cursor-blurred-background; }
        #when { width: 5; margin-right: 1; }
        #when.-ahead { width: 9; }
        #endpoint { width: 6; padding: 0; }
        &.-folded, &.-tall {
            layout: vertical; height: 2;
            #how { width: 1fr; padding: 0; }
            #ip, #ip:focus, #ip.-stated { width: 17; }
            #when, #when.-ahead { width: 10; }
        }
        &.-tall {
            height: 3;
            #what { layout: grid; grid-size: 2; grid-columns: 18 1fr; grid-rows: 1; height: 2; }
            #path { column-span: 2; }
        }
    }
    """

    def __init__(self, now: Callable[[], int], path: str) -> None:
        super().__init__(id="request")
        self._now = now
        self._start = path

    def compose(self) -> ComposeResult:
        with Horizontal(id="what"):
            yield Selector[str]([], id="environment")
            yield Selector(
                [(permission.value, permission) for permission in Permission], id="operation"
            )
            yield PathField(self._start, id="path")
        with Horizontal(id="how"):
            yield Label("from")
            yield Field(placeholder="any", id="ip")
            yield RequestTime(self._now, id="when")
            yield Selector(
                [("E2EE", Endpoint.E2EE), ("raw", Endpoint.RAW)], bare=True, id="endpoint"
            )

    @on(Input.Changed, "#ip")
    def _address_typed(self, event: Input.Changed) -> None:
        event.input.set_class(bool(event.value), "-stated")

    @property
    def environment(self) -> Selector[str]:
        """The selector of the environment, whose values are slugs."""
        return self.query_one("#environment", Selector)

    @property
    def path(self) -> PathField:
        """The field of the path."""
        return self.query_one("#path", PathField)

    @property
    def slug(self) -> str:
        """The slug of the chosen environment; empty where there is none to choose."""
        return self.environment.value if self.environment.options else ""

    def offer_environments(self, environments: Sequence[Environment]) -> None:
        """Let one of these be chosen."""
        self.environment.offer([(each.slug, each.slug) for each in environments])
        longest = max((len(each.slug) for each in environments), default=0)
        self.environment.styles.width = min(max(longest, 3), _LONGEST_SLUG) + 4

    def offer_folders(self, paths: Sequence[str], environments: Collection[str]) -> None:
        """Complete the path from these folders; these slugs may be typed before it."""
        self.path.offer(paths, environments)

    def go_to(self, environment: str, path: str) -> None:
        """Put in another folder, without telling anybody."""
        self.environment.choose(environment)
        with self.prevent(Input.Changed):
            self.path.value = path

    def fill(
        self, environment: str, path: str, operation: Permission, endpoint: Endpoint, ip: str
    ) -> None:
        """Put in a whole request, made now, without telling anybody."""
        self.query_one("#operation", Selector).choose(operation)
        self.query_one("#endpoint", Selector).choose(endpoint)
        with self.prevent(Input.Changed, RequestTime.Changed):
            self.query_one("#ip", Field).value = ip
            self.query_one("#ip", Field).set_class(bool(ip), "-stated")
            self.query_one(RequestTime).chosen = None
        self.go_to(environment, path)

    def end_at(self, token: ServiceToken | None) -> None:
        """Let the time go on to this token's end."""
        when = self.query_one(RequestTime)
        when.end = token.expires_at if token else None
        when.refresh()

    @property
    def moment(self) -> int | None:
        """The time ahead that is chosen; None is now, as time goes on."""
        return self.query_one(RequestTime).chosen

    def request(self, *, e2ee: bool, path: str | None = None) -> AccessRequest:
        """The request as it is filled in, or for another path. Raises Refusal."""
        typed = self.query_one("#ip", Field).value.strip()
        return AccessRequest(
            environment=self.slug,
            path=request_path(self.path.value if path is None else path).path,
            operation=self.query_one("#operation", Selector).value,
            now=self.query_one(RequestTime).time,
            endpoint=self.query_one("#endpoint", Selector).value,
            e2ee=e2ee,
            ip=parse_address(typed) if typed else None,
        )
