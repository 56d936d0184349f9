"""The palettes for terminals of 256 colours: grounds stay grey, and colours stay what they are."""

from __future__ import annotations

from itertools import pairwise

import pytest
from rich.color import Color, ColorSystem
from textual.theme import Theme

from st_tui.tui.terminal.palettes import OF_256, PALETTES, Colors, Palette
from st_tui.tui.terminal.themes import THEMES, next_theme

OF_256_COLORS = [theme for theme in THEMES if theme.name.endswith(OF_256)]

GREYS = {16, 231, *range(232, 256)}
"""Black, white and the grey ramp of xterm's palette."""


def sent(color: str | None) -> int | None:
    """The number in the palette that Rich sends for it."""
    assert color is not None
    return Color.parse(color).downgrade(ColorSystem.EIGHT_BIT).number


@pytest.mark.parametrize("theme", OF_256_COLORS, ids=lambda theme: theme.name)
def test_grounds_and_lines_are_grey_and_told_apart(theme: Theme) -> None:
    """#12161d would be black, #1e2530 navy and #93a0b2 teal."""
    grounds = [sent(color) for color in (theme.background, theme.surface, theme.panel)]
    assert len(set(grounds)) == 3
    lines = [sent(theme.variables[name]) for name in ("border", "border-blurred", "text-muted")]
    assert {*grounds, *lines, sent(theme.foreground)} <= GREYS


@pytest.mark.parametrize("theme", OF_256_COLORS, ids=lambda theme: theme.name)
def test_colors_are_the_palettes_own(theme: Theme) -> None:
    for color in (theme.primary, theme.secondary, theme.warning, theme.success, theme.error):
        assert color is not None
        shown = Color.parse(color).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        assert shown.hex == color
    assert len({theme.primary, theme.warning, theme.success, theme.error}) == 4


@pytest.mark.parametrize("theme", OF_256_COLORS, ids=lambda theme: theme.name)
def test_the_grounds_of_a_cell_are_the_palettes_own_and_quiet(theme: Theme) -> None:
    """A mixture was sent as the palette's strong green."""
    for name in ("allowed-ground", "changing-ground"):
        color = theme.variables[name]
        shown = Color.parse(color).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        assert shown.hex == color
        assert max(shown) - min(shown) <= 40


@pytest.mark.parametrize("variant", ["", OF_256])
def test_the_themes_go_round_within_what_the_terminal_has(variant: str) -> None:
    names = [f"st-tui-{name}{variant}" for name in ("dark", "light", "high-contrast")]
    round_trip = [*names, "plain", names[0]]
    for name, following in pairwise(round_trip):
        assert next_theme(name, variant) == following
    assert next_theme("console", variant) == "console"


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
@pytest.mark.parametrize("colors", ["colors", "colors_256"])
def test_all_text_can_be_read_on_every_ground(palette: Palette, colors: str) -> None:
    """4.5 is what WCAG 2 asks for text (AA), 7 for text that everybody can read (AAA)."""
    least = 7.0 if "high-contrast" in palette.name else 4.5
    used: Colors = getattr(palette, colors)
    grounds = (used.background, used.surface, used.panel, used.blue_ground)
    texts = (used.foreground, used.muted, used.blue, used.amber, used.green, used.red)
    for ground in grounds:
        for text in texts:
            assert contrast(text, ground) >= least, (text, ground)
    assert contrast(used.green, used.green_ground) >= least
    assert contrast(used.amber, used.amber_ground) >= least
    assert contrast(used.foreground, used.selection) >= least
    assert contrast(used.background, used.blue) >= least  # the cell under a cursor


def contrast(color: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2 defines it."""
    lighter, darker = sorted((_luminance(color), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_black_on_white_has_the_contrast_that_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
