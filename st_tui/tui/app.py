"""The terminal app: one vault, one project at a time, and the pages that show it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import work
from textual.binding import BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen

from st_tui.core.errors import Refusal
from st_tui.core.expiry import system_clock
from st_tui.core.model import Project
from st_tui.core.plain_text import shown
from st_tui.tui.actions import GO_TO_PATH, Action, bindings
from st_tui.tui.host import PLAIN_OPENING, Linked, LoggedCommand, Opening, ShowsVault
from st_tui.tui.latest_wins import LatestWins
from st_tui.tui.leaving import Leavable
from st_tui.tui.screens.tokens import TokensPage
from st_tui.tui.settings import Settings, is_plain_url, theme_called
from st_tui.tui.terminal.detection import Appearance
from st_tui.tui.terminal.palettes import OF_256
from st_tui.tui.terminal.safe_app import SafeApp
from st_tui.tui.terminal.themes import THEMES, next_theme
from st_tui.tui.vault_thread import VaultThread

if TYPE_CHECKING:
    from st_tui.core.model import RandomBytes
    from st_tui.core.vault import Vault
    from st_tui.tui.settings_file import SettingsFile

Result = TypeVar("Result")
_Seen = tuple["Vault", int]
"""A vault that was opened, and a number that changes whenever somebody changed it."""

_LOOK_EVERY = 0.5
"""Seconds between two looks for a colleague's change and for tokens that ended."""

_SWEEP_AGAIN = 10_000
"""Milliseconds until a sweep that was refused (the vault is locked) is tried again."""


def _folders_page() -> Screen[None]:
    from st_tui.tui.screens.folders import FoldersPage

    return FoldersPage()


def _audit_page() -> Screen[None]:
    from st_tui.tui.screens.audit import AuditPage

    return AuditPage()


def _what_is_there(vault: Vault) -> tuple[_Seen, list[Project]]:
    return (vault, vault.changed_elsewhere()), vault.projects.every()


def _glance(vault: Vault) -> tuple[_Seen, int | None]:
    """What tells of a change, and when the next token ends that is to be deleted."""
    due = None if vault.is_read_only else vault.tokens.next_end()
    return (vault, vault.changed_elsewhere()), due


class StTui(SafeApp[None]):
    """The app on the vault in `directory`.

    `make_demo`, if given, first fills the directory with the demo. Tests give another `clock` and
    other `randbytes`.
    """

    TITLE = "st-tui"
    THEMES = THEMES
    ENABLE_COMMAND_PALETTE = False
    """Textual's. Ours finds more, and sends a fifth of it."""
    ACTIONS: ClassVar[tuple[Action, ...]] = (GO_TO_PATH,)
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "tokens": TokensPage,
        "folders": _folders_page,
        "audit": _audit_page,
    }
    DEFAULT_MODE = "tokens"

    def __init__(
        self,
        directory: Path,
        looks: Appearance,
        *,
        actor: str,
        make_demo: Callable[[Path], None] | None = None,
        clock: Callable[[], int] = system_clock,
        randbytes: RandomBytes = os.urandom,
        settings_file: SettingsFile | None = None,
        opening: Opening = PLAIN_OPENING,
    ) -> None:
        super().__init__(looks)
        self.directory = directory
        self.actor = actor
        self.clock = clock
        self.opening = opening
        self.project: Project | None = None
        self._is_opened = asyncio.Event()
        self._settings_file = settings_file
        self.settings = settings_file.settings if settings_file else Settings()
        """What is remembered from one start to the next."""
        self._writing_settings = asyncio.Lock()
        self._server_url = ""
        self._vault_thread = VaultThread(directory, self._open_vault)
        self.randbytes = randbytes
        self._make_demo = make_demo
        self.commands: list[LoggedCommand] = []
        """What was done since the app started, the oldest first. It is in memory only."""
        self._projects = 0
        """How many projects the vault has."""
        self._looking = LatestWins(self, self._look)
        self._catching_up = LatestWins(self, self._catch_up)
        self._seen: _Seen | None = None
        """The state in which the vault was last shown."""
        self._next_sweep = 0
        """The time before which no sweep is tried again, after one was refused."""
        self._complaint = ""
        """The refusal that the last look met; it is said once."""
        self._changes = 0
        """How many changes are under way."""

    @property
    def server_url(self) -> str:
        """Where a server was last tried; at first, the address that `st-tui serve` takes."""
        return self._server_url or self.settings.server or "http://127.0.0.1:8080"

    @server_url.setter
    def server_url(self, url: str) -> None:
        self._server_url = url
        if is_plain_url(url):
            self.remember(server=url)

    def remember(self, **changes: str) -> None:
        """Remember some settings from now on, and for the next start."""
        new = replace(self.settings, **changes)
        if new != self.settings:
            self.settings = new
            self.write_settings(changes)

    @work(group="settings")
    async def write_settings(self, changes: Mapping[str, str]) -> None:
        """Write some settings to their file, in a thread."""
        if self._settings_file is None:
            return
        try:
            async with self._writing_settings:
                await asyncio.to_thread(self._settings_file.change, changes)
        except Refusal as refusal:
            self._complain(str(refusal))

    def on_mount(self) -> None:
        for complaint in self._settings_file.complaints if self._settings_file else ():
            self.notify(complaint, severity="warning", timeout=10)
        # Behind the first frame: opening a vault is quick, making a demo is not.
        self.call_after_refresh(self._begin)

    @property
    def is_open(self) -> bool:
        """Whether the vault was opened, so that there may be a project to show."""
        return self._is_opened.is_set()

    async def opened(self) -> None:
        """Wait until the vault was opened."""
        await self._is_opened.wait()

    @property
    def is_reading(self) -> bool:
        """Whether somebody waits for the vault."""
        return self._vault_thread.unanswered > 0

    async def on_unmount(self) -> None:
        # The screens are gone. A database that is closed leaves no files of its own beside it.
        await self._vault_thread.close()

    def _begin(self) -> None:
        from st_tui.core.files.vault_layout import has_database

        if self._make_demo is not None:
            self.make_demo_and_open(self._make_demo)
        elif has_database(self.directory):
            self.open_vault()
        else:
            self.welcome()

    @work
    async def make_demo_and_open(self, make_demo: Callable[[Path], None]) -> None:
        """Let the demo be made in a worker thread, then open it."""
        try:
            await asyncio.to_thread(make_demo, self.directory)
        except Refusal as refusal:
            self.fail(str(refusal))
            return
        self.open_vault()

    @work
    async def welcome(self) -> None:
        """The first run: make a project, or look at the demo."""
        from st_tui.tui.screens.welcome import Welcome

        if await self.ask(Welcome()):
            self.open_vault()
        else:
            self.exit()

    @work
    async def open_vault(self) -> None:
        """Open the vault and show its first project."""
        try:
            self._seen, projects = await self.read(_what_is_there)
        except Refusal as refusal:
            self.fail(str(refusal))
            return
        self._projects = len(projects)
        self.project = projects[0] if projects else None
        self._is_opened.set()
        self.show_change()
        self._looking.request()
        self.set_interval(_LOOK_EVERY, self._looking.request)

    def fail(self, sentence: str) -> None:
        """End the app with a sentence on stderr, status 2."""
        self.exit(return_code=2, message=shown(sentence))

    def show_change(self) -> None:
        """Let every open screen that shows the vault show it as it is now."""
        for screen in self.screen_stack:
            if isinstance(screen, ShowsVault):
                screen.show()

    async def change(
        self,
        doing: str,
        job: Callable[[Vault], Result],
        *,
        complain: Callable[[str], None] | None = None,
        command: Sequence[str] = (),
    ) -> Result | None:
        """Do a job that may change the vault, and show that; None if it is refused, which is said.

        Once a second a toast says what is being done and for how long. `complain` says a refusal,
        else a toast does. `command` is what the command log says of it.
        """
        self._changes += 1
        try:
            with self._saying(doing), self._until_the_end():
                answer = await self._vault_thread.change(job)
        except Refusal as refusal:
            (complain or self._complain)(str(refusal))
            return None
        finally:
            self._changes -= 1
        if command:
            self.did(*command)
        self._catching_up.request()
        return answer

    async def find(self, doing: str, job: Callable[[Vault], Result]) -> Result | None:
        """Do a long job that only reads; None if it is refused, which a toast says.

        Once a second a toast says what is being done and for how long.
        """
        try:
            with self._saying(doing):
                return await self.read_apart(job)
        except Refusal as refusal:
            self._complain(str(refusal))
            return None

    @contextmanager
    def _saying(self, doing: str) -> Iterator[None]:
        """Say once a second what is being done, and for how long."""
        started = self.clock()
        timer = self.set_interval(
            1, lambda: self.notify(f"{doing}… {(self.clock() - started) // 1000} s", timeout=1)
        )
        try:
            yield
        finally:
            timer.stop()

    def _complain(self, refusal: str) -> None:
        self.notify(refusal, severity="error", timeout=8)

    def busy_with(self) -> str:
        """A change that is stopped half-way would keep everybody else from writing."""
        return "The vault is being changed: press ^z again in a moment." if self._changes else ""

    async def _catch_up(self) -> None:
        """Show the vault and the project as they are now. A colleague may have changed both."""
        try:
            self._seen, projects = await self.read(_what_is_there)
        except Refusal as refusal:
            self._complain_once(refusal)
            return
        self._projects = len(projects)
        if self.project is not None:
            before, known = self.project, {project.id: project for project in projects}
            self.project = known.get(before.id) or next(iter(known.values()), None)
            if before.id not in known:
                now = f" This is “{self.project.name}”." if self.project is not None else ""
                self.notify(f"The project “{before.name}” was deleted.{now}", severity="warning")
        self.show_change()

    async def read(self, job: Callable[[Vault], Result]) -> Result:
        """Do a short job on the vault, off the UI thread. Raises Refusal."""
        with self._until_the_end():
            return await self._vault_thread.read(job)

    async def read_apart(self, job: Callable[[Vault], Result]) -> Result:
        """Do a long job, which holds up no short one. Raises Refusal."""
        with self._until_the_end():
            return await self._vault_thread.read_apart(job)

    @contextmanager
    def _until_the_end(self) -> Iterator[None]:
        """Answer nobody any more while the app ends, for its widgets go one by one."""
        try:
            yield
        finally:
            if not self.is_running:
                raise asyncio.CancelledError

    def _open_vault(self) -> Vault:
        from st_tui.core.vault import Vault

        return Vault.open(
            self.directory,
            actor=self.actor,
            clock=self.clock,
            randbytes=self.randbytes,
            one_thread=True,
        )

    async def _look(self) -> None:
        """Show a colleague's change, and sweep tokens that came to their end."""
        try:
            seen, due = await self.read(_glance)
        except Refusal as refusal:
            self._complain_once(refusal)
            return
        self._complaint = ""
        now = self.clock()
        if due is not None and due <= now and now >= self._next_sweep:
            self._next_sweep = now + _SWEEP_AGAIN
            self.sweep()
        if seen != self._seen:
            self._catching_up.request()

    def _complain_once(self, refusal: Refusal) -> None:
        """Say what every look meets, such as a vault that is gone, once."""
        if str(refusal) != self._complaint:
            self.notify(str(refusal), severity="error")
        self._complaint = str(refusal)

    @work
    async def sweep(self) -> None:
        """Delete the tokens that ended, and say which."""
        gone = await self.change("Removing expired tokens", lambda vault: vault.tokens.sweep())
        if gone is not None:
            from st_tui.tui.widgets.token_name import token_name

            self._next_sweep, now = 0, self.clock()
            for token in gone:
                self.notify(
                    f"“{token_name(token, now)}” expired and was deleted.", severity="warning"
                )

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a toast. Its message is plain text: a name in it is never markup."""
        super().notify(
            shown(message), title=title, severity=severity, timeout=timeout, markup=False
        )

    async def ask(self, question: Screen[Result]) -> Result | None:
        """Show a screen and wait for its answer; None if a screen of its kind is open already.

        Two presses of a key that arrive together thus ask once.
        """
        await asyncio.sleep(0)
        if type(self.screen) is type(question):
            return None
        self.clear_notifications()  # or one stands over the question
        return await self.push_screen_wait(question)

    def action_command_palette(self) -> None:
        """Ask what to go to or to do, and go there or do it."""
        self.find_anything()

    @work
    async def find_anything(self) -> None:
        """Ask what to go to or to do, and go there or do it."""
        from st_tui.tui.screens.command_palette import CommandPalette, actions_found
        from st_tui.tui.screens.destinations import go_to

        chosen = await self.ask(CommandPalette(actions_found(self.screen)))
        if chosen is not None:
            await go_to(self, chosen)

    @work
    async def action_go_to_path(self) -> None:
        """Ask for a place, and go to the test of it or to its folder."""
        from st_tui.tui.screens.destinations import open_folder, test_place
        from st_tui.tui.screens.to_path import ToPath

        chosen = await self.ask(ToPath())
        if chosen is not None:
            await (open_folder if chosen.to_folder else test_place)(self, chosen.place)

    def did(self, *arguments: str) -> None:
        """Note in the command log the arguments of the `st-tui` command that does the same."""
        from st_tui.tui.command_line import pasted, spelt

        words = list(arguments)
        if self.project is not None and self._projects > 1:
            words += ["--project", self.project.slug]
        self.commands.append(
            LoggedCommand(self.clock(), spelt(words), pasted(words, self.directory))
        )

    def did_call(self, line: str) -> None:
        """Note in the command log a command line of another program, such as curl."""
        self.commands.append(LoggedCommand(self.clock(), line, line))

    def show_command_log(self) -> None:
        """Show what was done since the app started."""
        from st_tui.tui.screens.command_log import CommandLog

        self.push_screen(CommandLog(self.commands))

    def show_help(self, screen: Screen[Any]) -> None:
        """Show every key of a screen."""
        from st_tui.tui.screens.help import Help

        self.push_screen(Help(screen))

    async def action_quit(self) -> None:
        """Leave, unless an open screen has something to lose, such as a token just made."""
        for screen in self.screen_stack:
            if isinstance(screen, Leavable) and screen.is_mounted and screen.unsaved:
                if self.screen is screen:
                    screen.action_leave()
                else:
                    self.notify(f"{screen.unsaved}: close that first.", severity="warning")
                return
        await super().action_quit()

    def action_help_quit(self) -> None:
        """Answer ^c, which ends other programs."""
        self.notify("Press q or ^q to leave.")

    def switch_theme(self) -> None:
        """Go on to the next theme. A terminal of few colours keeps its own."""
        if self.looks.ansi_color:
            self.notify("This terminal has few colours: they stay as they are.")
            return
        self.theme = next_theme(self.theme, OF_256 if self.looks.has_256 else "")
        name = theme_called(self.theme)
        self.notify(f"Theme: {name}", timeout=2)
        self.remember(theme=name)

    def linked_screen(self, name: Linked, *given: Any, **named: Any) -> Screen[Any]:
        """A new screen that a link leads to."""
        from st_tui.tui.linked_screens import linked_screen

        return linked_screen(name, *given, **named)

    def show_project(self, project: Project) -> None:
        """Show another project on every screen."""
        self.project = project
        self.show_change()
