"""A new token's text, shown once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from st_tui.core.errors import Refusal
from st_tui.core.expiry import in_both_times
from st_tui.core.model import NewToken
from st_tui.core.wording import access_letters, old_token_works
from st_tui.tui.actions import TRY_IT, Action, bindings
from st_tui.tui.screens.dialog import Confirm, Dialog
from st_tui.tui.screens.text_alone import TextAlone
from st_tui.tui.terminal import clipboard
from st_tui.tui.widgets.token_name import some_scopes


class Created(Dialog[None]):
    """Shows a new token for the only time. Leaving asks first, unless it was copied."""

    ACTIONS = (
        Action("copy", "y", "copy", "Copy the whole token", hint=True),
        Action("copy_access", "a", "copy access token", "Copy the access token alone", hint=True),
        Action("alone", "v", "show alone", "Show the token alone, to be selected", hint=True),
        TRY_IT._replace(label="try it", hint=True),
        Action("leave", "escape,q,f10", "close", "Close for good", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    Created > .dialog { width: 80; max-width: 100%; padding: 1 1 0 1; }
    Created .token { margin-bottom: 1; }
    Created.short .token { margin-bottom: 0; }
    """

    def __init__(self, new: NewToken) -> None:
        super().__init__(f"“{new.token.name}” is made. Copy it now: it is not shown again.")
        self._new = new
        self._copied = _Copied()
        self._copying = asyncio.Lock()

    def body(self) -> ComposeResult:
        token, text = self._new.token, self._new.text
        yield Static(
            Content.assemble("Access token", ("   all that a server needs to see", "$text-muted"))
        )
        yield Static(Content.styled(text.access_token, "bold $text-primary"), classes="token")
        opens = "   opens the secrets; a client appends it after a dot"
        yield Static(Content.assemble("Symmetric key", (opens, "$text-muted")))
        yield Static(Content.styled(f".{text.key}", "bold $text-warning"), classes="token")
        end = token.expires_at
        until = "never expires" if end is None else f"until {in_both_times(end)}"
        state = "" if token.is_active else "   inactive until activated"
        yield Static(
            Content.assemble(
                (f"{access_letters(token.permissions)}  {some_scopes(token)}\n", ""),
                (f"{until}{state}", "$text-muted"),
            )
        )
        if old := self._new.replaced:
            said = old_token_works(old, in_both_times)
            yield Static(Content.styled(said, "$text-warning" if old.is_cut else "$text-muted"))

    @work
    async def action_copy(self) -> None:
        await self._copy_all()

    @work
    async def action_copy_access(self) -> None:
        text = self._new.text.access_token
        if await self._copy(text, "The access token", self._show_access_token):
            self._copied = self._copied._replace(access_token=True)

    async def _copy_all(self) -> bool:
        """Copy the whole token; whether it was sent."""
        if await self._copy(self._new.text.full, "The token", self.action_alone):
            self._copied = self._copied._replace(token=True)
            return True
        return False

    async def _copy(self, text: str, what: str, show: Callable[[], None]) -> bool:
        async with self._copying:
            outcome = await clipboard.copy(self.app, text)
        self.host.notify(f"{what}: {outcome.message}")
        if not outcome.sent:
            show()
        return outcome.sent

    def action_alone(self) -> None:
        text = self._new.text
        self.app.push_screen(TextAlone(f"{text.access_token}\n.{text.key}", "the token"))

    def _show_access_token(self) -> None:
        self.app.push_screen(TextAlone(self._new.text.access_token, "the access token"))

    @work
    async def action_try_it(self) -> None:
        from st_tui.tui.screens.try_it import TryIt, first_request

        project, token = self.host.project, self._new.token
        if project is None:
            return
        environment = token.scopes[0].environment
        try:
            folders = await self.host.read(lambda v: v.folders.every(project, environment))
        except Refusal as refusal:
            self.host.notify(str(refusal), severity="error")
            return
        request = first_request(token, folders, e2ee=project.e2ee, now=self.host.clock())
        await self.app.push_screen(TryIt(token, request, text=self._new.text))

    @property
    def unsaved(self) -> str:
        return "" if self._copied.token else "A new token is still shown"

    def action_leave(self) -> None:
        self._leave_once_copied()

    @work
    async def _leave_once_copied(self) -> None:
        async with self._copying:
            pass  # a copy that is under way makes the question needless
        if self.is_current:  # not asked for twice
            super().action_leave()

    def leaving_question(self) -> Confirm:
        return CloseUncopied(self._copy_all, has_access_token=self._copied.access_token)

    def forget(self) -> None:
        for part in self.query(".token").results(Static):
            part.update("")
        del self._new
        clipboard.forget(self.app)


class _Copied(NamedTuple):
    """Which parts of a new token were copied."""

    token: bool = False
    access_token: bool = False


class CloseUncopied(Confirm, inherit_bindings=False):
    """Asks before a token is lost that was not copied.

    The keys that copy on the screen below do nothing here: no key may save it there and lose it
    here.
    """

    ACTIONS = (
        Action("copy", "c", "copy and close", "Copy the whole token, then close", hint=True),
        Action("yes", "x", "close without copying", "Close: nothing can show it again", hint=True),
        Action("leave", "escape,n,q,f10,enter", "go back", "Go back to the token", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, copy: Callable[[], Awaitable[bool]], *, has_access_token: bool) -> None:
        if has_access_token:
            effect = "Only its access token was copied. The symmetric key cannot be shown again."
        else:
            effect = "The token cannot be shown again."
        super().__init__("Close without copying?", effect, verb="")
        self._copy = copy

    def hints(self) -> list[Action]:
        return list(self.ACTIONS)

    @work
    async def action_copy(self) -> None:
        # Without a way to the clipboard the token stays on the screen, to be copied by hand.
        self.dismiss(True if await self._copy() else None)
