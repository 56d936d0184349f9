"""Copying that also works over SSH and inside tmux, and says so when it cannot work.

Which way is open is decided from the environment alone; the ways were tried out on real terminals:

* inside tmux, ``tmux load-buffer -w -``: tmux's default (``set-clipboard external``) drops an
  application's OSC 52 without a word, but sends its own;
* else OSC 52, which the terminal at the person's end understands, however many hosts away. It has
  no answer, so nobody can know whether it arrived;
* the same, but unsure, where TERM says that a tmux or screen is somewhere on the way and nothing
  says which: after ssh from inside one, or sudo. The caller shows the text by itself as well;
* else nothing: the caller shows the text by itself, to be selected with the mouse.

The text goes to tmux through a pipe (arguments are there for all to see) and to no log or message.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from textual.app import App

LARGEST = 74_000
"""Bytes: in base64 just below 100,000, where terminals begin to drop an OSC 52."""

PATIENCE = 2.0
"""Seconds that a busy tmux is waited for."""


class Route(Enum):
    """How a copied text leaves the app."""

    TMUX = "tmux"
    TERMINAL = "terminal"
    UNSURE = "unsure"
    NONE = "none"


@dataclass(frozen=True)
class CopyOutcome:
    """What became of a copy, with a sentence to show: it never holds the text."""

    route: Route
    message: str

    @property
    def sent(self) -> bool:
        """Whether nothing is known to be in the way. If not, show it alone to be selected."""
        return self.route in (Route.TMUX, Route.TERMINAL)


def choose(environ: Mapping[str, str], size: int) -> CopyOutcome:
    """The way that is open to a text of `size` bytes, as if it worked."""
    if size > LARGEST:
        return CopyOutcome(
            Route.NONE,
            "Not copied: it is too long for a terminal's clipboard. Export it to a file.",
        )
    if environ.get("TMUX"):
        return CopyOutcome(Route.TMUX, "Copied, also to tmux's paste buffer.")
    if environ.get("STY"):
        # It lets an OSC 52 through only in pieces of its own wrapping, if at all.
        return _cannot("GNU screen has no way to the clipboard")
    if environ.get("TERM") == "linux":
        return _cannot("the Linux console has no clipboard")
    if environ.get("TERM_PROGRAM") == "Apple_Terminal":
        return _cannot("Terminal.app does not let programs copy")
    if environ.get("TERM", "").startswith(("screen", "tmux")):
        return CopyOutcome(
            Route.UNSURE,
            "Sent to the terminal, but a tmux or screen on the way may have dropped it. "
            "If it did not arrive, select it here with the mouse (Shift+drag).",
        )
    return CopyOutcome(Route.TERMINAL, "Sent to the terminal's clipboard.")


async def copy(app: App[Any], text: str, environ: Mapping[str, str] | None = None) -> CopyOutcome:
    """Copy by the best way that is open. Painting goes on meanwhile."""
    around = os.environ if environ is None else environ
    outcome = choose(around, len(text.encode()))
    if outcome.route is Route.TMUX and not await asyncio.to_thread(
        _load_buffer, text, dict(around)
    ):
        outcome = CopyOutcome(
            Route.UNSURE, "tmux did not take it; sent to the terminal, which may not have got it."
        )
    if outcome.route in (Route.TERMINAL, Route.UNSURE):
        app.copy_to_clipboard(text)
        forget(app)
    return outcome


def forget(app: App[Any]) -> None:
    """Let the app itself keep nothing of what was copied: ^v would lay it into any field, to see.

    Textual has no public way to; `tests/tui/terminal/test_clipboard.py` breaks when it keeps it
    elsewhere.
    """
    app._clipboard = ""


def _load_buffer(text: str, environ: dict[str, str]) -> bool:
    """Hand the text to tmux (3.2 or later), for itself and for the terminal outside."""
    try:
        done = subprocess.run(
            ["tmux", "load-buffer", "-w", "-"],  # noqa: S607  # the person's own tmux
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environ,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _cannot(cause: str) -> CopyOutcome:
    return CopyOutcome(Route.NONE, f"Not copied: {cause}. Select it with the mouse (Shift+drag).")
