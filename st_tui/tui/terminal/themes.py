"""The themes: quiet grounds, one blue for where you are, green and red only for verdicts.

Each stands here twice. A terminal of 256 colours gets its own picks out of the fixed palette there,
since Rich maps #12161d to a navy and #93a0b2 to a teal.
"""

from __future__ import annotations

from typing import NamedTuple

from textual.theme import Theme

from st_tui.tui.terminal.detection import OF_256


class Colors(NamedTuple):
    """What a theme is made of, as #rrggbb."""

    background: str
    surface: str
    panel: str
    border: str
    border_blurred: str
    """The border of what does not have the focus."""
    foreground: str
    muted: str
    blue: str
    """Where you are: focus, cursor, keys."""
    blue_ground: str
    """Behind the row that is chosen, while another part has the focus."""
    selection: str
    grey_blue: str
    amber: str
    green: str
    red: str


def _theme(name: str, colors: Colors, *, dark: bool) -> Theme:
    # Textual mixes a scrollbar's colours, and a mixture is in no fixed palette.
    bars = {
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
            **(bars if name.endswith(OF_256) else {}),
        },
    )


DARK = _theme(
    "st-tui-dark",
    Colors(
        background="#12161d",
        surface="#171c25",
        panel="#1e2530",
        border="#33404f",
        border_blurred="#2a3442",
        foreground="#d9dfe8",
        muted="#93a0b2",
        blue="#6cb2f0",
        blue_ground="#2a3a50",
        selection="#2f5b86",
        grey_blue="#8fa3bf",
        amber="#e5b567",
        green="#5fcf94",
        red="#f07f7a",
    ),
    dark=True,
)

LIGHT = _theme(
    "st-tui-light",
    Colors(
        background="#fafbfc",
        surface="#f1f3f6",
        panel="#e7ebf0",
        border="#b9c3cf",
        border_blurred="#d3dae2",
        foreground="#1d2430",
        muted="#586574",
        blue="#1764a8",
        blue_ground="#cfe0f2",
        selection="#a9cbea",
        grey_blue="#4a6078",
        amber="#8a5a00",
        green="#176b3f",
        red="#b3261e",
    ),
    dark=False,
)

DARK_256 = _theme(
    f"{DARK.name}{OF_256}",
    Colors(
        background="#121212",
        surface="#1c1c1c",
        panel="#262626",
        border="#4e4e4e",
        border_blurred="#3a3a3a",
        foreground="#dadada",
        muted="#9e9e9e",
        blue="#5fafff",
        blue_ground="#303030",
        selection="#005f87",
        grey_blue="#87afd7",
        amber="#d7af5f",
        green="#5fd787",
        red="#ff8787",
    ),
    dark=True,
)

LIGHT_256 = _theme(
    f"{LIGHT.name}{OF_256}",
    Colors(
        background="#ffffff",
        surface="#f7f7f7",
        panel="#eeeeee",
        border="#b2b2b2",
        border_blurred="#d0d0d0",
        foreground="#1c1c1c",
        muted="#626262",
        blue="#005faf",
        blue_ground="#afd7ff",
        selection="#87d7ff",
        grey_blue="#5f5f87",
        amber="#875f00",
        green="#005f00",
        red="#af0000",
    ),
    dark=False,
)

OTHER = {
    DARK.name: LIGHT.name,
    LIGHT.name: DARK.name,
    DARK_256.name: LIGHT_256.name,
    LIGHT_256.name: DARK_256.name,
}
"""From dark to light and back."""
