"""What a screen needs of the app that shows it, and the app of a screen.

The app is the only `Host`. A screen knows the app by this protocol alone, and never imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeVar, cast

from textual.app import App
from textual.events import ScreenResume
from textual.notifications import SeverityLevel
from textual.screen import Screen

if TYPE_CHECKING:
    from st_tui.core.model import Project, RandomBytes
    from st_tui.core.vault import Vault
    from st_tui.tui.actions import Action
    from st_tui.tui.settings import Settings

Result = TypeVar("Result")

Linked = Literal["tokens", "folders", "audit", "matrix", "who"]
"""The screens that a link leads to."""


class Opening(NamedTuple):
    """What the demo opens with, besides its tokens.

    `stage` shows the verdict large. `step` begins the tour there, counted from 1.
    """

    stage: bool = False
    step: int | None = None


PLAIN_OPENING = Opening()


class LoggedCommand(NamedTuple):
    """Something that was done: the time, and the command line that does the same.

    `text` is as it is shown, `pasted` as it works in a shell on this vault.
    """

    time: int
    text: str
    pasted: str


class Host(Protocol):
    """One vault, one project at a time, and the ways to read, change, notify and ask."""

    opening: Opening
    """What the demo was started with."""

    ascii_only: bool
    """Whether the terminal's font lacks symbols."""

    server_url: str
    """Where a server was last tried."""

    settings: Settings
    """What is remembered from one start to the next."""

    def remember(self, **changes: str) -> None:
        """Remember some settings from now on, and for the next start."""

    @property
    def directory(self) -> Path:
        """Where the vault is, or is to be made."""

    @property
    def actor(self) -> str:
        """Who does it, as the audit log says."""

    @property
    def clock(self) -> Callable[[], int]:
        """What gives the time now, in milliseconds since 1970 UTC."""

    @property
    def randbytes(self) -> RandomBytes:
        """What gives so many random bytes."""

    @property
    def is_open(self) -> bool:
        """Whether the vault was opened, so that there may be a project to show."""

    async def opened(self) -> None:
        """Wait until the vault was opened: a key may be typed ahead of it."""

    @property
    def project(self) -> Project | None:
        """The project that is shown."""

    async def read(self, job: Callable[[Vault], Result]) -> Result:
        """Do a short job on the vault, off the UI thread. Raises Refusal.

        Ask in a worker of the screen: its message loop, which paints it, must not wait.
        """

    async def read_apart(self, job: Callable[[Vault], Result]) -> Result:
        """Do a long job, which holds up no short one. Raises Refusal.

        Once whoever asked is gone, it ends at one of its next statements.
        """

    async def find(self, doing: str, job: Callable[[Vault], Result]) -> Result | None:
        """Do a long job that only reads; None if it is refused, which a toast says.

        `doing` is said while the job takes long.
        """

    async def change(
        self,
        doing: str,
        job: Callable[[Vault], Result],
        *,
        complain: Callable[[str], None] | None = None,
        command: Sequence[str] = (),
    ) -> Result | None:
        """Do a job that may change the vault, and show that; None if it is refused, which is said.

        `doing` is said while the job takes long. `complain` says a refusal, else a toast does.
        `command` are the arguments of the `st-tui` command that does the same, for the command log.
        """

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
    ) -> None:
        """Show a toast for `timeout` seconds. The message is plain text, never markup."""

    async def ask(self, question: Screen[Result]) -> Result | None:
        """Show a screen and wait for its answer; None if a screen of its kind is open already."""

    def did(self, *arguments: str) -> None:
        """Note in the command log the arguments of the `st-tui` command that does the same.

        No value and no token may be among them: `NAME=-` and `--token -` stand in their place.
        """

    def did_call(self, line: str) -> None:
        """Note in the command log a command line of another program, such as curl."""

    def show_command_log(self) -> None:
        """Show what was done since the app started."""

    def show_help(self, screen: Screen[Any]) -> None:
        """Show every key of a screen."""

    def redraw(self) -> None:
        """Send every cell of the screen again."""

    def switch_theme(self) -> None:
        """Go on to the next theme."""

    def linked_screen(self, name: Linked, *given: Any, **named: Any) -> Screen[Any]:
        """A new screen that a link leads to: the screen with the link must not import it."""

    def show_project(self, project: Project) -> None:
        """Show another project on every screen."""


class ShowsVault:
    """Mixed into a screen that shows the vault: the app calls `show` whenever that changed."""

    def show(self) -> None:
        """Show the vault as it is now."""
        raise NotImplementedError


class Hosted:
    """Mixed into a screen or widget: its host, and what all of them do alike."""

    app: App[Any]

    @property
    def host(self) -> Host:
        """The app, as far as a screen needs it."""
        return cast("Host", self.app)

    def _on_screen_resume(self, event: ScreenResume) -> None:
        """Keep the styles of a screen, unless the theme changed: Textual would make them again."""
        if cast("Screen[Any]", self)._css_update_count == self.app._css_update_count:
            event.refresh_styles = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Refuse, in a browser, what reaches the files or servers of the app's own machine."""
        declared: Sequence[Action] = getattr(self, "ACTIONS", ())
        return not self.app.is_web or not any(
            each.own_machine for each in declared if each.name == action
        )

    def action_help(self) -> None:
        self.host.show_help(cast("Screen[Any]", self))

    def action_command_log(self) -> None:
        self.host.show_command_log()

    def action_command_palette(self) -> None:
        self.app.action_command_palette()
