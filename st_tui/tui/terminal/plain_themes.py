"""Themes for 16 colours or none: they use the terminal's own, and no meaning depends on a colour.

Textual's `ansi-dark` draws unfocused borders black on black, hides the cursor of an unfocused list,
and under NO_COLOR shows neither focus nor cursor. Here a cursor is reverse, the focused widget has
a heavy border, and a disabled one is dim. Each colour can be read on black and on white (blue
cannot on black, nor yellow on white). The Linux console is black, so its theme is brighter.
"""

from __future__ import annotations

from textual.theme import Theme

from st_tui.tui.terminal.detection import CONSOLE, PLAIN

_VARIABLES = {
    "allowed-ground": "ansi_default",
    "ansi-background": "ansi_default",
    "ansi-foreground": "ansi_default",
    "block-cursor-foreground": "ansi_default",
    "block-cursor-background": "ansi_default",
    "block-cursor-text-style": "bold reverse",
    "block-cursor-blurred-text-style": "bold underline",
    "border-blurred": "ansi_default",
    "changing-ground": "ansi_default",
    "input-selection-background": "ansi_default",
    "input-selection-foreground": "ansi_default",
    "link-color": "ansi_default",
    "link-background-hover": "ansi_default",
    "link-color-hover": "ansi_default",
    "screen-selection-foreground": "ansi_default",
    "scrollbar-background": "ansi_default",
    "scrollbar-background-active": "ansi_default",
    "scrollbar-background-hover": "ansi_default",
}

_MARKED = (
    "border",
    "screen-selection-background",
    "scrollbar",
    "scrollbar-active",
    "scrollbar-hover",
)


def _plain(name: str, *, primary: str, success: str, warning: str, error: str) -> Theme:
    return Theme(
        name=name,
        ansi=True,
        primary=primary,
        secondary=primary,
        accent=primary,
        success=success,
        warning=warning,
        error=error,
        foreground="ansi_default",
        background="ansi_default",
        variables=_VARIABLES | dict.fromkeys(_MARKED, primary),
    )


PLAIN_THEMES = (
    _plain(
        PLAIN,
        primary="ansi_magenta",
        success="ansi_green",
        warning="ansi_magenta",
        error="ansi_bright_red",
    ),
    _plain(
        CONSOLE,
        primary="ansi_bright_cyan",
        success="ansi_bright_green",
        warning="ansi_bright_yellow",
        error="ansi_bright_red",
    ),
)

PLAIN_CSS = """
SafeApp:ansi {
    .option-list--option-disabled { text-style: dim; }
    Input > .input--cursor { background: ansi_default; color: ansi_default; text-style: reverse; }
    Input > .input--selection { text-style: underline; }
}
"""
"""Rules for Textual's own widgets that a theme's variables do not reach."""
