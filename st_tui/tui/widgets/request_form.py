"""The request that the test-access pane asks about: where, what, how, from where and when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from st_tui.core.addresses import parse_address
from st_tui.core.drafts import request_path
from st_tui.core.model import AccessRequest, Endpoint, Environment, Permission, ServiceToken
from st_tui.tui.widgets.field import Field, Label
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.request_time import RequestTime
from st_tui.tui.widgets.selector import Selector


class RequestForm(Vertical):
    """Six fields. Each tells of a change by its own message, which bubbles up to the pane."""

    def __init__(self, now: Callable[[], int], path: str) -> None:
        super().__init__(id="request")
        self._now = now
        self._start = path

    def compose(self) -> ComposeResult:
        yield Label("Environment")
        yield Selector[str]([], id="environment")
        yield Label("Path")
        yield PathField(self._start, id="path")
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
        self.environment.offer([(each.name, each.slug) for each in environments])

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
            self.query_one(RequestTime).chosen = None
        self.go_to(environment, path)

    def end_at(self, token: ServiceToken | None, *, back_to_now: bool = False) -> None:
        """Let the time go on to this token's end."""
        when = self.query_one(RequestTime)
        when.end = token.expires_at if token else None
        if back_to_now:
            with self.prevent(RequestTime.Changed):
                when.chosen = None
        when.refresh()

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
