"""Try it for real: send a request to a running server, and see whether it agrees with st-tui."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from st_tui.core import access, token_text
from st_tui.core.errors import Refusal
from st_tui.core.model import (
    AccessRequest,
    Endpoint,
    Permission,
    Reason,
    ServiceToken,
    TokenText,
    in_order,
)
from st_tui.core.patterns import literal_folder, pattern_or_none
from st_tui.core.plain_text import shown
from st_tui.core.token_text import TokenTextError
from st_tui.core.wording import counted
from st_tui.tui.actions import LEAVING, Action, bindings
from st_tui.tui.command_line import curl
from st_tui.tui.screens.dialog import Confirm, Dialog
from st_tui.tui.try_it.agreement import possible_reasons, why_it_differs
from st_tui.tui.try_it.real_call import WHAT_HAPPENS, Reply, call_for, parse_server, send_in_thread
from st_tui.tui.widgets.field import Field, Label
from st_tui.tui.widgets.masked_field import MaskedField

_LONGEST_MESSAGE = 150


class TryIt(Dialog[None]):
    """Sends a request with a token's text, which it asks for unless `text` is given."""

    ACTIONS = (
        Action("send", "f2,enter", "send", "Send the request", hint=True, shown_key="Enter"),
        *LEAVING,
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    TryIt > .dialog { width: 84; max-width: 100%; padding: 1 1 0 1; }
    TryIt #call { max-height: 4; color: $text-primary; }
    TryIt #about { margin-bottom: 1; color: $text-muted; }
    TryIt #answer { margin-top: 1; }
    TryIt #fault { margin-top: 0; }
    """

    def __init__(
        self, token: ServiceToken, request: AccessRequest, *, text: TokenText | None = None
    ) -> None:
        super().__init__(f"Try “{token.name}” for real")
        self._token = token
        self._request = request
        self._text = text
        self._expected_by = "the pane" if text is None else "its scopes"
        self._call = call_for(request)
        self._is_asking = False

    def body(self) -> ComposeResult:
        method, target, body = self._call
        yield Static(f"{method} {shown(target)}\n{shown(body)}".strip(), id="call", markup=False)
        yield Static(
            f"{WHAT_HAPPENS[self._request.operation]}\n"
            "A request like any other: it is logged, and counts as a use.",
            id="about",
            markup=False,
        )
        with Horizontal(classes="row"):
            yield Label("Server")
            yield Field(self.host.server_url, id="server")
        if self._text is None:
            with Horizontal(classes="row"):
                yield Label("Token")
                yield MaskedField(placeholder="paste its text; it is not kept", id="token")
        yield Static(id="answer")

    def on_mount(self) -> None:
        # At once: what is pasted right after the key must come here, and go nowhere else.
        self.set_focus(self.query_one("#token" if self._text is None else "#server", Field))

    @on(Input.Submitted)
    @work
    async def action_send(self) -> None:
        if self._is_asking:
            return
        self._is_asking = True
        self.complain("")
        try:
            await self._try()
        except Refusal as refusal:
            self._say(Content(""))
            self.complain(str(refusal))
        finally:
            self._is_asking = False

    async def _try(self) -> None:
        """Send the request and show the reply. Raises Refusal."""
        server = parse_server(self.query_one("#server", Field).value)
        access_token = self._access_token()
        question = Confirm(
            "Send the token in clear text?",
            f"Whoever is on the way to {server.url} can read it. https:// hides it.",
            verb="send",
        )
        if server.in_clear and not await self.host.ask(question):
            return
        self.host.server_url = server.url
        self._say(Content.styled(f"Asking {shown(server.url)}…", "$text-muted"))
        reply = await send_in_thread(server, self._call, access_token)
        self.host.did_call(curl(server.url, self._call))
        self._say(self._about(reply))

    def _access_token(self) -> str:
        """The access token, which is all that is sent. Raises Refusal."""
        if self._text is not None:
            return self._text.access_token
        pasted = self.query_one(MaskedField).value
        if not pasted.strip():
            raise TokenTextError("Paste the token's text: it was shown when the token was made.")
        text = token_text.parse(pasted)
        if text.id != self._token.id:
            raise TokenTextError(f"That is another token's text, not that of “{self._token.name}”.")
        return text.access_token

    def _say(self, what: Content) -> None:
        self.query_one("#answer", Static).update(what)

    def _about(self, reply: Reply) -> Content:
        """The reply, and whether it agrees with what st-tui decides."""
        told = possible_reasons(reply)
        if not told:
            mark, style = "? NOT DECIDED", "$text-warning"
        elif Reason.ALLOWED in told:
            mark, style = "✔ ALLOWED", "$text-success"
        else:
            mark, style = "✖ DENIED", "$text-error"
        facts = [f"{reply.status} {_phrase(reply.status)}".strip()]
        if reply.secrets is not None:
            facts.append(counted(reply.secrets, "secret"))
        facts.append(f"{reply.milliseconds} ms")
        lines = [
            Content.assemble((mark, f"bold {style}"), f"  {'   '.join(facts)}"),
            Content(shown(reply.message[:_LONGEST_MESSAGE])),
        ]
        if told:
            lines.append(self._agreement(reply))
        return Content("\n").join(line for line in lines if line.plain)

    def _agreement(self, reply: Reply) -> Content:
        reason = access.decide(self._token, self._request).reason
        why_not = why_it_differs(self._token, self._request, reply, self.host.clock())
        if why_not:
            expected = "allowed" if reason is Reason.ALLOWED else f"denied, {reason}"
            text = f"✖ differs from {self._expected_by} ({expected}): {shown(why_not)}"
            return Content.styled(text, "$text-warning")
        return Content.styled(f"✔ agrees with {self._expected_by}: {reason}", "$text-success")

    def forget(self) -> None:
        for field in self.query(MaskedField):
            field.forget()
        self._text = None


def first_request(
    token: ServiceToken, folders: Sequence[str], *, e2ee: bool, now: int
) -> AccessRequest:
    """The request to try a new token with: in the first folder that its first scope opens."""
    scope = token.scopes[0]
    path = literal_folder(scope.secret_path)
    pattern = pattern_or_none(scope.secret_path)
    if pattern is not None:
        path = next((folder for folder in ("/", *folders) if pattern.matches(folder)), path)
    return AccessRequest(
        environment=scope.environment,
        path=path,
        operation=next(iter(in_order(token.permissions)), Permission.WRITE),
        now=now,
        endpoint=Endpoint.E2EE if e2ee else Endpoint.RAW,
        e2ee=e2ee,
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
