"""The themes of the app, each with its colours. A theme is added here.

They are plain values, so that the theme can be picked before Textual is imported: `detection` asks
which names there are, `themes` makes Textual's themes of them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

OF_256: Final = "-256"
"""The end of a theme's name where it is drawn in a 256-colour terminal's own palette."""


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
    """Behind the row under the cursor, while another part of the screen has the focus."""
    selection: str
    grey_blue: str
    amber: str
    green: str
    red: str
    green_ground: str
    """Behind what is allowed."""
    amber_ground: str
    """Behind what may change something."""


class Palette(NamedTuple):
    """A theme's name, whether it is dark, and its colours.

    `colors_256` are colours of the fixed palette that 256-colour terminals have. Rich would map
    the others to it by nearest match, which turns #12161d to a navy and #93a0b2 to a teal.
    """

    name: str
    dark: bool
    colors: Colors
    colors_256: Colors


PALETTES: Final = (
    Palette(
        "st-tui-dark",
        dark=True,
        colors=Colors(
            background="#12161d",
            surface="#171c25",
            panel="#1e2530",
            border="#33404f",
            border_blurred="#2a3442",
            foreground="#d9dfe8",
            muted="#93a0b2",
            blue="#6cb2f0",
            blue_ground="#26354a",
            selection="#2f5b86",
            grey_blue="#8fa3bf",
            amber="#e5b567",
            green="#5fcf94",
            red="#f07f7a",
            green_ground="#213b35",
            amber_ground="#3c362c",
        ),
        colors_256=Colors(
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
            green_ground="#303030",
            amber_ground="#303030",
        ),
    ),
    Palette(
        "st-tui-light",
        dark=False,
        colors=Colors(
            background="#fafbfc",
            surface="#f1f3f6",
            panel="#e7ebf0",
            border="#b9c3cf",
            border_blurred="#d3dae2",
            foreground="#1d2430",
            muted="#526070",
            blue="#1764a8",
            blue_ground="#d2e4f6",
            selection="#a9cbea",
            grey_blue="#4a6078",
            amber="#845600",
            green="#176b3f",
            red="#b3261e",
            green_ground="#d0e5d9",
            amber_ground="#f1e3c8",
        ),
        colors_256=Colors(
            background="#ffffff",
            surface="#f7f7f7",
            panel="#eeeeee",
            border="#b2b2b2",
            border_blurred="#d0d0d0",
            foreground="#1c1c1c",
            muted="#626262",
            blue="#005faf",
            blue_ground="#d7ffff",
            selection="#87d7ff",
            grey_blue="#5f5f87",
            amber="#875f00",
            green="#005f00",
            red="#af0000",
            green_ground="#d7ffd7",
            amber_ground="#ffffd7",
        ),
    ),
    Palette(
        "st-tui-high-contrast",
        dark=True,
        colors=Colors(
            background="#000000",
            surface="#0b0b0b",
            panel="#191919",
            border="#e0e0e0",
            border_blurred="#a0a0a0",
            foreground="#ffffff",
            muted="#d4d4d4",
            blue="#8cc8ff",
            blue_ground="#12304e",
            selection="#00508a",
            grey_blue="#c0d4ee",
            amber="#ffd75f",
            green="#6dff9a",
            red="#ffaba6",
            green_ground="#16331f",
            amber_ground="#332b13",
        ),
        colors_256=Colors(
            background="#000000",
            surface="#121212",
            panel="#1c1c1c",
            border="#e4e4e4",
            border_blurred="#a8a8a8",
            foreground="#ffffff",
            muted="#d0d0d0",
            blue="#87d7ff",
            blue_ground="#00005f",
            selection="#005f87",
            grey_blue="#afd7ff",
            amber="#ffd75f",
            green="#5fff87",
            red="#ffafaf",
            green_ground="#303030",
            amber_ground="#303030",
        ),
    ),
)
"""Quiet grounds, one blue for where you are, green and red only for verdicts. The first is taken
unless another is asked for, and `switch_theme` goes from one to the next."""
