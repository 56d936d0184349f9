"""Test access, live: a token or a draft of one, a request, the verdict and why, and the reach."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from st_tui.core import access
from st_tui.core.drafts import request_path
from st_tui.core.errors import Refusal
from st_tui.core.expiry import MINUTE, SECOND, in_utc, remaining
from st_tui.core.model import AccessRequest, Endpoint, Environment, Permission, ServiceToken
from st_tui.tui import command_line
from st_tui.tui.actions import Action, bindings
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.widgets import pane_lines
from st_tui.tui.widgets.fitted import Fitted
from st_tui.tui.widgets.near_misses import near_misses
from st_tui.tui.widgets.pane_layout import has_context, is_low, is_on_one_line, verdict_height
from st_tui.tui.widgets.path_field import PathField
from st_tui.tui.widgets.reach_tree import ReachTree
from st_tui.tui.widgets.request_form import RequestForm
from st_tui.tui.widgets.request_time import RequestTime
from st_tui.tui.widgets.selector import Selector
from st_tui.tui.widgets.surroundings import Surroundings
from st_tui.tui.widgets.token_name import token_name
from st_tui.tui.widgets.verdict import Question, Verdict

_COPIES = "Y"
"""The key that copies the command. The screen around the pane has it."""


class AccessPane(Vertical):
    """The pane that answers on every keystroke whether a token may do something, and why.

    Where it is low, below a list, it has no tree. Beside a list it has all.
    """

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("leave_pane", "escape,f10", "list", "Go back to the list", hint=True),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    DEFAULT_CSS = """
    AccessPane {
        width: 1fr;
        height: 1fr;
        padding: 0 1;
        border-left: vkey $border;
        RequestForm { margin: 1 0; }
        &.-low { border-left: none; RequestForm { margin: 0; } }
        &.-concealed Surroundings { visibility: hidden; }
        &.-bare Surroundings { display: none; }
    }
    """

    class Left(Message):
        """The person goes back to where they came from."""

    class Asked(Message):
        """Another request is asked about."""

    class Answered(Message):
        """Something else is answered, or the same anew."""

    def __init__(
        self,
        now: Callable[[], int],
        *,
        title: str = "Test",
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
        self._request: AccessRequest | None = None
        """What is asked; None while it cannot be asked."""
        self._aside = ""
        self._denied: Question | None = None
        """The denial shown, while its near misses are still looked for."""
        self._searching = LatestWins(self, self._search_near_misses)

    def compose(self) -> ComposeResult:
        yield Fitted(id="subject")
        yield RequestForm(self._now, self._start_at[1] if self._start_at else "/")
        yield Verdict()
        yield Surroundings(self._folder_note)

    def on_mount(self) -> None:
        self._around.set_folders(self._paths)
        self._form.end_at(self._token)
        # As it will be laid out, or it is painted twice.
        self._arrange_for(self.size or cast("Widget", self.parent).size or self.app.size)
        self._form.offer_environments(self._environments)
        if self._start_at:
            self._form.go_to(*self._start_at)
        self._show_environment()
        self.set_interval(1, self._watch_the_end)

    def on_resize(self, event: events.Resize) -> None:
        self._arrange_for(event.size)

    def _arrange_for(self, size: Size) -> None:
        low, parts = is_low(size), (self, self._around, self._form)
        before = [part.classes for part in parts]
        self.set_class(low, "-low", update=False)
        self._around.set_class(low, "-low", update=False)
        self.set_class(not has_context(size), "-bare", update=False)
        self._form.set_class(not low, "-tall", update=False)
        self._form.set_class(low and not is_on_one_line(size), "-folded", update=False)
        if [part.classes for part in parts] != before:
            self.update_node_styles()  # once, for each pass takes as long as all the rest
        self.query_one(Verdict).styles.height = verdict_height(size)

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
        if self.is_mounted:
            self._around.set_folders(folders)
            self._form.offer_environments(environments)
            self._show_environment()

    def conceal(self, concealed: bool) -> None:
        """Show no answer, nor what gives it away, while it is guessed; or show it again."""
        if concealed != self.has_class("-concealed"):
            self.set_class(concealed, "-concealed")
            self.query_one(Verdict).is_concealed = concealed
            self._answer()
            self.post_message(self.Asked())

    def show(self, token: ServiceToken | None) -> None:
        """Ask the same about another token, or about the same one after a change."""
        self._token = token
        if self.is_mounted:
            self._form.end_at(token)
            self._answer()
            self._show_reach()

    def preset(
        self, environment: str, path: str, operation: Permission, endpoint: Endpoint, ip: str
    ) -> None:
        """Ask a whole request, and show its folder in the tree."""
        self._form.fill(environment, path, operation, endpoint, ip)
        self._show_environment()

    def ask(self, environment: str, path: str) -> None:
        """Ask about another folder."""
        self._start_at = environment, path
        if self.is_mounted:
            self._form.go_to(environment, path)
            self._show_environment()

    def asked(self) -> tuple[ServiceToken, AccessRequest] | None:
        """Whose access is asked about, and which; None without a token. Raises Refusal."""
        if self._token is None or not self.is_mounted:
            return None
        return self._token, self._form.request(e2ee=self._e2ee)

    def allows(self, token: ServiceToken) -> bool | None:
        """Whether the request would be allowed to a token; None while it cannot be asked."""
        request = self._request
        if request is None or self.has_class("-concealed"):
            return None
        if self._form.moment is None:
            request = request._replace(now=self._now())
        return access.decide(token, request).allowed

    def check(self) -> list[str] | None:
        """The arguments of the command that asks the same, if the token is in the vault."""
        if self._token is None or not self._token.id or self._request is None:
            return None
        return command_line.check(self._token, self._request, at=self._form.moment)

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
        return self._around.tree_of_folders

    @property
    def _around(self) -> Surroundings:
        return self.query_one(Surroundings)

    @property
    def _form(self) -> RequestForm:
        return self.query_one(RequestForm)

    # --- the verdict -----------------------------------------------------------------------------

    def say_aside(self, text: str) -> None:
        """Say something at the right end of the head, such as how much of the list is below."""
        if text != self._aside:
            self._aside = text
            if self.is_mounted:
                self._say_subject()

    def _say_subject(self) -> None:
        """Say whose access this is, at which time, and count its last two minutes down."""
        token, now, moment = self._token, self._now(), self._form.moment
        name = f" {token_name(token, now)}" if token else ""
        end = token.expires_at if token else None
        left = f"  {remaining(end, now)}" if end is not None and end - now <= 2 * MINUTE else ""
        subject = Content.assemble(
            (self._title, "$text-muted"), (name, "bold"), (left, "$text-warning")
        )
        at = "" if moment is None else f"at {in_utc(moment)}"
        low = self.has_class("-low")
        aside = Content("   ").join(
            [
                Content.styled(text, style)
                for text, style in (
                    (at, "$text-warning"),
                    (self._aside if low else "", "$text-muted"),
                )
                if text
            ]
        )
        self.query_one("#subject", Fitted).show(
            lambda size: pane_lines.head_line(subject, aside, size.width, ruled=low)
        )

    def _answer(self) -> None:
        """Judge the request anew, and say all that depends on it but the reach."""
        self._request, self._denied = None, None
        verdict, token = self.query_one(Verdict), self._token
        self._say_subject()
        try:
            request = self._request = self._form.request(e2ee=self._e2ee)
        except Refusal as refusal:
            verdict.say(Content.styled(f"? {refusal}", "$text-warning"))
            return
        finally:
            self._say_command()
            self._around.show(token, self._request)
            self.post_message(self.Answered())
        if token is None:
            verdict.say(Content.styled("No token chosen.", "$text-muted"))
            return
        misses = near_misses(token, request, self._paths, at_once=True)
        question = Question(token, request, misses or (), self._note())
        verdict.answer(question)
        if misses is None:
            self._denied = question
            self._searching.request()

    def _note(self) -> str | None:
        """How the path was read, if otherwise than typed."""
        typed = self._form.path.value
        return request_path(typed).note if typed.strip() not in ("", "/") else None

    async def _search_near_misses(self) -> None:
        """Search in a thread for what a denial came near to, and say it if it is still shown."""
        denied = self._denied
        if denied is None:
            return
        misses = await asyncio.to_thread(near_misses, denied.token, denied.request, self._paths)
        if misses and self._denied is denied:
            self.query_one(Verdict).answer(denied._replace(misses=misses))

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

    # --- around it -------------------------------------------------------------------------------

    def _say_command(self) -> None:
        """Say which command asks the same, and how it is copied."""
        # In a field, the key is typed.
        key = "" if isinstance(self.screen.focused, Input) else _COPIES
        self._around.show_command(self.check(), key)

    def _show_environment(self) -> None:
        """Offer the environment's folders for completion; answer for it, and show its tree."""
        paths = self._paths.get(self._form.slug, ())
        self._form.offer_folders(paths, [environment.slug for environment in self._environments])
        self._answer()
        self._show_reach()
        self._follow_path()
        self.post_message(self.Asked())

    def _follow_path(self) -> None:
        """Show the folder that is asked about in the tree."""
        if self._request is not None:
            self._around.follow(self._request.path)

    def _show_reach(self) -> None:
        self._around.show_reach(self._form.slug)

    # --- events ----------------------------------------------------------------------------------

    @on(Input.Changed, "#path")
    def _path_typed(self) -> None:
        self._answer()
        self._follow_path()
        self.post_message(self.Asked())

    @on(Input.Changed, "#ip")
    @on(Selector.Changed, "#operation")
    @on(Selector.Changed, "#endpoint")
    @on(RequestTime.Changed)
    def _request_changed(self) -> None:
        self._answer()
        self._show_reach()
        self.post_message(self.Asked())

    @on(PathField.Elsewhere)
    def _environment_written(self, event: PathField.Elsewhere) -> None:
        event.stop()
        selector = self._form.environment
        selector.choose(event.environment)
        selector.post_message(Selector.Changed(selector))

    @on(Selector.Changed, "#environment")
    def _environment_changed(self) -> None:
        self._show_environment()

    @on(Surroundings.Chosen)
    def _folder_chosen(self, event: Surroundings.Chosen) -> None:
        event.stop()
        self.ask(self._form.slug, event.path)

    def on_descendant_focus(self) -> None:
        self._say_command()

    def on_descendant_blur(self) -> None:
        self._say_command()

    def action_leave_pane(self) -> None:
        self.post_message(self.Left())
