"""A small app to look at from outside, run as ``python -m tests.tui.terminal.probe_app [FAULT]``.

With a fault it fails in that place, having a secret in a local and in the exception's message.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading

from st_tui.tui.terminal.crash import guard
from st_tui.tui.terminal.detection import appearance, forget_debug_switches

forget_debug_switches(os.environ)

from rich.console import RenderableType  # noqa: E402
from textual.app import ComposeResult  # noqa: E402
from textual.widgets import Static  # noqa: E402

from st_tui.tui.terminal.safe_app import SafeApp, run  # noqa: E402
from st_tui.tui.widgets.field import Field  # noqa: E402
from st_tui.tui.widgets.listing import Piece, RowListing  # noqa: E402

SECRET = "".join(("sen", "tin", "el"))  # never whole in a source line that a traceback could show


def fail() -> None:
    """Raise with the secret in a local and in the message."""
    token = SECRET
    raise ValueError(f"bad token {token}")


class Names(RowListing[str]):
    """A list of two."""

    def draw(self, item: str, width: int) -> list[Piece]:
        return [(item, "good")]


class Fails(Static):
    """Fails when drawn, from the second time on."""

    drawn = 0

    def render(self) -> RenderableType:
        self.drawn += 1
        if self.drawn > 1:
            fail()
        return "fine"


class Destroyed:
    """Fails where nobody can catch it."""

    def __del__(self) -> None:
        fail()


class ProbeApp(SafeApp[None]):
    """An input, a table and a word; F2 fails, F3 shows the secret."""

    def __init__(self, fault: str) -> None:
        super().__init__(appearance(os.environ, "textual-dark"))
        self.fault = fault
        if fault == "init":
            fail()

    def compose(self) -> ComposeResult:
        if self.fault == "compose":
            fail()
        yield Field()
        yield Names()
        yield Static("ready", id="word")
        if self.fault == "render":
            yield Fails()

    def on_load(self) -> None:
        if self.fault == "load":
            fail()

    def on_mount(self) -> None:
        self.query_one(Names).show_rows(["backup", "deploy"])
        if self.fault == "mount":
            fail()
        if self.fault == "timer":
            self.set_timer(0.05, fail)
        if self.fault == "thread worker":
            self.run_worker(fail, thread=True)
        if self.fault == "twice":
            self.run_worker(self.fail_later())
            self.run_worker(self.fail_later())
        if self.fault == "async worker":
            self.run_worker(self.fail_later())
        if self.fault == "lost task":
            asyncio.get_running_loop().create_task(self.fail_later())
        if self.fault == "style":
            self.stylesheet.add_source(f"Static {{ color: {SECRET}; }}", read_from=("x", "y"))
            self.refresh_css()
        if self.fault == "panic":
            self.panic(SECRET)
        if self.fault == "thread":
            threading.Thread(target=fail).start()
        if self.fault == "destroyed":
            Destroyed()
        if self.fault == "render":
            self.set_timer(0.05, self.query_one(Fails).refresh)

    def key_f2(self) -> None:
        fail()

    def key_f3(self) -> None:
        self.query_one("#word", Static).update(SECRET)

    async def fail_later(self) -> None:
        """Fail in a coroutine."""
        await asyncio.sleep(0)
        fail()


if __name__ == "__main__":
    guard()
    chosen = sys.argv[1] if len(sys.argv) > 1 else ""
    if chosen == "outside":
        fail()
    status = run(ProbeApp(chosen))
    if chosen == "after":
        threading.Thread(target=fail).start()
    if chosen == "destroyed after":
        Destroyed()
    sys.exit(status)
