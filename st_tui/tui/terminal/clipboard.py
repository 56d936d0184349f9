"""Copying that also works over SSH and inside tmux, and says so when it cannot work.

The environment alone decides the route. Each was tried out on real terminals:

* inside tmux, ``tmux load-buffer -w -``: by default (``set-clipboard external``) tmux drops an
  application's OSC 52 without a word, but sends its own;
* else OSC 52, an escape sequence that the person's own terminal understands, however many hosts
  away. It has no answer, so nobody can know whether it arrived;
* the same, but unsure, where only TERM tells of a tmux or screen on the way: after ssh from inside
  one, or sudo. The caller shows the text alone as well;
* else none: the caller shows the text alone, to be selected with the mouse.

The text goes to tmux through a pipe, because everybody can see a command's arguments. It goes to
no log and into no message.
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
"""Bytes. In base64 they are just below 100,000, where terminals begin to drop an OSC 52."""

PATIENCE = 2.0
"""Seconds to wait for a busy tmux."""


class Route(Enum):
    """How a copied text leaves the app; `UNSURE` is the terminal's, with a tmux on the way."""

    TMUX = "tmux"
    TERMINAL = "terminal"
    UNSURE = "unsure"
    NONE = "none"


@dataclass(frozen=True)
class CopyOutcome:
    """What became of a copy, and a sentence to show, which never holds the text."""

    route: Route
    message: str

    @property
    def sent(self) -> bool:
        """Whether nothing is known to be in the way. If not, show the text alone to be selected."""
        return self.route in (Route.TMUX, Route.TERMINAL)


def choose(environ: Mapping[str, str], size: int) -> CopyOutcome:
    """The route of a text of `size` bytes, and what to say if it works."""
    if size > LARGEST:
        return CopyOutcome(
            Route.NONE,
            "Not copied: it is too long for a terminal's clipboard. Export it to a file.",
        )
    if environ.get("TMUX"):
        return CopyOutcome(Route.TMUX, "Copied, also to tmux's paste buffer.")
    if environ.get("STY"):
        # It lets an OSC 52 through only in a wrapping of its own, if at all.
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
    """Copy a text by the best route. The screen is painted meanwhile."""
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
    """Empty the app's own clipboard: ^v would put what was copied into any field, to be seen.

    Textual has no public method for it; `tests/tui/terminal/test_clipboard.py` breaks when it keeps
    the text elsewhere.
    """
    app._clipboard = ""


def _load_buffer(text: str, environ: dict[str, str]) -> bool:
    """Give the text to tmux (3.2 or later), which keeps it and sends it to its own terminal."""
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
