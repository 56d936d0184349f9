"""The base of the app: it leaves the terminal as it found it, and shows no secret when it fails.

It overrides two private names of Textual (8.2), `_fatal_error` and `_exit_renderables`, which have
no public counterpart. `tests/tui/terminal/test_safe_app.py` breaks when they change.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.console import RenderableType
from rich.text import Text
from textual import events, on
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import LineFilter
from textual.geometry import Size
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget
from textual.worker import WorkerFailed

from st_tui.core.errors import Refusal
from st_tui.tui.terminal.ascii_glyphs import AsciiGlyphs
from st_tui.tui.terminal.clean_end import CleanEnd
from st_tui.tui.terminal.crash import describe
from st_tui.tui.terminal.detection import Appearance, in_browser
from st_tui.tui.terminal.plain_themes import PLAIN_CSS, PLAIN_THEMES
from st_tui.tui.terminal.screen_diff import ScreenDiff
from st_tui.tui.terminal.too_small import TooSmall, too_small
from st_tui.tui.terminal.type_ahead import TypeAhead

Result = TypeVar("Result")


class SafeApp(TypeAhead[Result], Generic[Result]):
    """An app that ends cleanly however it ends, and repaints nothing without need.

    Its handlers have names of their own, so that a subclass's `on_mount` overrides none of them.
    """

    DEFAULT_CSS = PLAIN_CSS
    # With priority: a dialog, or a field that takes it for "undo", would keep it from the app.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "suspend", show=False, priority=True)
    ]
    THEMES: ClassVar[tuple[Theme, ...]] = ()
    """The app's own themes, besides Textual's."""

    def __init__(self, looks: Appearance, driver_class: type[Driver] | None = None) -> None:
        self.looks = looks
        """How the app should draw on this terminal."""
        self._send_all = looks.send_all
        super().__init__(driver_class=driver_class, ansi_color=looks.ansi_color or None)
        self.animation_level = "none"
        for theme in (*PLAIN_THEMES, *self.THEMES):
            self.register_theme(theme)
        # Not in `on_mount`: set so late, an ANSI theme gives black on black.
        self.theme = looks.theme
        self.ascii_only = looks.ascii_only
        """Whether the terminal's font lacks symbols."""
        self._glyphs = [AsciiGlyphs()] if looks.ascii_only else []

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, and `AsciiGlyphs` where the terminal's font lacks symbols."""
        return [*super().get_line_filters(), *self._glyphs]

    def get_driver_class(self) -> type[Driver]:
        """The platform's driver below `CleanEnd`, and below `ScreenDiff` unless all is sent.

        For a browser it is Textual's alone: there is no terminal to leave as it was.
        """
        driver = super().get_driver_class()
        if in_browser(os.environ):
            return driver
        if sys.platform != "win32":
            from st_tui.tui.terminal import paste_parser  # Windows lacks the driver it needs

            paste_parser.install()
        tops = (CleanEnd,) if self._send_all else (ScreenDiff, CleanEnd)
        return type(f"Clean{driver.__name__}", (*tops, driver), {})

    def get_screen(  # type: ignore[override]  # Textual overloads it by what it is given
        self, screen: Any, screen_class: Any = None
    ) -> Screen[Any]:
        """A screen, told that it is born in the theme of now.

        Else Textual reads all CSS once more, and styles every widget anew, for a page's first time.
        """
        found: Screen[Any] = super().get_screen(screen, screen_class)
        if not found.is_running:
            found._css_update_count = self._css_update_count
        return found

    def redraw(self) -> None:
        """Send every cell of the screen again."""
        if isinstance(self._driver, ScreenDiff):
            self._driver.forget_screen()
        self.refresh(layout=True)

    def busy_with(self) -> str:
        """What must not be stopped half-way, as a sentence; empty if there is nothing."""
        return ""

    def action_suspend_process(self) -> None:
        """Give the terminal back to the shell, until `fg` there."""
        driver = self._driver
        if driver is None or not driver.can_suspend or not _has_job_control():
            self.notify("There is no shell to go back to.", severity="warning")
        elif busy := self.busy_with():
            self.notify(busy, severity="warning")
        else:
            # Textual would stop this process alone, and one that waits for it would go on waiting.
            os.killpg(0, signal.SIGTSTP)

    @on(events.Load)
    def _prepare(self) -> None:
        """Let SIGTERM and SIGHUP end the app with status 0, from before it takes the terminal.

        They are ordinary ends: a shutdown, a closed window, a dropped line. By default Python dies
        of them at once, and leaves mouse reporting and the alternate screen on.
        """
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._on_lost_task)
        if sys.platform != "win32":
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.exit)
            if not self.is_headless:
                self.set_interval(1, self._leave_a_lost_terminal)
        self.app_resume_signal.subscribe(self, lambda _: self.redraw())
        self.screen_change_signal.subscribe(self, lambda _: self._cover_if_too_small(self.size))

    def _leave_a_lost_terminal(self) -> None:
        """End when the terminal is gone without a signal, as under `su -c` or setsid.

        Textual takes the end of input for no input, and would read for ever.
        """
        poll = select.poll()
        poll.register(0, 0)  # standard input, which Textual reads
        if any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0)):
            self.exit()

    @on(events.Resize)
    def _resized(self, event: events.Resize) -> None:
        """Forget what the terminal showed, for it cut or moved that; cover what does not fit."""
        if isinstance(self._driver, ScreenDiff):
            self._driver.resize_screen(event.size)
        self._cover_if_too_small(event.size)

    @on(events.DescendantFocus)
    def _stop_blinking(self, event: events.DescendantFocus) -> None:
        """Stop the cursor of any field from blinking, which costs 2 kB/s over SSH."""
        if hasattr(event.widget, "cursor_blink"):
            event.widget.cursor_blink = False

    @on(events.Enter)
    def _stop_links(self, event: events.Enter) -> None:
        """Stop the widget under the mouse from highlighting links, of which this app has none.

        Textual would repaint all of a list at each move of the mouse: 8 kB.
        """
        if isinstance(event.node, Widget):
            event.node.set_reactive(Widget.auto_links, False)

    def panic(self, *renderables: RenderableType) -> None:
        """End the app for a fault, without what Textual would print."""
        faults = [item for item in renderables if isinstance(item, BaseException)]
        self._stop_for(faults[0] if faults else sys.exc_info()[1])

    def _fatal_error(self) -> None:
        """End the app for an exception. Textual's own method prints the locals of every frame."""
        self._stop_for(self._exception)

    def _stop_for(self, error: BaseException | None) -> None:
        if isinstance(error, WorkerFailed):
            error = error.error
        self._return_code = 2 if isinstance(error, Refusal) else 1
        self._exit_renderables[:] = [Text(describe(error))]
        self._close_messages_no_wait()

    def _on_lost_task(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """End the app for a task whose exception nobody retrieved, unless the app is ending.

        asyncio would log it with its traceback and message.
        """
        error = context.get("exception")
        if isinstance(error, Exception) and self.is_running:
            self._handle_exception(error)

    def _cover_if_too_small(self, size: Size) -> None:
        if too_small(size) and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall())


def _has_job_control() -> bool:
    """Whether a shell started this as a job of its own, so that it can be continued.

    Without one, as under `ssh -t host st-tui` or as a window of tmux, it would stop for good.
    """
    return sys.platform != "win32" and os.getpgrp() != os.getsid(0)


def run(app: SafeApp[Any]) -> int:
    """Run the app and give the status to exit with: 0, or 1 after an internal error."""
    app.run()
    return app.return_code or 0
