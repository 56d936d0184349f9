"""Textual's themes, two of each palette: one for many colours, and one for 256."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

from st_tui.tui.terminal.detection import PLAIN
from st_tui.tui.terminal.palettes import OF_256, PALETTES, Colors


def _theme(name: str, colors: Colors, *, dark: bool) -> Theme:
    # Textual would mix a scrollbar's colours, and a mixture is in no fixed palette.
    scrollbar_256 = {
        "scrollbar": colors.border,
        "scrollbar-hover": colors.muted,
        "scrollbar-active": colors.blue,
        **{f"scrollbar-background{state}": colors.surface for state in ("", "-hover", "-active")},
    }
    return Theme(
        name=name,
        dark=dark,
        primary=colors.blue,
        secondary=colors.grey_blue,
        accent=colors.amber,
        success=colors.green,
        warning=colors.amber,
        error=colors.red,
        foreground=colors.foreground,
        background=colors.background,
        surface=colors.surface,
        panel=colors.panel,
        variables={
            "block-cursor-blurred-background": colors.blue_ground,
            "border": colors.border,
            "border-blurred": colors.border_blurred,
            "input-cursor-background": colors.blue,
            "input-selection-background": colors.selection,
            "text-muted": colors.muted,
            "text-primary": colors.blue,
            "text-success": colors.green,
            "text-warning": colors.amber,
            "text-error": colors.red,
            "allowed-ground": colors.green_ground,
            "changing-ground": colors.amber_ground,
            **(scrollbar_256 if name.endswith(OF_256) else {}),
        },
    )


THEMES: Final = tuple(
    theme
    for palette in PALETTES
    for theme in (
        _theme(palette.name, palette.colors, dark=palette.dark),
        _theme(f"{palette.name}{OF_256}", palette.colors_256, dark=palette.dark),
    )
)


def next_theme(name: str, variant: str) -> str:
    """The theme after this one; `variant` is what the names of themes end in on this terminal.

    The last of them is the terminal's own colours. A theme that is none of ours stays.
    """
    names = [*(f"{palette.name}{variant}" for palette in PALETTES), PLAIN]
    return names[(names.index(name) + 1) % len(names)] if name in names else name
