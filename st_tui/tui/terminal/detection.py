"""What the terminal at hand can show, decided before Textual is imported.

Every rule is a pure function of the environment and of which standard streams are terminals. The
command line can ask them without paying for Textual.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import NamedTuple

from st_tui.tui.terminal.palettes import OF_256, PALETTES

TWIN = "st-tui service-token list --help"
"""The command that is named where the app cannot be shown."""

PLAIN = "plain"
"""The name of the theme that needs no colour; `plain_themes` makes it."""
CONSOLE = "console"
"""The name of the plain theme for the Linux console."""

WEB_DRIVER = "textual.drivers.web_driver:WebDriver"
"""Textual's driver for a browser, as TEXTUAL_DRIVER names it. `st-tui web` asks for it."""

_SIXTEEN, _FIXED, _ALL = 16, 256, 2**24

DEBUG_SWITCHES = (
    "TEXTUAL",
    "TEXTUAL_DEBUG",
    "TEXTUAL_LOG",
    "TEXTUAL_PRESS",
    "TEXTUAL_SCREENSHOT",
    "TEXTUAL_SHOW_RETURN",
)
"""Variables that make Textual write what happens in an app to a file, a console or a port."""


def in_browser(environ: Mapping[str, str]) -> bool:
    """Whether the app is shown in a browser: its screen goes through pipes to `st-tui web`."""
    return environ.get("TEXTUAL_DRIVER") == WEB_DRIVER


def refusal(
    environ: Mapping[str, str], *, stdin_tty: bool, stdout_tty: bool, stderr_tty: bool
) -> str | None:
    """Why the app cannot run here, in one sentence that names the way out; None when it can.

    Textual checks none of this. It reads keys from stdin, paints on *stderr* and takes the size
    from stdout (`textual/drivers/linux_driver.py`). So a redirected stderr would get the whole
    screen, and TERM=dumb more colour than usual.
    """
    if in_browser(environ):
        return None
    if environ.get("TERM") == "dumb":
        cause = "This terminal cannot show the app (TERM=dumb)."
    elif not stdin_tty:
        cause = "The app reads keys from a terminal, and standard input is not one."
    elif not stdout_tty:
        cause = "The app needs a terminal, and standard output is not one."
    elif not stderr_tty:
        cause = "The app paints on standard error, and that is not a terminal."
    else:
        return None
    return f"{cause} Use the command line instead: {TWIN}"


class Appearance(NamedTuple):
    """How the app should draw on this terminal."""

    theme: str
    ansi_color: bool
    """Whether to use the terminal's own colours, whatever the theme says."""

    ascii_only: bool
    """Whether to draw with ASCII. The Linux console's fonts lack most symbols."""

    send_all: bool = False
    """Whether to send whole frames, for a terminal that shows partial ones wrongly."""

    has_256: bool = False
    """Whether it has 256 colours, of a fixed palette."""


def appearance(environ: Mapping[str, str], theme: str) -> Appearance:
    """The wanted theme where there are colours enough for it, else one of the plain themes.

    With 16 colours a theme's own cannot be told apart. With 256, the theme's variant for them is
    taken. With NO_COLOR Textual would draw in (truecolour) greys. A plain theme needs default
    colours, bold and reverse only. NO_COLOR counts when it is set at all, as in Textual.
    """
    colors = _colors(environ)
    few = "NO_COLOR" in environ or colors == _SIXTEEN
    if not theme.startswith("ansi-"):
        if few:
            theme = CONSOLE if environ.get("TERM") == "linux" else PLAIN
        elif colors == _FIXED and theme in [palette.name for palette in PALETTES]:
            theme = f"{theme}{OF_256}"
    return Appearance(
        theme=theme,
        ansi_color=few,
        ascii_only=environ.get("TERM") == "linux",
        send_all=bool(environ.get("ST_TUI_SEND_ALL")),
        has_256=colors == _FIXED,
    )


def forget_debug_switches(environ: MutableMapping[str, str]) -> None:
    """Unset Textual's debugging switches: what they write down holds keys, pastes and values.

    Call it before the first import of Textual, which reads them then.
    """
    for name in DEBUG_SWITCHES:
        environ.pop(name, None)


def _colors(environ: Mapping[str, str]) -> int:
    """How many colours Rich, which draws for Textual, will use here."""
    term = environ.get("TERM", "").strip().lower()
    if term == "linux":
        return _SIXTEEN
    if environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return _ALL
    return _FIXED if term.rpartition("-")[2] in {"256color", "kitty"} else _SIXTEEN
